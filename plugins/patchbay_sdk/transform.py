"""Fitted preprocessing steps: what an operator learned from a table, as data that can be applied again.

A transform holds no code. It names the operator version that made it, and that operator's `apply` executes it,
so what trained the model is what runs at prediction time.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from patchbay_sdk.errors import ArtifactError, DataError
from patchbay_sdk.schema import Schema
from patchbay_sdk.table import Table
from patchbay_sdk.texts import quoted


@dataclass(frozen=True)
class Transform:
    """One fitted step.

    `operator`: ``id@version`` of the `Learner` that made it and applies it.
    `state`: what was learned: JSON values, Arrow tables, or scikit-learn estimators.
    `reads`: columns that must be there when it is applied.
    `input_schema`, `output_schema`: of the table it was fitted on, before and after.
    """

    operator: str
    state: Mapping[str, Any]
    reads: Sequence[str]
    input_schema: Schema
    output_schema: Schema
    title: str = ""
    id: str = field(default="", compare=False)
    """Artifact id, where the transform came from the store."""

    def __reduce__(self) -> tuple[Any, ...]:
        """With the operator that made it, which another process (of an engine) then finds too."""
        from patchbay_sdk.registry import load_learner

        own = {each.name: getattr(self, each.name) for each in fields(self)}
        return _with_operator, (load_learner(self.operator), own)

    def apply(self, table: Table) -> Table:
        """The table with this step applied, through the operator version that made it.

        Raises:
            DataError: a column that the step reads is missing.
            UnknownOperator: the operator version is not installed.
        """
        from patchbay_sdk.registry import load_learner

        known = set(table.columns)
        missing = [name for name in self.reads if name not in known]
        if missing:
            raise DataError(
                {
                    "en": f"The step {self.operator} needs {', '.join(map(repr, missing))}, which the table lacks; "
                    f"it has: {', '.join(table.columns[:20])}.",
                    "zh-CN": f"步骤“{self.operator}”需要{quoted(missing)}列，但表中没有。"
                    f"现有的列：{quoted(table.columns)}。",
                },
                columns=missing,
            )
        learner = load_learner(self.operator)
        result = learner.apply(dict(self.state), table)
        return Table(result.polars(), lineage=[*table.lineage, self])

    def save(self, folder: Path) -> None:
        """Write the transform into `folder`: transform.json, and a file per Arrow table or estimator."""
        plain: dict[str, Any] = {}
        for name, value in self.state.items():
            plain[name] = _save_state(name, value, folder)
        document = {
            "operator": self.operator,
            "state": plain,
            "reads": list(self.reads),
            "input_schema": self.input_schema.to_json(),
            "output_schema": self.output_schema.to_json(),
            "title": self.title,
        }
        (folder / "transform.json").write_text(
            json.dumps(document, ensure_ascii=False, sort_keys=True), encoding="utf-8"
        )

    @classmethod
    def load(cls, files: Mapping[str, Path], *, id: str = "") -> Transform:
        """Read a transform from its files (name -> path)."""
        document = json.loads(files["transform.json"].read_text(encoding="utf-8"))
        return cls(
            operator=document["operator"],
            state={name: _load_state(value, files) for name, value in document["state"].items()},
            reads=document["reads"],
            input_schema=Schema.from_json(document["input_schema"]),
            output_schema=Schema.from_json(document["output_schema"]),
            title=document["title"],
            id=id,
        )


def _with_operator(operator: Any, own: Mapping[str, Any]) -> Transform:
    """A transform that arrived from another process; its operator has been loaded by arriving."""
    return Transform(**own)


def _save_state(name: str, value: Any, folder: Path) -> Any:
    if isinstance(value, Table):
        from patchbay_sdk.ports import write_arrow

        write_arrow(value, folder / f"{name}.arrow")
        return {"$table": f"{name}.arrow"}
    if type(value).__module__.startswith("sklearn."):
        from patchbay_sdk.estimators import dump_estimator

        dump_estimator(value, folder / f"{name}.skops")
        return {"$estimator": f"{name}.skops"}
    try:
        json.dumps(value)
    except TypeError as error:
        raise ArtifactError(
            f"Transform state {name!r} must be JSON, a Table or a scikit-learn estimator: {error}."
        ) from error
    return value


def _load_state(value: Any, files: Mapping[str, Path]) -> Any:
    if isinstance(value, dict) and "$table" in value:
        return Table.open(files[value["$table"]])
    if isinstance(value, dict) and "$estimator" in value:
        from patchbay_sdk.estimators import load_estimator

        return load_estimator(files[value["$estimator"]])
    return value


def remaining(transforms: Sequence[Transform], table: Table) -> Sequence[Transform]:
    """Those of `transforms` that the table has not had yet.

    The table's own lineage and `transforms` must agree as far as both go; a raw file (no lineage), a test split
    (some) and a prepared table (all) then end alike.

    Raises:
        DataError: the table was prepared by other steps than these.
    """
    done = list(table.lineage)
    for position, (applied, expected) in enumerate(zip(done, transforms, strict=False), start=1):
        if applied.id != expected.id or (not applied.id and applied != expected):
            raise DataError(
                {
                    "en": f"The table was prepared differently from the model's training table: its step {position} is "
                    f"{applied.operator}, the model's is {expected.operator} with other learned values. "
                    "Connect the table from before those steps; the model brings its own.",
                    "zh-CN": f"此表与模型的训练表预处理方式不同：此表的第 {position} 步是“{applied.operator}”，"
                    f"模型的是“{expected.operator}”，学到的值也不同。请连接这些步骤之前的表；模型自带这些步骤。",
                }
            )
    if len(done) > len(transforms):
        raise DataError(
            {
                "en": f"The table has had {len(done)} preparation steps, the model's training table only "
                f"{len(transforms)}: {done[len(transforms)].operator} is one too many. "
                "Connect the table from before it.",
                "zh-CN": f"此表经过了 {len(done)} 个预处理步骤，而模型的训练表只有 {len(transforms)} 个："
                f"多了“{done[len(transforms)].operator}”。请连接该步骤之前的表。",
            }
        )
    return transforms[len(done) :]


def apply_remaining(transforms: Sequence[Transform], table: Table) -> Table:
    """The table with those of `transforms` applied that it has not had yet; raises as `remaining` does."""
    for transform in remaining(transforms, table):
        table = transform.apply(table)
    return table
