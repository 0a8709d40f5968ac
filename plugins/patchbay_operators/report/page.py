"""A report as one HTML file that needs nothing else: no script, nothing from the network, ready to be printed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from typing import Any

from patchbay_operators.advice import Finding, Text
from patchbay_operators.report.document import Report, ReportChart, ReportTable, Section, in_language, plain
from patchbay_operators.report.drawing import draw, drawable
from patchbay_operators.report.words import number

TERMS = Text("Terms", "术语")
COLON = {"en": ": ", "zh-CN": "："}
SUGGESTED = Text("Suggested", "建议")

STYLE = """
:root { color-scheme: light; }
body { margin: 2rem auto; max-width: 46rem; padding: 0 1rem; color: #1d2733; background: #fff; line-height: 1.55;
  font-family: system-ui, "Segoe UI", "Noto Sans", "Noto Sans SC", "PingFang SC", "Microsoft YaHei", sans-serif; }
h1 { font-size: 1.5rem; line-height: 1.3; }
h2 { font-size: 1.15rem; margin-top: 2.2rem; border-bottom: 1px solid #d5dbe1; padding-bottom: .3rem; }
figure { margin: 1.2rem 0; break-inside: avoid; }
figcaption, caption { font-weight: 600; font-size: .9rem; text-align: left; margin-bottom: .3rem; }
svg { max-width: 100%; height: auto; }
table { border-collapse: collapse; font-size: .85rem; margin: 1.2rem 0; overflow-wrap: anywhere; }
th, td { border-bottom: 1px solid #e3e8ec; padding: .25rem .7rem; text-align: left; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
.finding { border-left: 4px solid #7d8790; background: #f5f7f9; padding: .5rem .9rem; margin: .8rem 0;
  break-inside: avoid; }
.finding p { margin: .2rem 0; }
.stop { border-color: #b3261e; } .warn { border-color: #b76e00; } .good { border-color: #2e7d46; }
dt { font-weight: 600; } dd { margin: 0 0 .5rem; }
@media print { body { margin: 0; max-width: none; font-size: 10pt; } }
"""


def page_of(report: Report, language: str, title: str = "") -> str:
    """The HTML text. `title`: of the browser's window; without one, the headline."""
    headline = in_language(report.headline, language)
    parts = [
        "<!DOCTYPE html>",
        f'<html lang="{escape(language)}"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        f"<title>{_safe(title or headline)}</title><style>{STYLE}</style></head><body>",
        f"<h1>{_safe(headline)}</h1>",
        *(part for section in report.sections if not section.empty for part in _section(section, language)),
    ]
    if report.terms:
        parts.append(f"<section><h2>{_safe(in_language(TERMS, language))}</h2><dl>")
        for term in report.terms:
            name, meaning = in_language(term.term, language), in_language(term.meaning, language)
            parts.append(f"<dt>{_safe(name)}</dt><dd>{_safe(meaning)}</dd>")
        parts.append("</dl></section>")
    return "\n".join([*parts, "</body></html>", ""])


def _section(section: Section, language: str) -> Iterable[str]:
    yield f'<section id="{section.id}"><h2>{_safe(in_language(section.title, language))}</h2>'
    for sentence in section.sentences:
        yield f"<p>{_safe(in_language(sentence, language))}</p>"
    for finding in section.findings:
        yield _finding(finding, language)
    for position, chart in enumerate(section.charts):
        yield _figure(chart, language, f"{section.id}-{position}")
    for table in section.tables:
        yield _table(table, language)
    yield "</section>"


def _finding(finding: Finding, language: str) -> str:
    title, meaning = in_language(finding.title, language), in_language(finding.meaning, language)
    fix = ""
    if finding.fix:
        label = in_language(finding.fix.label, language)
        fix = f"<p>{_safe(in_language(SUGGESTED, language))}{COLON[language]}{_safe(label)}</p>"
    text = f"<p><strong>{_safe(title)}</strong></p><p>{_safe(meaning)}</p>{fix}"
    return f'<div class="finding {escape(finding.severity)}">{text}</div>'


def _figure(chart: ReportChart, language: str, id: str) -> str:
    from reportlab.graphics import renderSVG

    drawing, title = draw(chart, language), _safe(in_language(chart.title, language))
    if drawing is None:
        return ""
    svg = renderSVG.drawToString(drawing)
    svg = re.sub(r"<title>.*?</title>\s*<desc>.*?</desc>", f"<title>{title}</title>", svg[svg.index("<svg") :], count=1)
    # Several drawings in one page must not share ids, and fonts are those of the reader.
    svg = svg.replace('id="clip"', f'id="clip-{id}"').replace("url(#clip)", f"url(#clip-{id})")
    svg = svg.replace('id="group"', f'id="group-{id}"')
    svg = re.sub(r"font-family: [\w-]+", "font-family: inherit", svg).replace("<svg ", '<svg role="img" ', 1)
    return f"<figure><figcaption>{title}</figcaption>{svg}</figure>"


def _table(table: ReportTable, language: str) -> str:
    head = "".join(f'<th scope="col">{_safe(in_language(column, language))}</th>' for column in table.columns)
    rows = "".join(f"<tr>{''.join(_cell(cell, language) for cell in row)}</tr>" for row in table.rows)
    caption = f"<caption>{_safe(in_language(table.title, language))}</caption>"
    return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _cell(value: Any, language: str) -> str:
    text = cell_text(value, language)
    return f'<td class="number">{text}</td>' if isinstance(plain(value), int | float) else f"<td>{_safe(text)}</td>"


def cell_text(value: Any, language: str) -> str:
    """A cell of a table as text; nothing known: a dash."""
    if isinstance(value, Text):
        return in_language(value, language)
    value = plain(value)
    if value is None:
        return "—"
    if isinstance(value, bool):
        return str(value).lower()
    return number(value) if isinstance(value, float) else str(value)


def _safe(text: str) -> str:
    return escape(drawable(text))
