"""Trained models: the estimator together with everything that prediction needs.

On disk a model is an MLflow model directory (an ``MLmodel`` file with a ``python_function`` flavour) whose
estimator is in one of the forms of `estimators.py`: never a pickle.
See https://mlflow.org/docs/latest/ml/model/ for the layout.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from patchbay_sdk.errors import DataError
from patchbay_sdk.features import feature_matrix, required_schema
from patchbay_sdk.schema import Column, Schema
from patchbay_sdk.table import Table
from patchbay_sdk.transform import Transform, apply_remaining, remaining

if TYPE_CHECKING:
    import numpy as np

LIBRARIES = ("patchbay", "scikit-learn", "numpy", "polars", "pyarrow", "skops")

TASKS = ("classification", "regression", "clustering", "anomaly")


def library_versions() -> dict[str, str]:
    """Installed versions of the libraries that a model's answer may depend on."""
    return dict(_library_versions())


@cache
def _library_versions() -> Mapping[str, str]:
    return {name: version(name) for name in LIBRARIES}  # reads a file for each: searches make thousands of models


@dataclass(frozen=True)
class Model:
    """A fitted estimator and its surroundings.

    `estimator`: fitted on a float64 matrix; a classifier on positions in `classes` (0, 1, ...), not on the labels.
    One that has ``take(table, features)`` takes its rows from a prepared table itself: texts, windows of a series.
    `task`: one of `TASKS`. `features`: columns the estimator takes, in order, after the transforms.
    `target`: the column it predicts, or None. `classes`: label values in the estimator's order.
    `positive`: the class that scores speak of (binary classification). `threshold`: score from which on a row is
    called positive. `transforms`: ordered steps of the training table. `input_schema`: columns that a table needs
    before any of those steps. `metrics`: what was measured while training.
    """

    estimator: Any
    task: str
    features: Sequence[str]
    target: str | None
    transforms: Sequence[Transform] = ()
    classes: Sequence[Any] = ()
    positive: Any = None
    threshold: float = 0.5
    input_schema: Schema = field(default_factory=lambda: Schema(()))
    metrics: Mapping[str, Any] = field(default_factory=dict)
    libraries: Mapping[str, str] = field(default_factory=library_versions)
    operator: str = ""
    about: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def fitted(
        cls,
        estimator: Any,
        table: Table,
        *,
        task: str,
        features: Sequence[str],
        target: str | None = None,
        **more: Any,
    ) -> Model:
        """A model trained on `table`: takes its transforms and works out the input schema."""
        transforms = tuple(table.lineage)
        return cls(
            estimator=estimator,
            task=task,
            features=tuple(features),
            target=target,
            transforms=transforms,
            input_schema=required_schema(table.schema, transforms, features),
            **more,
        )

    def reads(self, table: Table) -> Schema:
        """Columns of `table` that its prediction depends on, given the steps that the table has had.

        Raises:
            DataError: the table was prepared by other steps than the model's training table.
        """
        steps = remaining(self.transforms, table)
        needed = required_schema(table.schema, steps, self.features) if table.lineage else self.input_schema
        return Schema(tuple(column for column in needed if column.name != self.target))

    def prepare(self, table: Table) -> Table:
        """The table as the estimator's training table was: the missing transforms applied, features checked.

        Columns that steps read but that no feature depends on, such as the target, may be absent: they are empty
        while the transforms run, so that steps which also touched them in training need no special case.

        Raises:
            DataError: columns are missing or of another kind (all are named), or the table was prepared differently.
        """
        known = set(table.columns)
        missing = [column.name for column in self.reads(table) if column.name not in known]
        if missing:
            have = ", ".join(table.columns[:20])
            raise DataError(
                {
                    "en": f"The model needs {len(missing)} column(s) that the table lacks: "
                    f"{', '.join(map(repr, missing[:10]))}; the table has: {have}.",
                    "zh-CN": f"表中缺少模型需要的 {len(missing)} 列：{'、'.join(missing[:10])}。现有的列：{have}。",
                },
                columns=missing,
            )
        prepared = apply_remaining(self.transforms, self._with_empty_columns(self._with_types(table)))
        prepared.require(*self.features)
        return prepared

    def _with_types(self, table: Table) -> Table:
        """An all-empty column has no type of its own in a small file: it gets the one of training."""
        import polars as pl

        if table.lineage:
            return table
        actual, casts, wrong = table.schema, [], list[tuple[Column, Column]]()
        for expected in self.input_schema:
            column = actual.get(expected.name)
            if column is None or expected.type == "other" or column.kind == expected.kind:
                continue
            if table.polars()[column.name].null_count() == table.num_rows:
                casts.append(pl.lit(None, dtype=polars_type(expected)).alias(column.name))
            elif {column.kind, expected.kind} != {"number", "boolean"}:
                wrong.append((column, expected))
        if wrong:
            raise _other_kinds(table, wrong)
        return table.replace(table.polars().with_columns(casts)) if casts else table

    def _with_empty_columns(self, table: Table) -> Table:
        import polars as pl

        present, added = set(table.columns), []
        for step in remaining(self.transforms, table):
            for name in [*step.reads, self.target]:
                column = step.input_schema.get(name) if name is not None else None
                if column is not None and name not in present:
                    added.append(pl.lit(None, dtype=polars_type(column)).alias(column.name))
                    present.add(column.name)
            present.update(name for name in step.output_schema.names if name not in step.input_schema)
        return table.replace(table.polars().with_columns(added)) if added else table

    def matrix(self, prepared: Table) -> np.ndarray[Any, Any]:
        """What the estimator takes of a prepared table: a float64 matrix (rows x features), null as NaN.

        Raises:
            DataError: they hold values that the estimator cannot take: the columns are named.
        """
        if hasattr(self.estimator, "take"):
            taken: np.ndarray[Any, Any] = self.estimator.take(prepared, self.features)
            return taken
        return feature_matrix(prepared, self.features, self.estimator)

    def predict(self, table: Table) -> Table:
        """The answer for each row of a table, in its order, as columns of their own.

        classification: `prediction` (a label) and, for two classes, `score` (of the positive one); for more,
        ``probability_<class>``. Estimators without probabilities give decision values around 0, for more classes
        as ``score_<class>``. A score at the threshold counts as positive.
        regression: `prediction` (float); of several numbers per row, such as a forecast of several steps,
        ``prediction_1``, ``prediction_2``, ... clustering: `prediction` (number of the cluster).
        anomaly: `prediction` (true: an anomaly), `score` (the higher, the stranger).

        Raises:
            DataError: the table does not fit the model (see `prepare` and `matrix`), or a step changed its rows.
        """
        from patchbay_sdk.prediction import answers

        prepared = self.prepare(table)
        if prepared.num_rows != table.num_rows:
            raise DataError(
                f"The model's steps made {prepared.num_rows} rows of {table.num_rows}; they must keep rows."
            )
        return Table(answers(self, self.matrix(prepared)))

    def with_threshold(self, threshold: float) -> Model:
        """The same model with another decision threshold."""
        return replace(self, threshold=threshold)

    def save(self, folder: Path) -> None:
        """Write the model as an MLflow model directory."""
        from patchbay_sdk.estimators import save_estimator
        from patchbay_sdk.mlflow_format import write_mlflow_files

        estimator = save_estimator(self.estimator, folder)
        for position, transform in enumerate(self.transforms):
            step = folder / "transforms" / f"{position:03d}"
            step.mkdir(parents=True)
            transform.save(step)
        document = {
            "estimator": estimator,
            "task": self.task,
            "features": list(self.features),
            "target": self.target,
            "transforms": [transform.id for transform in self.transforms],
            "classes": list(self.classes),
            "positive": self.positive,
            "threshold": self.threshold,
            "input_schema": self.input_schema.to_json(),
            "metrics": dict(self.metrics),
            "libraries": dict(self.libraries),
            "operator": self.operator,
            "about": dict(self.about),
        }
        (folder / "patchbay.json").write_text(
            json.dumps(document, ensure_ascii=False, sort_keys=True), encoding="utf-8"
        )
        write_mlflow_files(folder, self.libraries)

    @classmethod
    def load(cls, files: Mapping[str, Path]) -> Model:
        """Read a model from its files (relative name -> path)."""
        from patchbay_sdk.estimators import read_estimator

        document = json.loads(files["patchbay.json"].read_text(encoding="utf-8"))
        transforms = []
        for position, transform_id in enumerate(document.pop("transforms")):
            prefix = f"transforms/{position:03d}/"
            step = {name[len(prefix) :]: path for name, path in files.items() if name.startswith(prefix)}
            transforms.append(Transform.load(step, id=transform_id))
        input_schema = Schema.from_json(document.pop("input_schema"))
        estimator = read_estimator(document.pop("estimator", ""), files)
        return cls(estimator, transforms=transforms, input_schema=input_schema, **document)


