"""Advice on rows of a series: their times, their future, and machines with levels of their own."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tests.operators.check.advising import applied, ask, bad
from tests.operators.check.messy_tables import NOISE, RNG, START, TIMES, N, with_


def test_a_series_with_times_twice_and_missing(tmp_path: Path) -> None:
    times = [*TIMES[:200], *TIMES[198:400], *TIMES[450:]]
    frame = pl.DataFrame({"t": times, "load": RNG.normal(size=len(times))})
    params = {"kind": "forecast", "target": "load", "time": "t"}
    found = ask(tmp_path, frame, **params)
    assert found["repeated_times"]["values"] == {"rows": 2}
    assert found["time_gaps"]["values"] == {"gaps": 1}
    _, then = applied(tmp_path, frame, found["repeated_times"], **params)
    assert bad(then) == {"time_gaps"}


def test_a_series_given_away_by_its_own_future(tmp_path: Path) -> None:
    load = np.cumsum(RNG.normal(size=N))
    frame = pl.DataFrame({"t": TIMES, "load": load, "planned": np.append(load[2:], [0, 0]), "weather": NOISE})
    params = {"kind": "forecast", "target": "load", "time": "t"}
    found = ask(tmp_path, frame, **params)
    assert found["leakage"]["columns"] == ["planned"]
    assert "2 rows later" in found["leakage"]["meaning"]["en"]
    _, then = applied(tmp_path, frame, found["leakage"], **params)
    assert bad(then) == set()


def tools(each: int = 120) -> pl.DataFrame:
    """Hours of two tools with other levels, in no order; `next_day` is what `load` will be a day later."""
    load = np.cumsum(RNG.normal(size=2 * (each + 24))).reshape(2, -1)
    parts = [
        pl.DataFrame({"t": TIMES[:each], "tool": name, "load": now[:-24] + level, "next_day": now[24:] + level})
        for name, level, now in (("A", 0, load[0]), ("B", 500, load[1]))
    ]
    return pl.concat(parts).sample(fraction=1, shuffle=True, seed=1)


def test_several_series_in_one_table_are_told_apart_by_a_click(tmp_path: Path) -> None:
    params = {"kind": "forecast", "target": "load", "time": "t", "exclude": ["next_day"]}
    found = ask(tmp_path, tools(), **params)
    assert found["several_series"]["fix"]["params"] == {"group": "tool"}
    assert "repeated_times" not in found
    _, then = applied(tmp_path, tools(), found["several_series"], **params)
    assert bad(then) == set()


def test_the_future_of_a_series_is_found_as_far_ahead_as_is_forecast(tmp_path: Path) -> None:
    params = {"kind": "forecast", "target": "load", "time": "t", "group": "tool"}
    assert "leakage" not in ask(tmp_path, tools(), **params, horizon=6)
    assert ask(tmp_path, tools(), **params, horizon=24)["leakage"]["columns"] == ["next_day"]


def test_a_column_with_the_same_season_is_no_future(tmp_path: Path) -> None:
    wave = np.sin(np.arange(N) * 2 * np.pi / 8)
    frame = pl.DataFrame({"t": TIMES, "load": wave, "twin": 3 * wave})
    assert "leakage" not in ask(tmp_path, frame, kind="forecast", target="load", time="t", horizon=24)


def test_a_forecast_further_ahead_than_the_rows_allow_is_made_shorter_by_a_click(tmp_path: Path) -> None:
    months = [date(2019 + month // 12, month % 12 + 1, 1) for month in range(60)]
    frame = pl.DataFrame({"month": months, "wafers": NOISE[:60]})
    params = {"kind": "forecast", "target": "wafers", "time": "month"}
    found = ask(tmp_path, frame, **params, horizon=24)
    assert found["far_ahead"]["severity"] == "stop"
    assert found["far_ahead"]["fix"]["params"] == {"horizon": 12}
    _, then = applied(tmp_path, frame, found["far_ahead"], **params)
    assert "far_ahead" not in then


def test_a_forecast_without_times_stops_and_says_what_the_column_holds(tmp_path: Path) -> None:
    frame = pl.DataFrame({"t": [f"shift {place} early" for place in range(N)], "load": NOISE})
    params = {"kind": "forecast", "target": "load"}
    found = ask(tmp_path, frame, **params, time="t")["no_time"]
    assert found["severity"] == "stop" and "“shift 0 early”" in found["meaning"]["en"]
    assert ask(tmp_path, frame, **params)["no_time"]["title"]["en"] == "No column with times was found"
    written = pl.DataFrame({"t": [time.strftime("%d/%m/%Y %H:%M") for time in TIMES], "load": NOISE})
    assert bad(ask(tmp_path, written, **params, time="t")) == {"dates_as_text"}


def test_a_counter_is_told_with_how_often_it_begins_again(tmp_path: Path) -> None:
    grown = np.cumsum(RNG.exponential(2, N))
    frame = pl.DataFrame({"t": TIMES, "kwh": np.where(np.arange(N) < 400, grown, grown - grown[399]), "x": NOISE})
    params = {"kind": "forecast", "time": "t"}
    assert ask(tmp_path, frame, target="kwh", **params)["counter"]["values"] == {"resets": 1}
    rising = frame.with_columns(x=pl.col("x") + pl.int_range(pl.len()) / 50)
    assert "counter" not in ask(tmp_path, rising.with_columns(pl.col("x") - pl.col("x").min()), target="x", **params)


def test_uneven_times_are_no_gaps(tmp_path: Path) -> None:
    minutes = np.cumsum(RNG.exponential(10, N))
    frame = pl.DataFrame({"t": [START + timedelta(minutes=float(each)) for each in minutes], "load": NOISE})
    found = ask(tmp_path, frame, kind="forecast", target="load", time="t")
    assert "do not come in even steps" in found["time_gaps"]["title"]["en"]


def test_machines_with_levels_of_their_own_are_compared_each_with_itself_by_a_click(tmp_path: Path) -> None:
    machine = [f"M{place % 3}" for place in range(N)]
    frame = with_(machine=machine, heat=[100 * (place % 3) + each for place, each in enumerate(NOISE)]).drop("fail")
    found = ask(tmp_path, frame, kind="unusual")
    assert found["own_levels"]["columns"] == ["machine", "heat"]
    assert (
        "is usually -0" in found["own_levels"]["meaning"]["en"]
        or "is usually 0" in found["own_levels"]["meaning"]["en"]
    )
    _, then = applied(tmp_path, frame, found["own_levels"], kind="unusual")
    assert bad(then) == set()
    assert "own_levels" not in ask(tmp_path, with_(machine=machine).drop("fail"), kind="unusual")


@pytest.mark.parametrize("kind", ["unusual", "groups"])
def test_the_number_of_a_row_is_not_used_and_stays_in_the_table(kind: str, tmp_path: Path) -> None:
    frame = with_(seq=list(range(5000, 5000 + N)), wafer=[f"W{place}" for place in range(N)]).drop("fail")
    found = ask(tmp_path, frame, kind=kind)
    assert found["identifiers"]["severity"] == "warn"
    assert found["identifiers"]["fix"]["params"] == {"exclude": ["seq"]}
    _, then = applied(tmp_path, frame, found["identifiers"], kind=kind)
    assert bad(then) == set()
