"""train.tabular: a network of residual perceptrons on the number columns of a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from patchbay_sdk import Context, Table
from patchbay_training.recipe import Prepared, Recipe
from patchbay_training.targets import class_targets, held_out, known_targets, number_targets, weights_of


class Tabular(Recipe):
    """Classes or one number."""

    def prepare(
        self,
        context: Context,
        table: Table,
        validation: Table | None,
        *,
        task: str,
        target: str,
        features: Sequence[str],
        width: int,
        depth: int,
        dropout: float,
        holdout: float = 0.1,
        balanced: bool = False,
        **_: Any,
    ) -> Prepared:
        """Raises DataError when the table does not fit."""
        from patchbay_training.data import Rows
        from patchbay_training.recipes.tabular.data import NumberReader

        table = known_targets(table, target)
        chosen = list(features) or [name for name in table.schema.of_kind("number", "boolean") if name != target]
        train, valid = held_out(table, validation, target, holdout, context.seed)
        reader = NumberReader.learn(train, chosen)
        targets = (
            class_targets(train, valid, target) if task == "classification" else number_targets(train, valid, target)
        )
        return Prepared(
            train=Rows(reader.take(train, chosen), targets.train),
            valid=Rows(reader.take(valid, chosen), targets.valid),
            reader=reader,
            network="patchbay_training.recipes.tabular.model:TabularNetwork",
            options={
                "features": len(chosen),
                "outputs": targets.outputs,
                "width": width,
                "depth": depth,
                "dropout": dropout,
            },
            loss=task,
            task=task,
            features=chosen,
            target=target,
            classes=targets.classes,
            class_weights=weights_of(targets) if balanced else (),
            scale=targets.scale,
        )
