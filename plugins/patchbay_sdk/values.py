"""The small values that travel between ports beside tables, transforms and models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Words = str | Mapping[str, str]
"""One text, or one per language."""


@dataclass(frozen=True, slots=True)
class Metrics:
    """Named numbers, and tables of numbers for what is not one number.

    `values`: metric name -> number (None where it is undefined, for example AUC with one class).
    `tables`: name -> list of rows (a confusion matrix, a threshold table, a breakdown by tool).
    `about`: what was measured: task, target, rows, positive class.
    """

    values: Mapping[str, float | int | None]
    tables: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    about: Mapping[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> float | int | None:
        return self.values[name]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart as data: the frontend draws it, in its own colours.

    `kind`: line, bar, scatter, matrix or histogram. `series`: each ``{"name", "x": [...], "y": [...]}``
    (matrix: ``{"name", "x", "y", "values"}``). `x_label`, `y_label`: axis titles with units. Texts, names of series
    and names in `x` are one text, or one per language: ``{"en": ..., "zh-CN": ...}``.
    """

    kind: str
    title: Words
    series: Sequence[Mapping[str, Any]]
    x_label: Words = ""
    y_label: Words = ""
    notes: Sequence[Words] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class File:
    """A file that an operator wrote, usually below `Context.temp_dir`; it is copied into the store."""

    path: Path
    name: str = ""
    media_type: str = "application/octet-stream"

    @property
    def file_name(self) -> str:
        """The name under which people download it."""
        return self.name or self.path.name
