"""Windows and lags against a naive computation, and continued from training into later rows."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from tests.operators.running import replay, run

RNG = np.random.default_rng(3)
FUNCTIONS = ["mean", "std", "min", "max", "count", "last", "slope"]
START = datetime(2024, 1, 1)


def readings(rows: int, zone: str | None = None) -> pl.DataFrame:
    """Unsorted, with equal times, missing times, missing values and NaN."""
    minutes = RNG.integers(0, 60 * 48, rows)
    times = [None if minute % 41 == 0 else START + timedelta(minutes=int(minute) // 15 * 15) for minute in minutes]
    values = np.where(RNG.random(rows) < 0.15, np.nan, RNG.normal(size=rows) * 10)
    return pl.DataFrame(
        {
            "time": pl.Series(times, dtype=pl.Datetime("ms")).dt.replace_time_zone(zone),
            "tool": pl.Series(RNG.choice(["A", "B", None], rows).tolist(), dtype=pl.String),
            "x": [None if row % 17 == 0 else value for row, value in enumerate(values)],
        }
    )


def naive(frame: pl.DataFrame, hours: float, function: str, include_current: bool) -> list[float | None]:
    rows, width, result = frame.rows(named=True), timedelta(hours=hours), []
    for row in rows:
        window = []
        for other in rows:
            if row["time"] is None or other["time"] is None or other["tool"] != row["tool"]:
                continue
            age = row["time"] - other["time"]
            inside = timedelta() <= age < width if include_current else timedelta() < age <= width
            if inside and other["x"] is not None and not np.isnan(other["x"]):
                window.append((other["time"], other["x"]))
        window.sort(key=lambda item: item[0])
        result.append(_aggregate(window, function))
    return result


def _aggregate(window: list[tuple[datetime, float]], function: str) -> float | None:
    values = [value for _, value in window]
    if function == "count":
        return len(values)
    if not values or (function == "std" and len(values) < 2):
        return None
    if function == "slope":
        hours = [(time - START).total_seconds() / 3600 for time, _ in window]
        return None if len(set(hours)) < 2 else float(np.polyfit(hours, values, 1)[0])
    functions: dict[str, Any] = {"mean": np.mean, "min": min, "max": max, "last": lambda v: v[-1]}
    return float(np.std(values, ddof=1) if function == "std" else functions[function](values))


@pytest.mark.parametrize("include_current", [False, True])
@pytest.mark.parametrize("hours", [1, 8, 0.5])
def test_windows_as_computed_naively(tmp_path: Path, hours: float, include_current: bool) -> None:
    frame = readings(250)
    ours = run(
        "feature.window_aggregates",
        tmp_path,
        {"table": frame},
        time="time",
        by=["tool"],
        columns=["x"],
        hours=[hours],
        functions=FUNCTIONS,
        include_current=include_current,
    )["table"].polars()
    assert ours.select(frame.columns).equals(frame)
    for function in FUNCTIONS:
        expected = naive(frame, hours, function, include_current)
        actual = ours[f"x_{function}_{hours:g}h"].to_list()
        assert [value is None for value in actual] == [value is None for value in expected], function
        np.testing.assert_allclose(
            np.array(actual, dtype=float), np.array(expected, dtype=float), rtol=1e-9, atol=1e-9, err_msg=function
        )


def test_no_window_knows_the_future(tmp_path: Path) -> None:
    frame = readings(200).drop_nulls("time").sort("time")
    params = {"time": "time", "by": ["tool"], "columns": ["x"], "hours": [24], "functions": FUNCTIONS}
    cut = frame["time"][120]
    whole = run("feature.window_aggregates", tmp_path, {"table": frame}, **params)["table"].polars()
    past = run("feature.window_aggregates", tmp_path, {"table": frame.filter(pl.col("time") <= cut)}, **params)
    assert past["table"].polars().equals(whole.filter(pl.col("time") <= cut))


@pytest.mark.parametrize("by", [["tool"], []])
@pytest.mark.parametrize("operator", ["feature.window_aggregates", "feature.lag"])
def test_later_rows_continue_the_training_rows(tmp_path: Path, operator: str, by: list[str]) -> None:
    """Prepared at once or training first and the later rows with its transform: the same."""
    frame = readings(300, zone="Asia/Shanghai").drop_nulls("time").with_row_index("row")
    params: dict[str, Any] = {"time": "time", "by": by, "columns": ["x"]}
    if operator == "feature.lag":
        frame = frame.unique(["tool", "time"], maintain_order=True, keep="first") if by else frame.unique("time")
        params |= {"lags": [1, 3], "differences": True}
    else:
        params |= {"hours": [1, 24], "functions": FUNCTIONS}
    whole = run(operator, tmp_path, {"table": frame}, **params)["table"].polars().sort("row")
    cut = START + timedelta(hours=30)
    later = pl.col("time").dt.replace_time_zone(None) >= cut
    trained = run(operator, tmp_path, {"table": frame.filter(~later)}, **params)
    replayed = replay(trained["fitted"], frame.filter(later), tmp_path / "fitted").polars().sort("row")
    assert replayed.equals(whole.filter(later))
    again = replay(trained["fitted"], frame.filter(~later), tmp_path / "again").polars()
    assert again.equals(trained["table"].polars())


def test_replay_on_no_rows_and_on_unknown_tools(tmp_path: Path) -> None:
    frame = readings(50)
    for operator in ("feature.window_aggregates", "feature.lag"):
        fitted = run(operator, tmp_path, {"table": frame}, time="time", by=["tool"], columns=["x"])["fitted"]
        assert replay(fitted, frame.clear(), tmp_path / operator / "none").num_rows == 0
        unknown = frame.with_columns(tool=pl.lit("Z")).drop_nulls("time")[:1]
        replayed = replay(fitted, unknown, tmp_path / operator / "unknown").polars()
        added = replayed.drop(frame.columns).row(0)
        assert all(value is None for value in added)


def test_lags_as_pandas(tmp_path: Path) -> None:
    frame = readings(200).drop_nulls().unique(["tool", "time"], maintain_order=True)
    ours = run(
        "feature.lag",
        tmp_path,
        {"table": frame},
        time="time",
        by=["tool"],
        columns=["x"],
        lags=[1, 2],
        differences=True,
    )["table"].polars()
    theirs = frame.to_pandas().sort_values("time")
    for lag in (1, 2):
        before = theirs.groupby("tool")["x"].shift(lag).sort_index()
        np.testing.assert_array_equal(ours[f"x_lag{lag}"].cast(pl.Float64).to_numpy(), before.to_numpy())
        np.testing.assert_array_equal(ours[f"x_diff{lag}"].to_numpy(), (theirs["x"].sort_index() - before).to_numpy())


def test_date_parts_as_pandas(tmp_path: Path) -> None:
    frame = readings(100, zone="Europe/Berlin")
    parts = ["year", "quarter", "month", "day", "day_of_year", "hour", "minute"]
    ours = run("feature.date_parts", tmp_path, {"table": frame}, column="time", parts=[*parts, "weekday", "elapsed"])
    times = frame.to_pandas()["time"].dt
    table = ours["table"].polars()
    for part in parts:
        expected = getattr(times, "dayofyear" if part == "day_of_year" else part)
        np.testing.assert_array_equal(table[f"time_{part}"].cast(pl.Float64).to_numpy(), expected.to_numpy())
    np.testing.assert_array_equal(table["time_weekday"].cast(pl.Float64).to_numpy(), (times.weekday + 1).to_numpy())
    local = times.tz_localize(None)
    elapsed = (local - datetime(2000, 1, 1)).dt.total_seconds()
    np.testing.assert_allclose(table["time_elapsed"].to_numpy(), elapsed.to_numpy())
