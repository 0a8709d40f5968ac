"""Trained models: the estimator together with everything that prediction needs.

On disk a model is an MLflow model directory (an ``MLmodel`` file with a ``python_function`` flavour) whose
estimator is a skops file: never a pickle. See https://mlflow.org/docs/latest/ml/model/ for the layout.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from patchbay_sdk.errors import DataError
from patchbay_sdk.schema import Column, Schema
from patchbay_sdk.table import Table
from patchbay_sdk.transform import Transform, apply_remaining

if TYPE_CHECKING:
    import numpy as np

LIBRARIES = ("scikit-learn", "numpy", "polars", "pyarrow", "skops")

TASKS = ("classification", "regression", "clustering", "anomaly")


def library_versions() -> dict[str, str]:
    """Installed versions of the libraries that a model's answer may depend on."""
    return {name: version(name) for name in LIBRARIES}


@dataclass(frozen=True)
class Model:
    """A fitted estimator and its surroundings.

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

    def prepare(self, table: Table) -> Table:
        """The table as the estimator's training table was: the missing transforms applied, features checked.

        A table without the target column gets an empty one while the transforms run, so that steps which also
        touched the target in training need no special case.

        Raises:
            DataError: required columns are missing (all are named), or the table was prepared differently.
        """
        missing = [c.name for c in self.input_schema if c.name not in table.columns and c.name != self.target]
        if missing and not table.lineage:
            raise DataError(
                f"The model needs {len(missing)} column(s) that the table lacks: {', '.join(map(repr, missing[:10]))}; "
                f"the table has: {', '.join(table.columns[:20])}.",
                columns=missing,
            )
        prepared = apply_remaining(self.transforms, self._with_target(table))
        prepared.require(*self.features)
        return prepared

    def _with_target(self, table: Table) -> Table:
        if self.target is None or self.target in table.columns:
            return table
        target = next((step.input_schema.get(self.target) for step in self.transforms), None)
        if target is None:
            return table
        import polars as pl

        return table.replace(table.polars().with_columns(pl.lit(None, dtype=polars_type(target)).alias(self.target)))

    def matrix(self, prepared: Table) -> np.ndarray[Any, Any]:
        """The features of a prepared table as a float64 matrix (rows x features), null as NaN."""
        return feature_matrix(prepared, self.features)

    def scores(self, matrix: np.ndarray[Any, Any]) -> np.ndarray[Any, Any] | None:
        """Score per row: probability (or decision value) of the positive class; None for other tasks.

        Several classes without a positive one: the matrix (rows x classes) of probabilities.
        """
        if self.task == "anomaly":
            scores: np.ndarray[Any, Any] = -self.estimator.score_samples(matrix)
            return scores
        if self.task != "classification":
            return None
        if hasattr(self.estimator, "predict_proba"):
            probabilities: np.ndarray[Any, Any] = self.estimator.predict_proba(matrix)
            return probabilities if self.positive is None else probabilities[:, self._positive_index()]
        decisions: np.ndarray[Any, Any] = self.estimator.decision_function(matrix)
        return decisions if self._positive_index() == 1 or decisions.ndim > 1 else -decisions

    def _positive_index(self) -> int:
        return 1 if self.positive is None else list(self.classes).index(self.positive)

    def with_threshold(self, threshold: float) -> Model:
        """The same model with another decision threshold."""
        return replace(self, threshold=threshold)

    def save(self, folder: Path) -> None:
        """Write the model as an MLflow model directory."""
        from patchbay_sdk.estimators import dump_estimator

        dump_estimator(self.estimator, folder / "model.skops")
        for position, transform in enumerate(self.transforms):
            step = folder / "transforms" / f"{position:03d}"
            step.mkdir(parents=True)
            transform.save(step)
        document = {
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
        (folder / "patchbay.json").write_text(json.dumps(document, ensure_ascii=False, sort_keys=True))
        (folder / "MLmodel").write_text(_mlmodel(self))

    @classmethod
    def load(cls, files: Mapping[str, Path]) -> Model:
        """Read a model from its files (relative name -> path)."""
        from patchbay_sdk.estimators import load_estimator

        document = json.loads(files["patchbay.json"].read_text())
        transforms = []
        for position, transform_id in enumerate(document.pop("transforms")):
            prefix = f"transforms/{position:03d}/"
            step = {name[len(prefix) :]: path for name, path in files.items() if name.startswith(prefix)}
            transforms.append(Transform.load(step, id=transform_id))
        input_schema = Schema.from_json(document.pop("input_schema"))
        return cls(load_estimator(files["model.skops"]), transforms=transforms, input_schema=input_schema, **document)


def feature_matrix(table: Table, features: Sequence[str]) -> np.ndarray[Any, Any]:
    """Columns as a float64 matrix (rows x features), null as NaN.

    Raises:
        DataError: a feature is missing, or is neither a number nor a boolean: it names each one.
    """
    import polars as pl

    table.require(*features)
    schema = table.schema
    wrong = [n for n in features if (c := schema.get(n)) is not None and c.kind not in ("number", "boolean")]
    if wrong:
        raise DataError(
            f"Features must be numbers: {', '.join(map(repr, wrong[:10]))} are not. "
            "Encode text columns (feature.encode), take date parts (feature.date_parts), or leave them out.",
            columns=wrong,
        )
    return table.polars().select(pl.col(list(features)).cast(pl.Float64)).to_numpy(order="c", writable=True)


def required_schema(schema: Schema, transforms: Sequence[Transform], features: Sequence[str]) -> Schema:
    """Columns that a raw table needs so that `transforms` can make `features` of it.

    Walks the steps backwards: what a step creates is not needed before it, what it reads is.
    """
    needed = dict.fromkeys(features)
    types = {column.name: column for column in schema}
    for step in reversed(transforms):
        for column in step.output_schema:
            if column.name not in step.input_schema:
                needed.pop(column.name, None)
        needed.update(dict.fromkeys(step.reads))
        types.update({column.name: column for column in step.input_schema})
    return Schema(tuple(types.get(name, Column(name, "other")) for name in needed))


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


def _mlmodel(model: Model) -> str:
    """The MLmodel file: JSON, which is YAML too, so that no YAML library is needed to write it."""
    columns = [
        {"name": c.name, "type": _MLFLOW_TYPES.get(c.type, "string"), "required": True} for c in model.input_schema
    ]
    return json.dumps(
        {
            "flavors": {
                "python_function": {
                    "loader_module": "patchbay_sdk.mlflow_loader",
                    "python_version": "3.11",
                    "data": ".",
                    "env": {"virtualenv": "python_env.yaml"},
                }
            },
            "signature": {"inputs": json.dumps(columns)},
        },
        indent=1,
        sort_keys=True,
    )


_MLFLOW_TYPES = {"int": "long", "float": "double", "bool": "boolean", "datetime": "datetime", "date": "datetime"}
