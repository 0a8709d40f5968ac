"""train.language: a small causal language model on bytes; its answer is how surprising a text is."""

from __future__ import annotations

from typing import Any

from patchbay_sdk import Context, ParamError, Table
from patchbay_training.recipe import Prepared, Recipe
from patchbay_training.targets import drawn


class Language(Recipe):
    """Learns what comes next; predicts bits per byte of each text."""

    def prepare(
        self,
        context: Context,
        table: Table,
        validation: Table | None,
        *,
        column: str,
        length: int,
        width: int,
        depth: int,
        heads: int,
        dropout: float,
        holdout: float = 0.1,
        **_: Any,
    ) -> Prepared:
        """Raises DataError when the table does not fit."""
        from patchbay_training.data import Rows
        from patchbay_training.recipes.language.data import SYMBOLS, ByteReader

        if width % heads:
            raise ParamError(f"width ({width}) must be a multiple of heads ({heads}).", field="heads")
        train, valid = (table, validation) if validation is not None else drawn(table, holdout, context.seed)
        reader = ByteReader({"length": length})
        return Prepared(
            train=Rows(*reader.stream(train, column)),
            valid=Rows(*reader.stream(valid, column)),
            reader=reader,
            network="patchbay_training.recipes.language.model:CausalLanguageModel",
            options={
                "symbols": SYMBOLS,
                "length": length,
                "width": width,
                "depth": depth,
                "heads": heads,
                "dropout": dropout,
            },
            loss="language",
            task="regression",
            features=[column],
        )
