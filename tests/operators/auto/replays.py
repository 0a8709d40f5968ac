"""What a replay must have in common with the search that it repeats."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from patchbay_sdk import Table


def assert_same(again: Mapping[str, Any], first: Mapping[str, Any], rows: Table) -> None:
    """The same was tried to the same scores, and the model answers the same on `rows`; reports can read the summary."""
    summary = json.loads(again["summary"])
    assert summary["stopped"] == "replay" and summary["random_split_score"] is None
    for entry in (summary["best"], summary["baseline"], *summary["leaderboard"]):
        assert entry["name"]["en"] and entry["name"]["zh-CN"]
        assert all(isinstance(entry[each], float) for each in ("score", "spread", "seconds"))
    boards = [each["leaderboard"].polars().drop("seconds") for each in (again, first)]
    assert boards[0].equals(boards[1])
    assert again["schedule"] == first["schedule"]
    assert again["model"].predict(rows).polars().equals(first["model"].predict(rows).polars())
