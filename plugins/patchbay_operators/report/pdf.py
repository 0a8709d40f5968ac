"""A report as a PDF, by reportlab.

https://docs.reportlab.com/reportlab/userguide/ch5_platypus/
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import Any

from patchbay_operators.advice import Finding
from patchbay_operators.report.document import Report, ReportChart, ReportTable, Section, in_language
from patchbay_operators.report.drawing import INK, draw, drawable
from patchbay_operators.report.fonts import chinese_font, font_for
from patchbay_operators.report.page import COLON, SUGGESTED, TERMS, cell_text

SEVERITY = {"stop": "#b3261e", "warn": "#b76e00", "note": "#7d8790", "good": "#2e7d46"}
CELL_LENGTH = 60
"""Longer texts of cells are cut: a row must not be higher than a page."""


def write_pdf(report: Report, language: str, path: Path, title: str = "") -> None:
    """Write the PDF. The same report gives the same bytes."""
    from reportlab.lib.pagesizes import A4
    from reportlab.platypus import SimpleDocTemplate

    headline = drawable(in_language(report.headline, language))
    document = SimpleDocTemplate(
        str(path), pagesize=A4, leftMargin=56, rightMargin=56, topMargin=56, bottomMargin=56,
        title=drawable(title) or headline, author="Patchbay", lang=language, invariant=1,
    )  # fmt: skip
    styles = _Styles()
    story = [styles.paragraph(headline, "headline")]
    for section in report.sections:
        if not section.empty:
            story += _section(section, language, styles)
    if report.terms:
        story.append(styles.paragraph(in_language(TERMS, language), "title"))
        for term in report.terms:
            name, meaning = in_language(term.term, language), in_language(term.meaning, language)
            story.append(styles.paragraph(f"{name}{COLON[language]}{meaning}", "small"))
    document.build(story, onFirstPage=_number_page, onLaterPages=_number_page)


class _Styles:
    """Paragraphs in the sizes of the report."""

    def __init__(self) -> None:
        from reportlab.lib.colors import HexColor
        from reportlab.lib.styles import ParagraphStyle

        self._plain = {
            name: ParagraphStyle(
                name, fontName="Helvetica", fontSize=size, leading=size * 1.4, spaceBefore=before, spaceAfter=after,
                textColor=HexColor(INK),
            )
            for name, size, before, after in (
                ("headline", 17, 0, 10), ("title", 13, 14, 6), ("text", 10, 0, 4), ("caption", 9, 6, 4),
                ("small", 8.5, 0, 3), ("cell", 8, 0, 0),
            )
        }  # fmt: skip
        self._chinese = {name: style.clone(f"{name}-zh", wordWrap="CJK") for name, style in self._plain.items()}

    def paragraph(self, text: str, style: str, **more: Any) -> Any:
        """A paragraph of plain text, each character in a font that has it; `more`: of its style."""
        from reportlab.platypus import Paragraph

        runs = [(font, "".join(run)) for font, run in itertools.groupby(drawable(text), font_for)]
        chinese = any(font == chinese_font() for font, _ in runs)
        found = (self._chinese if chinese else self._plain)[style]
        markup = "".join(f'<font name="{font}">{escape(run, quote=False)}</font>' for font, run in runs)
        return Paragraph(markup, found.clone(f"{found.name}-own", **more) if more else found)


def _section(section: Section, language: str, styles: _Styles) -> Iterable[Any]:
    yield styles.paragraph(in_language(section.title, language), "title", keepWithNext=1)
    for sentence in section.sentences:
        yield styles.paragraph(in_language(sentence, language), "text")
    for finding in section.findings:
        yield _finding(finding, language, styles)
    for chart in section.charts:
        yield from _figure(chart, language, styles)
    for table in section.tables:
        yield from _table(table, language, styles)


def _finding(finding: Finding, language: str, styles: _Styles) -> Any:
    """A box with a line of the finding's colour on its left."""
    from reportlab.lib.colors import HexColor
    from reportlab.platypus import Table

    title, meaning = in_language(finding.title, language), in_language(finding.meaning, language)
    lines = [styles.paragraph(title, "caption"), styles.paragraph(meaning, "small")]
    if finding.fix:
        label = in_language(finding.fix.label, language)
        lines.append(styles.paragraph(f"{in_language(SUGGESTED, language)}{COLON[language]}{label}", "small"))
    look = [
        ("BACKGROUND", (0, 0), (-1, -1), HexColor("#f5f7f9")),
        ("LINEBEFORE", (0, 0), (0, -1), 3, HexColor(SEVERITY[finding.severity])),
    ]
    return Table([[line] for line in lines], colWidths=["100%"], style=look, spaceBefore=4, spaceAfter=6)


def _figure(chart: ReportChart, language: str, styles: _Styles) -> Iterable[Any]:
    from reportlab.platypus import KeepTogether

    drawing = draw(chart, language)
    if drawing is not None:
        yield KeepTogether([styles.paragraph(in_language(chart.title, language), "caption"), drawing])


def _table(table: ReportTable, language: str, styles: _Styles) -> Iterable[Any]:
    from reportlab.lib.colors import HexColor
    from reportlab.platypus import Table

    yield styles.paragraph(in_language(table.title, language), "caption", keepWithNext=1)
    head = [styles.paragraph(in_language(column, language), "cell") for column in table.columns]
    rows = [[styles.paragraph(cell_text(cell, language)[:CELL_LENGTH], "cell") for cell in row] for row in table.rows]
    look = [
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, HexColor("#d9d9d9")),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
    ]
    widths = [f"{100 / len(head):.3f}%"] * len(head)
    yield Table([head, *rows], colWidths=widths, style=look, repeatRows=1, spaceAfter=8)


def _number_page(canvas: Any, document: Any) -> None:
    canvas.setFont("Helvetica", 8)
    canvas.drawRightString(document.pagesize[0] - 56, 30, str(canvas.getPageNumber()))
