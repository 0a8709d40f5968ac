"""train.text: a small transformer that sorts short texts, with a vocabulary of its own."""

from __future__ import annotations

from typing import Any

from patchbay_sdk import Context, ParamError, Table
from patchbay_training.recipe import Prepared, Recipe
from patchbay_training.targets import class_targets, held_out, known_targets, weights_of


class Text(Recipe):
    """One class per text."""

    def prepare(
        self,
        context: Context,
        table: Table,
        validation: Table | None,
        *,
        column: str,
        target: str,
        symbols: int,
        length: int,
        width: int,
        depth: int,
        heads: int,
        dropout: float,
        balanced: bool,
        holdout: float = 0.1,
        **_: Any,
    ) -> Prepared:
        """Raises DataError when the table does not fit."""
        from patchbay_training.data import Rows
        from patchbay_training.recipes.text.data import TextReader

        if width % heads:
            raise ParamError(f"width ({width}) must be a multiple of heads ({heads}).", field="heads")
        train, valid = held_out(known_targets(table, target), validation, target, holdout, context.seed)
        reader = TextReader.learn(train, column, symbols, length)
        targets = class_targets(train, valid, target)
        return Prepared(
            train=Rows(reader.take(train, [column]), targets.train),
            valid=Rows(reader.take(valid, [column]), targets.valid),
            reader=reader,
            network="patchbay_training.recipes.text.model:TextTransformer",
            options={
                "symbols": len(reader.options["symbols"]) + 1,
                "length": length,
                "classes": targets.outputs,
                "width": width,
                "depth": depth,
                "heads": heads,
                "dropout": dropout,
            },
            loss="classification",
            task="classification",
            features=[column],
            target=target,
            classes=targets.classes,
            class_weights=weights_of(targets) if balanced else (),
        )