KIND_WORDS = {
    "number": ("numbers", "数值"),
    "text": ("text", "文本"),
    "time": ("dates such as 2026-11-26", "日期（例如 2026-11-26）"),
    "boolean": ("true or false", "是或否（true 或 false）"),
    "other": ("something else", "其他类型的值"),
}


def _other_kinds(table: Table, wrong: Sequence[tuple[Column, Column]]) -> DataError:
    """That columns hold something else than when the model learned: pairs of what is there and what was."""
    said, said_zh = [], []
    for column, expected in wrong[:10]:
        (wanted, wanted_zh), (found, found_zh) = KIND_WORDS[expected.kind], KIND_WORDS[column.kind]
        example = _odd_value(table, column, expected)
        said.append(f"{column.name!r} must hold {wanted}, but holds {found} such as {example!r}")
        said_zh.append(f"“{column.name}”应为{wanted_zh}，现在是{found_zh}，例如“{example}”")
    more = len(wrong) - len(said)
    return DataError(
        {
            "en": f"The model cannot read these columns: {'; '.join(said)}{f'; and {more} more' if more else ''}. "
            "Correct them in the data; a cell without a value may be empty.",
            "zh-CN": f"模型无法读取这些列：{'；'.join(said_zh)}{f'；另有 {more} 列' if more else ''}。"
            "请在数据中改正；没有值的单元格可以留空。",
        },
        columns=[column.name for column, _ in wrong],
    )


def _odd_value(table: Table, column: Column, expected: Column) -> str:
    """A value of the column that shows what is wrong: of text among numbers, one that is no number."""
    import polars as pl

    values = table.polars()[column.name].drop_nulls()
    if column.kind == "text" and expected.kind == "number":
        texts = values.cast(pl.String)
        words = texts.filter(texts.str.strip_chars().cast(pl.Float64, strict=False).is_null())
        values = words if len(words) else values
    return str(values[0])


def polars_type(column: Column) -> Any:
    """The polars type that stands for a logical type, for empty columns."""
    import polars as pl

    return {
        "int": pl.Int64,
        "float": pl.Float64,
        "bool": pl.Boolean,
        "string": pl.String,
        "category": pl.Categorical,
        "date": pl.Date,
        "datetime": pl.Datetime("us"),
        "duration": pl.Duration("us"),
    }.get(column.type, pl.Null)
