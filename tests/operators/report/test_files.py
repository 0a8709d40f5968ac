"""Pages and PDFs of reports: complete in themselves, well formed, and safe from what data is called."""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from patchbay_operators.advice import Finding, Fix, Text
from patchbay_operators.report import fonts
from patchbay_operators.report.document import Report, ReportChart, ReportTable, Section, Series, to_json
from patchbay_operators.report.files import report_outputs
from patchbay_operators.report.fonts import EMBEDDED, READERS_OWN, chinese_font
from patchbay_operators.report.terms import name_of, terms_of

HOSTILE = [
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "&amp; \x00\x1b[31m",
    "😀 晶圆",
    "]]>",
    "<b/>",
]
BOTH = Text("Wafers", "晶圆")


def text_of(word: str) -> Text:
    return Text(word, f"{word}（中文）")


def hostile() -> Report:
    """A report in which every place for words holds hostile ones."""
    section = Section("good")
    for word in HOSTILE:
        text = text_of(word)
        section.sentences.append(text)
        section.findings.append(Finding("x", "warn", text, text, [word], fix=Fix(text, {"a": word})))
        series = [Series(text, HOSTILE, [1, 2, None, float("nan"), -1, 0]), Series(text, HOSTILE[:2], [3, 4])]
        section.charts += [ReportChart(kind, text, series, text, text) for kind in ("bar", "line", "scatter", "area")]
        heat = Series(text, HOSTILE, HOSTILE[:2], [[1, 2, None, 4, 5, 6], [0, 0, 0, 0, 0, 0]])
        section.charts.append(ReportChart("heatmap", text, [heat]))
        section.tables.append(ReportTable(text, [text, text], [[word, 1.5], [None, text], ["long " * 500, True]]))
    section.say("AUC 0.9", "AUC 0.9")
    return Report("category", text_of("".join(HOSTILE)), [section, Section("help")], terms_of(["auc"]))


class Tags(HTMLParser):
    """Checks that tags close in the order in which they opened, and collects them with their attributes."""

    VOID = ("meta", "br")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def read_pdf(path: Path) -> bytes:
    """What the pages of a PDF draw: text in Latin-1, or in UTF-16 where a font is Chinese."""
    content = path.read_bytes()
    assert content.startswith(b"%PDF-") and content.rstrip().endswith(b"%%EOF")
    streams = re.findall(rb"stream\r?\n(.*?)endstream", content, re.DOTALL)
    drawn = b"".join(zlib.decompress(base64.a85decode(b"<~" + each.strip(), adobe=True)) for each in streams)
    return re.sub(rb"\\([0-7]{3})", lambda found: bytes([int(found[1], 8)]), drawn)


