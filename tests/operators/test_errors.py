"""What operators say when they fail reaches people in both languages."""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import Any

import pytest

import patchbay_operators
import patchbay_sdk
from patchbay_sdk import PatchbayError
from patchbay_sdk.registry import installed_catalogue
from patchbay_sdk.testing import Case, example_cases, run_example
from tests.operators.errors import assert_chinese
from tests.operators.running import run

EXAMPLES = [
    case
    for case in example_cases("patchbay_operators")
    if "error" in case.example["expect"] and not case.spec.id.startswith("train.")  # PyTorch takes seconds to load
]

TABLES: list[tuple[str, dict[str, list[Any]], dict[str, Any]]] = [
    ("clean.cast", {"a": [[1]]}, {"columns": ["a"], "type": "int"}),
    ("clean.cast", {"a": [datetime.date(2024, 1, 31)]}, {"columns": ["a"], "type": "float"}),
    ("clean.cast", {"a": [datetime.date(2024, 1, 31)]}, {"columns": ["a"], "type": "string", "format": "%Q"}),
    ("clean.cast", {"a": [20240131]}, {"columns": ["a"], "type": "date"}),
    ("clean.cast", {"a": [True]}, {"columns": ["a"], "type": "date"}),
    ("clean.fill_missing", {"tool": ["A", None]}, {"columns": ["tool"], "strategy": "mean"}),
    ("clean.fill_missing", {"nm": [1.0, None]}, {"columns": ["nm"], "by": ["nm"]}),
    ("clean.clip_outliers", {"a": [1, 2], "a_outlier": [1, 2]}, {"columns": ["a"], "action": "flag"}),
    ("clean.drop_missing", {}, {}),
    ("feature.scale", {"tool": ["A"]}, {"columns": []}),
    ("feature.scale", {"a": [float("inf"), 1.0]}, {"columns": ["a"]}),
    ("feature.pca", {"a": [1.0, 1.0], "b": [2.0, 2.0]}, {"columns": ["a", "b"]}),
    ("feature.encode", {"tool": ["A"], "tool__A": [1]}, {"columns": ["tool"]}),
    (
        "feature.encode",
        {"tool": ["A"] * 3, "y": ["p", "q", "r"]},
        {"columns": ["tool"], "method": "target", "target": "y"},
    ),
    (
        "feature.date_parts",
        {"t": [datetime.date(2024, 1, 31)]},
        {"column": "t", "parts": ["elapsed"], "reference": "soon"},
    ),
    ("feature.select_k_best", {"y": [1, 2]}, {"target": "y", "task": "regression", "score": "chi2"}),
    ("feature.tfidf", {"note": ["dust"]}, {"column": "note", "ngram_min": 2, "ngram_max": 1}),
    ("shape.split", {"a": [1, 2]}, {"method": "random", "test_share": 0.6}),
    ("shape.split", {"y": [*"aabbcc"]}, {"method": "stratified", "column": "y", "test_share": 0.2}),
    ("shape.split", {"t": [1, 2]}, {"method": "time", "column": "t", "cut": "start", "start": "soon"}),
    ("shape.split", {"t": [1, 2]}, {"method": "time", "column": "t", "cut": "start", "start": "7"}),
    ("shape.pivot", {"lot": ["A"], "nm": [1]}, {"index": ["lot"], "names_from": "lot", "values_from": "nm"}),
    ("shape.melt", {"lot": ["A"]}, {"id_columns": ["lot"]}),
    ("export.csv", {"a": [[1]]}, {"path": "a.csv"}),
    ("export.excel", {"a": ["x" * 40_000]}, {"path": "a.xlsx"}),
    ("export.json_lines", {}, {"path": "a.jsonl"}),
    ("export.dataset", {}, {"name": "lots"}),
    ("model.ridge", {"x": [1.0, 2.0], "y": [float("inf"), 1.0]}, {"target": "y"}),
    ("model.logistic", {"x": [1, 2, 3], "y": ["a", "b", "c"]}, {"target": "y", "positive": "a"}),
    ("model.logistic", {"x": [1, 2], "y": [0.5, 1.5]}, {"target": "y"}),
    ("model.logistic", {"x": [1, 2], "y": [datetime.date(2024, 1, 31)] * 2}, {"target": "y"}),
    ("model.auto", {"x": [1, 2], "y": ["a", "b"]}, {"target": "y", "replay": "no record"}),
    ("model.auto_groups", {"x": [*range(20)]}, {"replay": "no record"}),
    ("code.python_batches", {"x": [1]}, {"code": "y = 1"}),
    ("code.python_batches", {"x": [1]}, {"code": "def process(batch): return 1"}),
    (
        "code.python_batches",
        {"x": ["p"]},
        {"code": "def process(batch): return batch", "columns": [{"name": "x", "type": "int"}]},
    ),
    (
        "code.python_batches",
        {"x": [1, 2]},
        {"code": "def process(b): return b.assign(**{f'c{b.x.iloc[0]}': 1})", "batch_size": 1},
    ),
    ("evaluate.regression", {"y": [1.0], "prediction": [float("inf")]}, {"target": "y"}),
    ("evaluate.classification", {"y": ["a", "b"], "prediction": ["a", "b"], "score": ["1", "2"]}, {"target": "y"}),
    ("evaluate.clustering", {"x": [1.0, 2.0], "prediction": ["a", None]}, {}),
    ("evaluate.clustering", {"x": ["p", "q"], "prediction": ["a", "b"]}, {}),
]
"""Operator, its table, its params."""

