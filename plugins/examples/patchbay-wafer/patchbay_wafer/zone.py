"""Which zone of the wafer a die lies in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from patchbay_sdk import Context, Learner, Table

ZONES = ("center", "middle", "edge")


class Zone(Learner):
    """Adds the zone of each die: by its distance from the wafer's centre, as a share of the radius."""

    def fit(
        self, context: Context, table: Table, x: str, y: str, radius: float, inner: float, outer: float, name: str
    ) -> dict[str, Any]:
        """Nothing is learned from rows: the state is the params."""
        return {"columns": [x, y], "radius": radius, "inner": inner, "outer": outer, "name": name}

    def apply(self, state: Mapping[str, Any], table: Table) -> Table:
        """The table with the zone column; empty where a coordinate is missing."""
        import polars as pl

        x, y = state["columns"]
        distance = (pl.col(x).cast(pl.Float64) ** 2 + pl.col(y).cast(pl.Float64) ** 2).sqrt() / state["radius"]
        center, middle, edge = (pl.lit(zone) for zone in ZONES)
        zone = pl.when(distance <= state["inner"]).then(center).when(distance <= state["outer"]).then(middle)
        known = distance.is_not_null() & distance.is_not_nan()
        return table.replace(
            table.polars().with_columns(pl.when(known).then(zone.otherwise(edge)).alias(state["name"]))
        )
