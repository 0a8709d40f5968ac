"""Bring text that means the same to the same spelling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from patchbay_operators.advice import Text
from patchbay_sdk import Context, DataError, Learner, Table


class TrimText(Learner):
    """Removes spaces around and between words, full-width and other variants of letters, and differences in case."""

    def fit(
        self,
        context: Context,
        table: Table,
        columns: Sequence[str] = (),
        spaces: bool = True,
        case: str = "keep",
        normalize: bool = True,
        empty_is_gap: bool = True,
    ) -> dict[str, Any]:
        """The params, and the columns they concern: by default all text columns."""
        how = {"spaces": spaces, "case": case, "normalize": normalize, "empty_is_gap": empty_is_gap}
        return {"columns": list(columns) or table.schema.of_kind("text"), "how": how}

    def apply(self, state: Mapping[str, Any], table: Table) -> Table:
        """The table with the text tidied.

        Raises:
            DataError: a column is not text any more.
        """
        import polars as pl

        types, kinds, how = table.polars().schema, {c.name: c.kind for c in table.schema}, state["how"]
        tidied = []
        for name in state["columns"]:
            if types[name] != pl.Null and kinds[name] != "text":
                no_text = Text(
                    f"Column {name!r} is {types[name]}, not text: leave it out, or cast it.",
                    f"列“{name}”的类型是 {types[name]}，不是文本：请不要选择该列，或先转换列类型。",
                )
                raise DataError(no_text.as_json(), column=name)
            text = pl.col(name).cast(pl.String)
            if how["normalize"]:
                text = text.str.normalize("NFKC")
            if how["spaces"]:
                text = text.str.replace_all(r"[\s\u{200b}\u{feff}]+", " ").str.strip_chars()
            if how["case"] != "keep":
                text = text.str.to_lowercase() if how["case"] == "lower" else text.str.to_uppercase()
            if how["empty_is_gap"]:
                text = pl.when(text != "").then(text)
            tidied.append(text.cast(pl.String if types[name] in (pl.String, pl.Null) else pl.Categorical).alias(name))
        return table.replace(table.polars().with_columns(tidied))
