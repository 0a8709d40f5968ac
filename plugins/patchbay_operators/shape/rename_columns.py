"""Give columns other names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from patchbay_operators.advice import Text
from patchbay_operators.shape import _spark
from patchbay_sdk import Context, ParamError, SparkLearner, Table


class RenameColumns(SparkLearner):
    """Renames columns, also crosswise; prediction renames them in the same way."""

    def fit(self, context: Context, table: Table, names: Mapping[str, str]) -> dict[str, Any]:
        """The new names, checked to be different from each other and from those of the other columns."""
        table.require(*names)
        after = Counter(names.get(name, name) for name in table.columns)
        if twice := [name for name, count in after.items() if count > 1]:
            same = Text(
                f"names: {after[twice[0]]} columns would be called {twice[0]!r}; choose another name.",
                f"会有 {after[twice[0]]} 列都叫“{twice[0]}”；请换一个名称。",
            )
            raise ParamError(same.as_json())
        return {"columns": list(names), "names": dict(names)}

    def apply(self, state: Mapping[str, Any], table: Table) -> Table:
        """The table with the new names."""
        return table.replace(table.polars().rename(state["names"]))

    def apply_spark(self, context: Context, state: Mapping[str, Any], table: Table) -> Table:
        """The table with the new names."""
        return table.replace(_spark.renamed(table.spark(context.spark), state["names"]))
