"""Divide numbers into ranges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.feature._columns import numbers
from patchbay_sdk import Context, Learner, ParamError, Table

if TYPE_CHECKING:
    import numpy as np

SUFFIX = "_bin"


class Bin(Learner):
    """Adds, per column, the range that its value falls into; a value on an edge belongs to the range above it.

    The outer ranges are open, so that new values beyond the training range have one too.
    """

    def fit(
        self,
        context: Context,
        table: Table,
        columns: Sequence[str],
        method: str,
        output: str,
        bins: int = 5,
        edges: Sequence[float] = (),
        names: Sequence[str] = (),
    ) -> dict[str, Any]:
        """The inner edges of each column."""
        import numpy as np

        state: dict[str, Any] = {"columns": list(columns), "output": output, "names": list(names)}
        if method == "edges":
            if list(edges) != sorted(set(edges)):
                order = Text(
                    f"edges are {list(edges)}; they must rise from one to the next.",
                    f"分界点是 {'、'.join(map(str, edges))}；它们必须依次增大。",
                )
                raise ParamError(order.as_json())
            state["edges"] = {name: list(edges) for name in columns}
        else:
            matrix = numbers(table, columns)
            state["edges"] = {
                name: _learned_edges(values[~np.isnan(values)], method, bins)
                for name, values in zip(columns, matrix.T, strict=True)
            }
        for name in columns:
            ranges = len(state["edges"][name]) + 1
            if names and ranges != len(names):
                differs = Text(
                    f"names: {name!r} has {ranges} ranges, but {len(names)} name(s) are given.",
                    f"“{name}”有 {ranges} 个区间，却给了 {len(names)} 个名称。请让每个区间都有一个名称。",
                )
                raise ParamError(differs.as_json())
            if method != "edges" and ranges < bins:
                few = Text(
                    f"{name!r} has values enough for {ranges} range(s) only, not {bins}.",
                    f"“{name}”的取值只够分成 {ranges} 个区间，不够 {bins} 个。",
                )
                context.warn(few.as_json())
        return state

    def apply(self, state: Mapping[str, Any], table: Table) -> Table:
        """The table with a column ``<column>_bin`` per column."""
        import polars as pl

        added = []
        for name in state["columns"]:
            edges, value = state["edges"][name], pl.col(name).cast(pl.Float64).fill_nan(None)
            number = pl.sum_horizontal(pl.lit(0), *[(value >= edge).cast(pl.Int64) for edge in edges]).cast(pl.Int64)
            number = pl.when(value.is_not_null()).then(number)
            if state["output"] == "string":
                labels = dict(enumerate(state["names"] or _labels(edges)))
                number = number.replace_strict(labels, return_dtype=pl.String)
            added.append(number.alias(name + SUFFIX))
        return table.replace(table.polars().with_columns(added))


def _learned_edges(values: np.ndarray[Any, Any], method: str, bins: int) -> list[float]:
    """Edges between the lowest and the highest value; equal ones are one edge."""
    import numpy as np

    if not len(values):
        return []
    shares = np.linspace(0, 1, bins + 1)
    edges = np.quantile(values, shares) if method == "quantile" else np.linspace(values.min(), values.max(), bins + 1)
    inner: list[float] = np.unique(edges)[1:-1].tolist()
    return inner


def _labels(edges: Sequence[float]) -> list[str]:
    if not edges:
        return ["all"]
    texts = [f"{edge:.6g}" for edge in edges]
    if len(set(texts)) < len(texts):
        texts = [repr(edge) for edge in edges]
    between = [f"[{low}, {high})" for low, high in pairwise(texts)]
    return [f"< {texts[0]}", *between, f">= {texts[-1]}"]