@contextmanager
def no_font() -> Iterator[None]:
    """A machine without a font for Chinese."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fonts, "FOLDERS", ())
        chinese_font.cache_clear()
        fonts.font_for.cache_clear()
        yield
    chinese_font.cache_clear()
    fonts.font_for.cache_clear()


@pytest.fixture(scope="module", params=["en", "zh-CN"])
def files(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, Any]]:
    with no_font():
        return request.param, report_outputs(hostile(), tmp_path_factory.mktemp("files"), request.param)


def test_the_page_is_well_formed_and_needs_nothing_else(files: tuple[str, dict[str, Any]]) -> None:
    language, outputs = files
    page = outputs["page"].path.read_text(encoding="utf-8")
    tags = Tags()
    tags.feed(page)
    assert tags.open == []
    names = {tag for tag, _ in tags.seen}
    assert {"svg", "table", "dl"} <= names
    assert not names & {"script", "img", "link", "iframe", "object", "b"}
    attributes = {name for _, found in tags.seen for name in found}
    assert not attributes & {"src", "href", "onerror", "onload"}
    ids = [found["id"] for _, found in tags.seen if "id" in found]
    assert len(ids) == len(set(ids))
    assert f'<html lang="{language}">' in page
    assert not re.search(r"[\x00-\x08\x0b-\x1f]", page)


def test_one_language_is_in_the_files_and_both_in_the_report(files: tuple[str, dict[str, Any]]) -> None:
    language, outputs = files
    page = outputs["page"].path.read_text(encoding="utf-8")
    assert ("效果有多好？" in page) == (language == "zh-CN")
    assert ("How good is it?" in page) == (language == "en")
    found = json.loads(outputs["report"])
    assert found["sections"][0]["title"] == {"en": "How good is it?", "zh-CN": "效果有多好？"}
    assert [section["id"] for section in found["sections"]] == ["good"], "sections without content are left out"
    assert found["sections"][0]["charts"][0]["series"][0]["y"] == [1, 2, None, None, -1, 0]
    assert found["sections"][0]["tables"][0]["rows"][1][1]["zh-CN"].endswith("（中文）")


def test_the_pdf_has_text_and_charts(files: tuple[str, dict[str, Any]]) -> None:
    language, outputs = files
    drawn = read_pdf(outputs["pdf"].path)
    assert "晶圆".encode("utf-16-be") in drawn
    if language == "zh-CN":
        assert "效果有多好".encode("utf-16-be") in drawn
    else:
        assert b"How good is it?" in drawn
    assert b"STSong-Light" in outputs["pdf"].path.read_bytes()
    assert drawn.count(b" re") > 20, "bars are rectangles"
    assert outputs["pdf"].media_type == "application/pdf"


def test_charts_of_any_size_fit_a_page(tmp_path: Path) -> None:
    section, many = Section("errors"), [f"tool {at}" for at in range(200)]
    series = [Series(BOTH, many, list(range(200)))] * 3
    section.charts = [
        ReportChart("bar", BOTH, series),
        ReportChart("line", BOTH, series),
        ReportChart("heatmap", BOTH, [Series(BOTH, many[:8], many, [[1.0] * 8] * 200)]),
        ReportChart("line", BOTH, [Series(BOTH, [], [])]),
        ReportChart("line", BOTH, [Series(BOTH, [1], [5])]),
        ReportChart("bar", BOTH, [Series(BOTH, ["a"], [None])]),
        ReportChart("scatter", BOTH, [Series(BOTH, [1e300, -1e300], [1e-300, 5])]),
    ]
    section.tables = [ReportTable(BOTH, [BOTH], [[name] for name in many])]
    outputs = report_outputs(Report("groups", BOTH, [section]), tmp_path, "en")
    assert b"tool 199" in read_pdf(outputs["pdf"].path)  # type: ignore[union-attr]


def test_nothing_but_a_headline(tmp_path: Path) -> None:
    report = Report("row", BOTH, [])
    assert json.loads(to_json(report))["sections"] == []
    outputs = report_outputs(report, tmp_path, "zh-CN", "标题")
    assert "<title>标题</title>" in outputs["page"].path.read_text(encoding="utf-8")  # type: ignore[union-attr]


def test_terms_are_told_once_and_unknown_ones_are_left_out() -> None:
    assert [term.term.en for term in terms_of(["auc", "strange", "auc", "mae"])] == ["AUC", "Mean error"]
    assert name_of("strange").zh == "strange"


def test_only_terms_that_occur_are_told(tmp_path: Path) -> None:
    section = Section("good")
    section.say("Its recall is 0.7.", "找出了 0.7。")
    report = Report("row", BOTH, [section], terms_of(["auc", "recall", "folds"]))
    told = json.loads(report_outputs(report, tmp_path, "en")["report"])  # type: ignore[arg-type]
    assert [term["term"]["en"] for term in told["terms"]] == ["Share found (recall)"]


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_the_files_are_there_in_the_other_language_too(language: str, tmp_path: Path) -> None:
    section = Section("good")
    section.say("Finds 7 of 10.", "每 10 个找出 7 个。")
    outputs: Any = report_outputs(Report("category", BOTH, [section]), tmp_path, language)
    words = ["Finds 7 of 10.", "每 10 个找出 7 个。"]
    first, other = words if language == "en" else reversed(words)
    assert first in outputs["page"].path.read_text(encoding="utf-8")
    assert other in outputs["page_other"].path.read_text(encoding="utf-8")
    assert outputs["pdf_other"].file_name == outputs["pdf"].file_name == "report.pdf"
    chinese = outputs["pdf" if language == "zh-CN" else "pdf_other"].path.read_bytes()
    assert (b"STSong" in chinese) == (chinese_font() == READERS_OWN)
    assert (b"FontFile2" in chinese) == (chinese_font() == EMBEDDED), "what this machine has is embedded"
