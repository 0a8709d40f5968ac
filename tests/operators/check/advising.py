"""Asks check.advice, and does what a click on a fix does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from patchbay_sdk import Table
from patchbay_sdk.registry import installed_catalogue
from patchbay_sdk.testing import run_operator
from patchbay_server.graph.validate import validate
from patchbay_server.services.wizards.fixes import Fix as ClickedFix
from patchbay_server.services.wizards.fixes import insert
from patchbay_server.services.wizards.offered import shipped

Findings = dict[str, dict[str, Any]]
"""Code -> finding."""


def ask(folder: Path, frame: pl.DataFrame, **params: Any) -> Findings:
    """The findings; every one is complete in both languages, they come worst first, and no code comes twice."""
    outputs, _ = run_operator(installed_catalogue().latest("check.advice"), {"table": Table(frame)}, params, folder)
    assert outputs["table"].polars().equals(frame)
    found = json.loads(outputs["findings"])
    order = ["stop", "warn", "note", "good"]
    assert [each["severity"] for each in found] == sorted((each["severity"] for each in found), key=order.index)
    assert len(found) <= 12
    for each in found:
        texts = [each["title"], each["meaning"], *([each["fix"]["label"]] if each["fix"] else [])]
        assert all(set(text) == {"en", "zh-CN"} and all(text.values()) for text in texts)
        assert all(name in frame.columns for name in each["columns"])
        assert_learns_nothing(each["fix"])
    codes = {each["code"]: each for each in found}
    assert len(codes) == len(found)
    return codes


def assert_learns_nothing(fix: dict[str, Any] | None) -> None:
    """AssertionError where a fix, put into a wizard by a click, would learn from the rows of the test."""
    if fix is None or "node" not in fix:
        return
    operator, params = fix["node"]["operator"], fix["node"]["params"]
    fixed = insert(shipped()["category"], installed_catalogue(), ClickedFix("found", fix["label"], operator, params))
    problems = list(validate(fixed, installed_catalogue()))
    assert not [problem for problem in problems if problem.code == "leak" or (problem.node or "").startswith("fix_")]


def bad(findings: Findings) -> set[str]:
    """Codes of what is not good."""
    return {code for code, each in findings.items() if each["severity"] != "good"}


def applied(folder: Path, frame: pl.DataFrame, finding: dict[str, Any], **params: Any) -> tuple[pl.DataFrame, Findings]:
    """The table behind the fix, and what is found then."""
    fix = finding["fix"]
    if "params" in fix:
        return frame, ask(folder, frame, **(params | fix["params"]))
    spec = installed_catalogue().get(fix["node"]["operator"])
    outputs, _ = run_operator(spec, {spec.inputs[0].name: Table(frame)}, fix["node"]["params"], folder)
    after = outputs[spec.outputs[0].name].polars()
    return after, ask(folder, after, **params)


def wafers(rows: int = 600, seed: int = 0, share: float = 0.3) -> pl.DataFrame:
    """A table with which nothing is wrong: three sensors, a tool, and a `fail` that depends on two of them."""
    rng = np.random.default_rng(seed)
    pressure, temperature, flow = rng.normal(3, 0.2, rows), rng.normal(250, 4, rows), rng.gamma(4, 2, rows)
    risk = 2 * (pressure - 3) / 0.2 + rng.normal(0, 1.5, rows)
    limit = np.quantile(risk, 1 - share)
    return pl.DataFrame(
        {
            "pressure": pressure,
            "temperature": temperature,
            "flow": flow,
            "tool": rng.choice(["E1", "E2", "E3"], rows),
            "fail": np.where(risk > limit, "fail", "pass"),
        }
    )
