"""Every operator with two engines gives the same on both, or refuses it on both (docs/spark.md)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from pyspark.sql import SparkSession

from patchbay_sdk import File, Metrics, Model, PatchbayError, Table, Transform
from patchbay_sdk.testing.cases import run_operator
from tests.spark.questions import EXAMPLES, OWN_DRAW, Question, asked_of, examples_of, smallest_of
from tests.spark.tables import TRICKY, assert_same, random_table, same

pytestmark = [pytest.mark.heavy, pytest.mark.xdist_group("spark"), pytest.mark.timeout(400)]

ORDERED = {"shape.sort"}
"""Operators that make an order of rows on Spark."""

REFUSED = ("target means are not computed on Spark", "which a model trained on Spark cannot take")
"""What operators say that they do not do there (docs/spark.md)."""


@pytest.mark.parametrize("operator", [each for each in EXAMPLES if each.partition(".")[0] != "model"])
def test_parity(operator: str, spark: SparkSession, tmp_path: Path) -> None:
    """On its examples, without rows, on one row, and on a table that engines trip over."""
    ask([*examples_of(operator), *smallest_of(operator), *asked_of(operator, TRICKY)], spark, tmp_path)


@pytest.mark.accept
@pytest.mark.parametrize("operator", EXAMPLES)
def test_more_parity(operator: str, spark: SparkSession, tmp_path: Path) -> None:
    """On tables drawn at random; models (see `test_models`) on their examples."""
    drawn = [question for seed in range(5) for question in asked_of(operator, random_table(seed))]
    models = examples_of(operator) if EXAMPLES[operator][0].spec.category == "model" else ()
    ask([*models, *drawn], spark, tmp_path)


def ask(questions: Iterable[Question], spark: SparkSession, folder: Path) -> None:
    """AssertionError naming every question that the engines answer differently."""
    wrong = []
    for number, question in enumerate(questions):
        place = folder / str(number)
        place.mkdir(parents=True)
        try:
            compare(question, answer(question, place, "local"), answer(question, place, "spark", spark))
        except AssertionError as error:
            wrong.append(f"{question}: {error}")
    assert not wrong, "\n".join(wrong)


def answer(question: Question, folder: Path, engine: str, session: SparkSession | None = None) -> Any:
    """The outputs, or the error."""
    inputs, params = question.prepare(folder / engine)
    seed = question.case.example.get("seed", 0) if question.case else 0
    try:
        return run_operator(question.spec, inputs, params, folder / engine, seed=seed, engine=engine, session=session)
    except PatchbayError as error:
        return error


def compare(question: Question, local: Any, remote: Any) -> None:
    """AssertionError unless both are the same; examples must give what they say, too."""
    case, expects = question.case, question.case.example["expect"] if question.case else {}
    if isinstance(remote, PatchbayError):
        if any(words in remote.message for words in REFUSED):
            return
        assert isinstance(local, PatchbayError) and type(local) is type(remote), f"{local} | {remote}"
        assert "error" not in expects or expects["error"] in remote.message, remote.message
        return
    assert not isinstance(local, PatchbayError), local
    if question.spec.id in OWN_DRAW and case is not None:
        return
    if case is not None and (question.spec.category == "model" or "warning" in expects):
        case.assert_outputs(*remote)
    if question.spec.category != "model":
        assert_value(remote[0], local[0], "", ordered=question.spec.id in ORDERED)


def assert_value(actual: Any, expected: Any, where: str, *, ordered: bool = False) -> None:
    """The same tables (as bags of rows, unless `ordered`), figures and states."""
    if isinstance(expected, Table):
        assert_same(actual, expected, where, ordered=ordered)
    elif isinstance(expected, Transform):
        assert list(actual.reads) == list(expected.reads), where
        assert (actual.input_schema, actual.output_schema) == (expected.input_schema, expected.output_schema), where
        assert_value(actual.state, expected.state, where)
    elif isinstance(expected, Metrics):
        assert_value(dict(actual.values), dict(expected.values), where)
        assert_value(dict(actual.tables), dict(expected.tables), where)
    elif isinstance(expected, Mapping):
        assert list(actual) == list(expected), where
        for key, value in expected.items():
            assert_value(actual[key], value, f"{where} {key!r}", ordered=ordered)
    elif isinstance(expected, list) and expected and isinstance(expected[0], Mapping):
        assert len(actual) == len(expected), where
        for one, other in zip(actual, expected, strict=True):
            assert_value(one, other, where)
    elif isinstance(expected, File):
        if expected.path.suffix == ".parquet":
            assert_same(Table(pl.read_parquet(actual.path)), Table(pl.read_parquet(expected.path)), where, ordered=True)
        else:
            assert actual.path.read_bytes() == expected.path.read_bytes(), where
    elif not isinstance(expected, Model):
        assert same(actual, expected), f"{where}: {actual!r}, not {expected!r}"
