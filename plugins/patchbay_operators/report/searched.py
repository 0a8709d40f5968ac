"""What a search tried, as its summary tells: the best of each kind, the simplest of them, its folds, how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from patchbay_operators.advice import Text
from patchbay_operators.report.document import ReportChart, ReportTable, Section, Series
from patchbay_operators.report.words import number

SHOWN, DRAWN = 20, 6
"""Kinds of models in the table, and in the chart."""
SIMPLEST = Text(" (the simplest)", "（最简单的）")


@dataclass(frozen=True)
class Searched:
    """The summary of a search, and how its score is called; `unit`: of the score, or empty."""

    summary: Mapping[str, Any]
    name: Text
    unit: str = ""

    @property
    def best(self) -> Mapping[str, Any] | None:
        """What won; None where the summary tells of no search."""
        return _scored(self.summary.get("best"))

    @property
    def baseline(self) -> Mapping[str, Any] | None:
        """The simplest answer that was tried."""
        return _scored(self.summary.get("baseline"))

    def amount(self, score: float) -> str:
        """A score with its unit."""
        return f"{number(score)} {self.unit}".strip()

    def say_tried(self, section: Section) -> None:
        """The leaderboard as a table, and that a person ended the search early."""
        rows = [row for _, row in self._rows()]
        if rows:
            name = Text(f"{self.name.en} ({self.unit})", f"{self.name.zh}（{self.unit}）") if self.unit else self.name
            columns = [Text("Model", "模型"), name, Text("Spread", "离散程度"), Text("Seconds", "秒")]
            title = Text("The best of each kind that was tried", "尝试过的各类模型中最好的")
            section.tables.append(ReportTable(title, columns, rows[:SHOWN]))
        tried = self.summary.get("trials")
        if self.summary.get("stopped") == "finish" and is_number(tried):
            times = "1 attempt" if tried == 1 else f"{tried:,} attempts"
            section.say(
                f"A person ended the search early, after {times}: a longer run may find something better.",
                f"有人提前结束了搜索，共尝试 {tried:,} 次：运行更久可能会找到更好的结果。",
            )

    def chart(self) -> ReportChart | None:
        """The leaderboard as bars; None where there is nothing to compare."""
        rows = self._rows()
        if len(rows) < 2:
            return None
        last = next((row for row in rows[DRAWN:] if row[0].en.endswith(SIMPLEST.en)), None)
        rows = rows[:DRAWN] if last is None else [*rows[: DRAWN - 1], last]
        bars = Series(self.name, [name for name, _ in rows], [row[1] for _, row in rows])
        title = Text("The best of each kind against the simplest", "各类中最好的与最简单的相比")
        return ReportChart("bar", title, [bars], y_title=self.name)

    def folds(self) -> list[float]:
        """What the best scored on each part that was kept away; none, where there is only one."""
        found = [float(value) for value in (self.best or {}).get("folds") or [] if is_number(value)]
        return found if len(found) > 1 else []

    def folds_chart(self) -> ReportChart:
        """The score on each of these parts, beside the baseline's mean where that is known."""
        tries = [*range(1, len(self.folds()) + 1)]
        bars = [Series(self.name, tries, self.folds())]
        if self.baseline is not None:
            simplest = Text("Simplest answer, on average", "最简单的回答（平均）")
            bars.append(Series(simplest, tries, [float(self.baseline["score"])] * len(tries)))
        return ReportChart("bar", Text("The score in each try", "每次试验的得分"), bars, Text("Try", "次序"), self.name)

    def _rows(self) -> list[tuple[Text, list[Any]]]:
        """The name of each kind, and its row: name, score, spread, seconds; the simplest answer is called so."""
        board, simplest = self.summary.get("leaderboard"), self.baseline and _name(self.baseline)
        found: dict[Text, list[Any]] = {}
        for each in board if isinstance(board, list) else []:
            if isinstance(each, Mapping):
                name = _name(each)
                if name == simplest:
                    name = Text(f"{name.en}{SIMPLEST.en}", f"{name.zh}{SIMPLEST.zh}")
                figures = [_short(each.get("score")), _short(each.get("spread")), _tenths(each.get("seconds"))]
                found.setdefault(name, [name, *figures])
        return list(found.items())


def _short(value: Any) -> Any:
    """A number with three meaningful digits, as sentences have it."""
    return float(f"{value:.3g}") if is_number(value) else value


def _tenths(value: Any) -> Any:
    return round(value, 1) if is_number(value) else value


def is_number(value: Any) -> TypeGuard[float]:
    """Whether a value of a summary is a number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _scored(entry: Any) -> Mapping[str, Any] | None:
    return entry if isinstance(entry, Mapping) and is_number(entry.get("score")) else None


def _name(entry: Mapping[str, Any]) -> Text:
    """The name of a kind of model; without one, its operator's id."""
    name, operator = entry.get("name"), str(entry.get("operator") or "").partition("@")[0]
    if isinstance(name, Mapping):
        return Text(str(name.get("en") or operator), str(name.get("zh-CN") or operator))
    return Text(str(name or operator), str(name or operator))
