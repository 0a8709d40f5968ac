"""Lineage: a raw table, a test split and a prepared table predict alike; anything else is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from patchbay_sdk import Catalogue, DataError, Model, Table, Transform
from patchbay_sdk.testing import run_operator
from patchbay_sdk.transform import apply_remaining

FILL = Catalogue.installed().latest("clean.fill_missing")


def fitted(table: Table, folder: Path, name: str, **params: object) -> tuple[Table, Transform]:
    outputs, _ = run_operator(FILL, {"table": table}, params, folder)
    transform = replace(outputs["fitted"], id=name)
    return Table(outputs["table"].polars(), lineage=[*table.lineage, transform]), transform


@pytest.fixture
def steps(tmp_path: Path) -> tuple[Table, list[Transform]]:
    raw = Table({"a": [1.0, None, 3.0], "b": [None, 5.0, 7.0]})
    once, first = fitted(raw, tmp_path, "first", columns=["a"])
    twice, second = fitted(once, tmp_path, "second", columns=["b"], strategy="mean")
    assert twice.polars().to_dict(as_series=False) == {"a": [1.0, 2.0, 3.0], "b": [6.0, 5.0, 7.0]}
    return raw, [first, second]


def test_only_the_steps_that_are_missing_are_applied(steps: tuple[Table, list[Transform]]) -> None:
    _, transforms = steps
    new = Table({"a": [None, 9.0], "b": [None, None]})
    raw_result = apply_remaining(transforms, new)
    half_result = apply_remaining(transforms, transforms[0].apply(new))
    assert raw_result.polars().to_dict(as_series=False) == {"a": [2.0, 9.0], "b": [6.0, 6.0]}
    assert half_result.polars().equals(raw_result.polars())
    assert apply_remaining(transforms, raw_result).polars().equals(raw_result.polars())
    assert [step.id for step in raw_result.lineage] == ["first", "second"]


def test_a_table_prepared_otherwise_is_refused(steps: tuple[Table, list[Transform]]) -> None:
    _, (first, second) = steps
    new = Table({"a": [None, 9.0], "b": [None, None]})
    with pytest.raises(DataError, match="prepared differently"):
        apply_remaining([first, second], second.apply(new))
    with pytest.raises(DataError, match="one too many"):
        apply_remaining([first], second.apply(first.apply(new)))


def test_a_missing_column_is_named_with_the_step(steps: tuple[Table, list[Transform]]) -> None:
    _, (first, _) = steps
    with pytest.raises(DataError, match=r"clean\.fill_missing@1\.0\.0 needs 'a', which the table lacks; it has: b"):
        first.apply(Table({"b": [1]}))


def test_a_model_keeps_its_steps_and_asks_for_raw_columns_only(
    steps: tuple[Table, list[Transform]], tmp_path: Path
) -> None:
    from sklearn.linear_model import LinearRegression

    raw, transforms = steps
    prepared = apply_remaining(transforms, raw)
    train = Table(prepared.polars().with_columns(y=prepared.polars()["a"] * 2), lineage=prepared.lineage)
    estimator = LinearRegression().fit(train.polars()[["a", "b"]].to_numpy(), train.polars()["y"].to_numpy())
    model = Model.fitted(estimator, train, task="regression", features=["a", "b"], target="y")
    folder = tmp_path / "model"
    folder.mkdir()
    model.save(folder)
    files = {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}
    again = Model.load(files)
    assert again.input_schema.names == ["a", "b"]
    new = Table({"a": [None, 9.0], "b": [1.0, None]})
    matrix = again.matrix(again.prepare(new))
    assert matrix.tolist() == [[2.0, 1.0], [9.0, 6.0]]
    assert again.estimator.predict(matrix).tolist() == pytest.approx(model.estimator.predict(matrix).tolist(), abs=0)
    with pytest.raises(DataError, match=r"needs 1 column\(s\) that the table lacks: 'b'"):
        again.prepare(Table({"a": [1.0]}))


def test_a_model_file_with_foreign_types_is_refused(tmp_path: Path) -> None:
    from fractions import Fraction

    from patchbay_sdk.errors import ArtifactError
    from patchbay_sdk.estimators import dump_estimator, load_estimator

    dump_estimator(Fraction(1, 3), tmp_path / "model.skops")
    with pytest.raises(ArtifactError, match=r"not trusted: fractions\.Fraction"):
        load_estimator(tmp_path / "model.skops")
