"""What operators tell people in plain words: a text in both languages, a finding, and a fix that a click applies.

A list of findings travels as JSON text (`to_json`); pages choose the language and add nothing of their own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from patchbay_sdk import PatchbayError

Severity = Literal["stop", "warn", "note", "good"]
"""stop: settle it before a model is made; warn: settle it, or know it; note: good to know; good: all is well."""

ORDER: tuple[Severity, ...] = ("stop", "warn", "note", "good")
"""Worst first."""


@dataclass(frozen=True, slots=True)
class Text:
    """The same sentence in English and in Simplified Chinese."""

    en: str
    zh: str

    @classmethod
    def of(cls, error: PatchbayError) -> Text:
        """What an error says; the English one for both, where it has no other."""
        return cls(error.message, error.details.get("texts", {}).get("zh-CN", error.message))

    def as_json(self) -> dict[str, str]:
        """By language tag, as everywhere in Patchbay."""
        return {"en": self.en, "zh-CN": self.zh}


@dataclass(frozen=True, slots=True)
class Fix:
    """What one click does about a finding.

    Either a step in front of the check (`operator`, ``id@version``, with `params`), or, without an operator, values for
    params of the flow.
    """

    label: Text
    params: Mapping[str, Any]
    operator: str = ""

    def as_json(self) -> dict[str, Any]:
        """``{"label", "node": {"operator", "params"}}`` or ``{"label", "params"}``."""
        if self.operator:
            return {"label": self.label.as_json(), "node": {"operator": self.operator, "params": dict(self.params)}}
        return {"label": self.label.as_json(), "params": dict(self.params)}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found: what it is (`title`), what it means, and what to do.

    Args:
        code: what kind of thing, for programs: leakage, imbalance, ...
        columns: the columns it is about; none where it is about the rows or the whole table.
        values: its figures by name, for programs.
    """

    code: str
    severity: Severity
    title: Text
    meaning: Text
    columns: Sequence[str] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    fix: Fix | None = None

    def as_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return {
            "code": self.code,
            "severity": self.severity,
            "columns": list(self.columns),
            "values": dict(self.values),
            "title": self.title.as_json(),
            "meaning": self.meaning.as_json(),
            "fix": self.fix.as_json() if self.fix else None,
        }


def to_json(findings: Iterable[Finding]) -> str:
    """Findings as JSON text, for a port of type text."""
    return json.dumps([finding.as_json() for finding in findings], ensure_ascii=False, default=str)


def rows_without(target: str, missing: int, rows: int) -> Text:
    """That rows without a target are left out."""
    return Text(
        f"{missing:,} of {rows:,} rows {'has' if missing == 1 else 'have'} no {target!r} and "
        f"{'is' if missing == 1 else 'are'} left out.",
        f"{rows:,} 行中有 {missing:,} 行没有“{target}”，已去掉。",
    )


def batches_done(done: int, batches: int) -> Text:
    """How far a step is that goes through a table batch by batch."""
    return Text(f"{done} of {batches} batches", f"已完成 {done} 批，共 {batches} 批")
