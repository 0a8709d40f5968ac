"""Rows of a made-up line, a model of them, and what a report says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from patchbay_sdk import Model, Table
from tests.operators.running import run


def line(rows: int, seed: int, level: float = -1.5) -> pl.DataFrame:
    """Wafers of which some fail, the more the higher the pressure; noise and tools have nothing to do with it."""
    random = np.random.default_rng(seed)
    pressure = random.normal(size=rows)
    fails = random.random(rows) < 1 / (1 + np.exp(-(level + 2 * pressure)))
    return pl.DataFrame(
        {
            "pressure": pressure,
            "noise": random.normal(size=rows),
            "tool": random.choice(["A", "B", "机台 3"], rows),
            "result": np.where(fails, "fail", "pass"),
        }
    )


def trained(operator: str, train: pl.DataFrame, folder: Path, target: str = "result", **params: Any) -> Model:
    model: Model = run(operator, folder, {"table": train}, target=target, **params)["model"]
    return model


@dataclass(frozen=True)
class Said:
    """A report as JSON, and the outputs it came with."""

    json: Mapping[str, Any]
    outputs: Mapping[str, Any]

    @property
    def headline(self) -> str:
        text: str = self.json["headline"]["en"]
        return text

    @property
    def codes(self) -> set[str]:
        """Codes of all findings."""
        return {finding["code"] for section in self.json["sections"] for finding in section["findings"]}

    def finding(self, code: str) -> Mapping[str, Any]:
        """The only finding of a code."""
        [found] = [each for section in self.json["sections"] for each in section["findings"] if each["code"] == code]
        return dict(found)

    def section(self, id: str) -> Mapping[str, Any]:
        return dict(next(section for section in self.json["sections"] if section["id"] == id))

    def text(self, id: str, language: str = "en") -> str:
        """All sentences of a section."""
        return "\n".join(sentence[language] for sentence in self.section(id)["sentences"])

    def terms(self) -> set[str]:
        return {term["term"]["en"] for term in self.json["terms"]}


def report(
    folder: Path, model: Model, train: pl.DataFrame, test: pl.DataFrame | Table, target: str = "result", **more: Any
) -> Said:
    """The report on test rows, which are answered by the model unless they have answers. `more`: params, or JSON."""
    known = test if isinstance(test, Table) else Table(test)
    if "prediction" not in known.columns:
        known = run("apply.predict", folder, {"table": known, "model": model})["table"]
    inputs = {"model": model, "train": Table(train), "test": known}
    texts = {name: more.pop(name) for name in ("summary", "findings") if name in more}
    outputs = _with_texts(folder, inputs, {name: json.dumps(value) for name, value in texts.items()}, target, more)
    return Said(json.loads(outputs["report"]), outputs)


def _with_texts(folder: Path, inputs: Any, texts: Mapping[str, str], target: str, params: Any) -> Mapping[str, Any]:
    from patchbay_sdk.registry import installed_catalogue
    from patchbay_sdk.testing import run_operator

    spec = installed_catalogue().get("evaluate.report@1.0.0")
    return run_operator(spec, {**inputs, **texts}, {"target": target, **params}, folder)[0]
