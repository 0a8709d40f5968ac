"""A report as data, in both languages: sentences, charts, findings and tables in sections. docs/reports.md shows it."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from patchbay_operators.advice import Finding, Text

ChartKind = Literal["line", "bar", "scatter", "area", "heatmap"]
SectionId = Literal["good", "trust", "drivers", "errors", "help", "data"]

LANGUAGES = ("en", "zh-CN")

TITLES: Mapping[SectionId, Text] = {
    "data": Text("The data", "数据情况"),
    "good": Text("How good is it?", "效果有多好？"),
    "trust": Text("Can I trust it?", "可以信任吗？"),
    "drivers": Text("What drives the answers?", "答案取决于什么？"),
    "errors": Text("Where does it err?", "错在哪里？"),
    "help": Text("What would help?", "怎样能更好？"),
}


@dataclass(frozen=True, slots=True)
class Series:
    """A line, a set of bars or of points. `values`: of a heatmap, a row of numbers per `y`."""

    name: Text
    x: Sequence[Any]
    y: Sequence[Any]
    values: Sequence[Sequence[float | None]] | None = None

    def as_json(self) -> dict[str, Any]:
        """As a JSON object; what is no finite number is null."""
        shown = {"name": self.name.as_json(), "x": plain(self.x), "y": plain(self.y)}
        return shown if self.values is None else shown | {"values": plain(self.values)}


NOTHING = Text("", "")


@dataclass(frozen=True, slots=True)
class ReportChart:
    """A chart as data; `x_title` and `y_title` name what the axes show, with its unit."""

    kind: ChartKind
    title: Text
    series: Sequence[Series]
    x_title: Text = NOTHING
    y_title: Text = NOTHING

    def as_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return {
            "kind": self.kind,
            "title": self.title.as_json(),
            "x_title": self.x_title.as_json(),
            "y_title": self.y_title.as_json(),
            "series": [each.as_json() for each in self.series],
        }


@dataclass(frozen=True, slots=True)
class ReportTable:
    """Rows under titles; cells are numbers, values of the data, None, or words in both languages (`Text`)."""

    title: Text
    columns: Sequence[Text]
    rows: Sequence[Sequence[Any]]

    def as_json(self) -> dict[str, Any]:
        """As a JSON object."""
        columns = [column.as_json() for column in self.columns]
        return {"title": self.title.as_json(), "columns": columns, "rows": plain(self.rows)}


@dataclass(slots=True)
class Section:
    """The answer to one question about the result; its title is that question."""

    id: SectionId
    sentences: list[Text] = field(default_factory=list)
    charts: list[ReportChart] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    tables: list[ReportTable] = field(default_factory=list)
    question: Text | None = None

    @property
    def title(self) -> Text:
        """The question; where the usual one does not fit, `question`."""
        return self.question or TITLES[self.id]

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show."""
        return not (self.sentences or self.charts or self.findings or self.tables)

    def say(self, en: str, zh: str) -> None:
        """Add a sentence."""
        self.sentences.append(Text(en, zh))

    def as_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return {
            "id": self.id,
            "title": self.title.as_json(),
            "sentences": [each.as_json() for each in self.sentences],
            "charts": [each.as_json() for each in self.charts],
            "findings": [plain(each.as_json()) for each in self.findings],
            "tables": [each.as_json() for each in self.tables],
        }


@dataclass(frozen=True, slots=True)
class Term:
    """A technical term and what it means, in one line."""

    term: Text
    meaning: Text

    def occurs_in(self, text: str) -> bool:
        """Whether a text in small letters has one of its names: "Share found (recall)" has two."""
        names = re.split(r"[(（)）]", f"{self.term.en}({self.term.zh}".lower())
        return any(name.strip() in text for name in names if name.strip())

    def as_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return {"term": self.term.as_json(), "meaning": self.meaning.as_json()}


@dataclass(frozen=True, slots=True)
class Report:
    """What came out. `kind`: category, number, text, forecast, unusual, groups or row. `headline`: it in a sentence."""

    kind: str
    headline: Text
    sections: Sequence[Section]
    terms: Sequence[Term] = ()

    def with_terms_that_occur(self) -> Report:
        """The same without terms that neither language uses: nobody has to learn a word that is not there."""
        said = json.dumps([self.headline.as_json(), *(each.as_json() for each in self.sections)], ensure_ascii=False)
        return replace(self, terms=[term for term in self.terms if term.occurs_in(said.lower())])

    def as_json(self) -> dict[str, Any]:
        """As a JSON object; sections without content are left out."""
        return {
            "kind": self.kind,
            "headline": self.headline.as_json(),
            "sections": [section.as_json() for section in self.sections if not section.empty],
            "terms": [term.as_json() for term in self.terms],
        }


def to_json(report: Report) -> str:
    """A report as JSON text, for a port of type text."""
    return json.dumps(report.as_json(), ensure_ascii=False, allow_nan=False)


def in_language(text: Text, language: str) -> str:
    """The text in a language (en, zh-CN)."""
    return text.zh if language.startswith("zh") else text.en


def plain(value: Any) -> Any:
    """A value as JSON has it: numpy's as numbers and lists, times as ISO text, what is not finite as null."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Text):
        return value.as_json()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if value is None or isinstance(value, str | int):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
