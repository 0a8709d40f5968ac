"""train.wafer_map: a convolutional network that tells defect patterns on wafer maps."""

from __future__ import annotations

from typing import Any

from patchbay_sdk import Context, Table
from patchbay_training.recipe import Prepared, Recipe
from patchbay_training.targets import class_targets, held_out, known_targets, weights_of


class WaferMap(Recipe):
    """One pattern per wafer."""

    def prepare(
        self,
        context: Context,
        table: Table,
        validation: Table | None,
        *,
        column: str,
        target: str,
        width: int,
        depth: int,
        dropout: float,
        turned: bool,
        balanced: bool,
        holdout: float = 0.1,
        **_: Any,
    ) -> Prepared:
        """Raises DataError when the table does not fit."""
        from patchbay_training.data import Rows
        from patchbay_training.recipes.wafer_map.data import MapReader

        train, valid = held_out(known_targets(table, target), validation, target, holdout, context.seed)
        reader = MapReader.learn(train, column)
        targets = class_targets(train, valid, target)
        return Prepared(
            train=Rows(reader.take(train, [column]), targets.train),
            valid=Rows(reader.take(valid, [column]), targets.valid),
            reader=reader,
            network="patchbay_training.recipes.wafer_map.model:WaferNetwork",
            options={
                "classes": targets.outputs,
                "width": width,
                "depth": depth,
                "dropout": dropout,
                "turned": turned,
            },
            loss="classification",
            task="classification",
            features=[column],
            target=target,
            classes=targets.classes,
            class_weights=weights_of(targets) if balanced else (),
        )