FILES: list[tuple[bytes, dict[str, Any]]] = [
    (b"PK\x03\x04", {}),
    (b"\x1f\x8b\x08 broken", {}),
    (b"a,b\n1,\x012\n", {}),
    (b"a\n\xb5\n", {"encoding": "utf-8"}),
    (b"a\n\n", {"skip_lines": 1}),
    (b'"a\n', {}),
    (b"1,2\n", {"header": False, "column_names": ["a"]}),
    (b"1,2\n", {"header": False, "column_names": ["a", "a"]}),
    (b"a\nx\n", {"types": {"a": "int"}}),
    (b"a\n1\n", {"types": {"b": "int"}}),
    (b"a\n3/4/2024\n", {"types": {"a": "date"}}),
    (b"a,b\n1\n", {}),
]
"""Content of a text file, and how it is to be read."""


@pytest.mark.parametrize("case", EXAMPLES, ids=str)
def test_what_an_operator_raises_is_said_in_chinese_too(case: Case, tmp_path: Path) -> None:
    with pytest.raises(PatchbayError) as raised:
        run_example(case.spec, case.example, tmp_path)
    if "testing" not in Path(raised.traceback[-1].path).parts:  # there the spec has refused the params
        assert_chinese(raised.value)


@pytest.mark.parametrize(("operator", "table", "params"), TABLES)
def test_tables(tmp_path: Path, operator: str, table: dict[str, list[Any]], params: dict[str, Any]) -> None:
    with pytest.raises(PatchbayError) as raised:
        run(operator, tmp_path, {"table": table}, **params)
    assert_chinese(raised.value)


@pytest.mark.parametrize(("content", "params"), FILES)
def test_files(tmp_path: Path, content: bytes, params: dict[str, Any]) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(PatchbayError) as raised:
        run("source.csv", tmp_path, {}, path="a.csv", **params)
    assert_chinese(raised.value)


def test_steps_are_called_by_their_titles() -> None:
    """The palette shows titles: an id such as ``shape.split`` says nothing to whoever reads it in a wizard."""
    ids = "|".join(re.escape(spec.id) for spec in installed_catalogue())
    for package in (patchbay_operators, patchbay_sdk):
        for path in Path(package.__file__).parent.rglob("*.py"):
            assert not re.search(rf"[（(]({ids})([,、）) ])", path.read_text(encoding="utf-8")), path
