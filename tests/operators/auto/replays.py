"""What a replay must have in common with the search that it repeats."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from patchbay_sdk import Table


def assert_same(again: Mapping[str, Any], first: Mapping[str, Any], rows: Table) -> None:
    """The same was tried to the same scores, and the model answers the same on `rows`."""
    assert json.loads(again["summary"])["stopped"] == "replay"
    boards = [each["leaderboard"].polars().drop("seconds") for each in (again, first)]
    assert boards[0].equals(boards[1])
    assert again["schedule"] == first["schedule"]
    assert again["model"].predict(rows).polars().equals(first["model"].predict(rows).polars())
