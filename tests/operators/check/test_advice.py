"""Advice: what spoils a model is found and told, one click mends it, and a sound table is called sound."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from tests.operators.check.advising import applied, ask, bad, wafers

RNG = np.random.default_rng(7)
N = 600
BAD = wafers()["fail"].to_list()
START = datetime(2024, 3, 1, 8, 0)
TIMES = [START + timedelta(hours=3 * hour) for hour in range(N)]


def with_(**columns: Any) -> pl.DataFrame:
    return wafers().with_columns(**{name: pl.Series(name, values) for name, values in columns.items()})


def some(values: list[Any], other: Any, every: int) -> list[Any]:
    return [other if place % every == every // 2 else value for place, value in enumerate(values)]


FLOATS = wafers()["pressure"].to_list()
NOISE = RNG.normal(size=N).tolist()


def messy() -> dict[str, tuple[pl.DataFrame, str, dict[str, Any]]]:
    """Name of a trap -> the table, the code that must be found, the columns it must be found in (or nothing)."""
    texts = [f"{value:.3f}" for value in FLOATS]
    dates = [time.strftime("%d/%m/%Y %H:%M") for time in TIMES]
    early = [(START + timedelta(minutes=place)).strftime("%m-%d-%Y %H:%M:%S") for place in range(N)]
    a, b = RNG.normal(size=N), RNG.normal(size=N)
    lots = [f"L{place // 8:03d}" for place in range(N)]
    return {
        "copy of the target in words": (with_(verdict=["scrap" if x == "fail" else "ok" for x in BAD]), "leakage", {}),
        "copy of the target as text numbers": (
            with_(bin=[f"{9 if x == 'fail' else 1} " for x in BAD]),
            "leakage",
            {"columns": ["bin"]},
        ),
        "reason filled in after a failure": (
            with_(reason=[f"code {place % 7}" if x == "fail" else None for place, x in enumerate(BAD)]),
            "leakage",
            {"columns": ["reason"]},
        ),
        "rows numbered after sorting by the result": (
            wafers().sort("fail").with_row_index("row_id"),
            "leakage",
            {"columns": ["row_id"]},
        ),
        "several leaking columns": (
            with_(
                cost=[5.0 * (x == "fail") + n / 100 for x, n in zip(BAD, NOISE, strict=True)],
                retest=[x == "fail" for x in BAD],
            ),
            "leakage",
            {"columns": ["cost", "retest"]},
        ),
        "two columns whose difference is the result": (
            pl.DataFrame({"a": a, "b": b, "c": NOISE, "fail": np.where(a - b > 0.5, "fail", "pass")}),
            "leakage_together",
            {"columns": ["a", "b"]},
        ),
        "a column named after the result that nearly tells it": (
            with_(repair_minutes=[(x == "fail") * 1.5 + n for x, n in zip(BAD, NOISE, strict=True)]),
            "result_like",
            {"columns": ["repair_minutes"]},
        ),
        "measured mostly after a suspicion": (
            with_(
                depth=[
                    n if x == "fail" or place % 3 == 0 else None
                    for place, (x, n) in enumerate(zip(BAD, NOISE, strict=True))
                ]
            ),
            "missing_tells",
            {"columns": ["depth"]},
        ),
        "question marks among numbers": (
            with_(pressure=some(texts, "?", 20)),
            "numbers_as_text",
            {"columns": ["pressure"]},
        ),
        "blanks and words among numbers": (
            with_(pressure=some(some(texts, " ", 25), "not measured", 40)),
            "numbers_as_text",
            {},
        ),
        "decimal commas before three digits": (
            with_(pressure=[text.replace(".", ",") for text in texts]),
            "decimal_comma",
            {},
        ),
        "decimal commas": (with_(pressure=[text[:-1].replace(".", ",") for text in texts]), "decimal_comma", {}),
        "units": (with_(pressure=[f"{text} mbar" for text in texts]), "number_marks", {}),
        "currency and thousands": (with_(cost=[f"$ {int(1000 + 9e5 * abs(n)):,}" for n in NOISE]), "number_marks", {}),
        "blanks around numbers": (with_(pressure=[f" {text} " for text in texts]), "numbers_as_text", {}),
        "day first, as some values say": (with_(made=dates), "dates_as_text", {"columns": ["made"]}),
        "month first, as the order of rows says": (with_(made=early), "dates_as_text", {}),
        "chinese dates": (with_(made=[f"{t.year}年{t.month}月{t.day}日" for t in TIMES]), "dates_as_text", {}),
        "times as whole numbers": (
            with_(made=[int(t.strftime("%Y%m%d%H%M%S")) for t in TIMES]),
            "dates_as_text",
            {"columns": ["made"]},
        ),
        "dates as whole numbers": (with_(made=[int(t.strftime("%Y%m%d")) for t in TIMES]), "dates_as_text", {}),
        "dates with two digits of year": (with_(made=[t.strftime("%d.%m.%y") for t in TIMES]), "dates_as_text", {}),
        "error codes of a sensor": (
            with_(pressure=some(FLOATS, -999.0, 50), flow=some(NOISE, 9999.0, 70)),
            "error_codes",
            {},
        ),
        "rows that are absurd as a whole": (
            with_(**{f"s{n}": some(RNG.normal(10, 1, N).tolist(), 7.3e5, 200) for n in range(4)}),
            "outlier_rows",
            {},
        ),
        "spellings of a class": (
            wafers().with_columns(fail=pl.Series(some(some(BAD, "Fail ", 9), "PASS.", 11))),
            "spelling",
            {"columns": ["fail"]},
        ),
        "blanks in a category": (with_(tool=some(["E1"] * 300 + ["E2"] * 300, " E1 ", 10)), "spelling", {}),
        "letters read in the wrong encoding": (
            with_(tool=some(["Ätzer"] * N, "Ätzer".encode().decode("windows-1252"), 3)),
            "garbled",
            {"columns": ["tool"]},
        ),
        "question marks in a category": (
            with_(tool=some(["E1", "E2"] * 300, "?", 12)),
            "hidden_gaps",
            {"columns": ["tool"]},
        ),
        "rows copied": (pl.concat([wafers(), wafers().head(40)]), "duplicates", {}),
        "rows copied under a new number": (
            pl.concat([wafers(), wafers().head(40)]).with_row_index("ID").sample(fraction=1, shuffle=True, seed=1),
            "duplicates",
            {},
        ),
        "rows without a result": (wafers().with_columns(fail=pl.Series(some(BAD, None, 15))), "target_missing", {}),
        "a column mostly empty": (
            with_(extra=[n if p % 9 == 0 else None for p, n in enumerate(NOISE)]),
            "mostly_missing",
            {},
        ),
        "a column that never changes": (
            with_(recipe=["R7"] * N, version=[3] * N),
            "constant",
            {"columns": ["recipe", "version"]},
        ),
        "a column twice": (with_(pressure_copy=FLOATS), "same_columns", {"columns": ["pressure_copy"]}),
        "names of rows": (
            with_(wafer=[f"W{n:05d}" for n in RNG.permutation(N)], serial=RNG.permutation(N)),
            "identifiers",
            {"columns": ["wafer", "serial"]},
        ),
        "a text of many values": (
            with_(supplier=[f"type {n}" for n in RNG.integers(0, 250, N)]),
            "many_values",
            {"columns": ["supplier"]},
        ),
        "several rows per lot": (with_(lot=lots), "groups", {"columns": ["lot"]}),
        "blocks of rows that are counted up": (
            with_(x=[place // 12 for place in range(N)], cycle=[place % 12 for place in range(N)]),
            "groups",
            {"columns": ["x"]},
        ),
        "rows in the order of time": (with_(made=TIMES), "time_order", {"columns": ["made"]}),
        "sensors that wander": (
            with_(made=TIMES, flow=[n + place / 150 for place, n in enumerate(NOISE)]),
            "column_drift",
            {"columns": ["flow"]},
        ),
        "millimetres among metres": (
            with_(length=[(3 + n / 10) * (1000 if place % 5 == 0 else 1) for place, n in enumerate(NOISE)]),
            "mixed_scale",
            {"columns": ["length"]},
        ),
        "the last row is a sum": (
            with_(tool=[*(["E1", "E2", "E3"] * 200)[:-1], "Total"]),
            "total_rows",
            {"columns": ["tool"]},
        ),
        "blank lines of a spreadsheet": (
            pl.concat(
                [wafers(), pl.DataFrame({name: [None] * 3 for name in wafers().columns}, schema=wafers().schema)]
            ),
            "empty_rows",
            {},
        ),
        "numbers without end": (with_(flow=some(NOISE, float("inf"), 60)), "error_codes", {"columns": ["flow"]}),
        "an answer that is no answer": (
            wafers().with_columns(fail=pl.Series(some(BAD, "N/A", 30))),
            "hidden_gaps",
            {"columns": ["fail"]},
        ),
        "an earlier result": (
            with_(prediction=["pass"] * 300 + ["fail"] * 300, score=NOISE),
            "taken_names",
            {"columns": ["prediction", "score"]},
        ),
        "a measurement called score": (with_(score=NOISE), "taken_names", {"columns": ["score"]}),
        "a split that somebody made": (
            with_(subset=["train", "train", "test"] * 200),
            "made_split",
            {"columns": ["subset"]},
        ),
    }


MESSY = messy()


@pytest.mark.parametrize("trap", MESSY)
def test_a_trap_is_told_and_a_click_mends_it(trap: str, tmp_path: Path) -> None:
    frame, code, expected = MESSY[trap]
    params = {"target": "fail"}
    found = ask(tmp_path, frame, **params)
    assert code in bad(found), bad(found)
    if "columns" in expected:
        assert sorted(found[code]["columns"]) == sorted(expected["columns"])
    after, then = applied(tmp_path, frame, found[code], **params)
    assert code not in bad(then), then[code]
    assert after.height >= 0.9 * frame.height


@pytest.mark.parametrize("kind", ["category", "unusual", "groups"])
def test_a_sound_table_is_called_sound(kind: str, tmp_path: Path) -> None:
    found = ask(tmp_path, wafers(), kind=kind, target="fail" if kind == "category" else "")
    assert bad(found) == set()
    assert ("no_leakage" in found) == (kind == "category")
    assert {"enough_rows", "no_gaps", "no_duplicates"} <= found.keys()


@pytest.mark.parametrize(("case", "column"), [("currency and thousands", "cost"), ("units", "pressure")])
def test_one_click_makes_numbers_of_units_and_thousands(case: str, column: str, tmp_path: Path) -> None:
    frame = MESSY[case][0]
    after, then = applied(tmp_path, frame, ask(tmp_path, frame, target="fail")["number_marks"], target="fail")
    assert after[column].dtype == pl.Float64
    digits = frame[column].str.replace_all(r"[^0-9.+-]", "").cast(pl.Float64)
    assert after[column].to_list() == digits.to_list()
    assert column not in {name for each in then.values() for name in each["columns"]}


def test_the_right_values_are_read_from_dates_with_the_day_first(tmp_path: Path) -> None:
    frame = MESSY["day first, as some values say"][0]
    after, _ = applied(tmp_path, frame, ask(tmp_path, frame, target="fail")["dates_as_text"], target="fail")
    assert after["made"].to_list() == TIMES


def test_a_date_that_can_be_read_in_two_ways_is_called_a_guess(tmp_path: Path) -> None:
    days = [f"{1 + n % 12:02d}/{1 + n % 7:02d}/2024" for n in RNG.integers(0, 80, N)]
    finding = ask(tmp_path, with_(made=days), target="fail")["dates_as_text"]
    assert finding["values"]["certain"] is False
    assert "day first or month first" in finding["meaning"]["en"]


def test_dates_in_two_ways_at_once_are_told(tmp_path: Path) -> None:
    days = [t.strftime("%d/%m/%Y" if place % 2 else "%m/%d/%Y") for place, t in enumerate(TIMES)]
    assert ask(tmp_path, with_(made=days), target="fail")["dates_mixed"]["columns"] == ["made"]


def test_day_and_month_exchanged_by_an_earlier_reader(tmp_path: Path) -> None:
    swapped = [t.replace(day=t.month, month=t.day) if t.day <= 12 else t for t in TIMES]
    found = ask(tmp_path, with_(made=swapped), target="fail")
    assert found["dates_swapped"]["columns"] == ["made"]
    assert "dates_swapped" not in ask(tmp_path, with_(made=TIMES), target="fail")


def test_different_units_in_one_column_are_told(tmp_path: Path) -> None:
    lengths = [f"{abs(n):.2f} {'mm' if place % 2 else 'µm'}" for place, n in enumerate(NOISE)]
    assert ask(tmp_path, with_(gap=lengths), target="fail")["mixed_units"]["columns"] == ["gap"]


def test_limits_of_absurd_values_come_from_the_rows_that_are_learned_from(tmp_path: Path) -> None:
    limits = []
    for late in (1.0, 2.0):
        values = [value * (late if place >= 0.8 * N else 1.0) for place, value in enumerate(FLOATS)]
        frame = with_(made=TIMES, pressure=some(values, 7.3e5, 150))
        fix = ask(tmp_path, frame, target="fail", split="time", split_by="made")["outlier_rows"]["fix"]
        limits.append(fix["node"]["params"]["limits"])
    assert limits[0] == limits[1]
    assert limits[0][0]["low"] < min(FLOATS) < max(FLOATS) < limits[0][0]["high"] < 1000


@pytest.mark.parametrize(
    ("values", "other"), [(["yes", None], "no"), ([1, None], 0), ([0, None], 1), ([True, None], False)]
)
def test_where_only_one_case_is_written_down_empty_cells_become_the_other(
    values: list[Any], other: Any, tmp_path: Path
) -> None:
    frame = with_(hit=values * 300).drop("fail")
    found = ask(tmp_path, frame, target="hit")["wrong_kind"]
    after, then = applied(tmp_path, frame, found, target="hit")
    assert after["hit"].to_list() == [values[0], other] * 300
    assert "wrong_kind" not in then


def test_names_with_digits_are_no_numbers(tmp_path: Path) -> None:
    names = with_(lot=[f"{n:04d}" for n in RNG.integers(0, 9000, N)], slot=[f"{n}{'AB'[n % 2]}" for n in range(N)])
    assert not {"numbers_as_text", "mixed_units", "number_marks"} & bad(ask(tmp_path, names, target="fail"))


def test_how_rare_the_rare_case_is_and_what_that_means(tmp_path: Path) -> None:
    found = ask(tmp_path, wafers(3000, share=0.03), target="fail", positive="fail")
    finding = found["imbalance"]
    assert finding["title"]["en"] == "“fail” is “fail” in 90 of 3,000 rows (3 of 100)"
    assert "always says “pass” would be right for 97 of 100 rows" in finding["meaning"]["en"]


@pytest.mark.parametrize(
    ("frame", "kind"),
    [
        (pl.DataFrame({"fail": [True, False] * 100}), "category"),
        (pl.DataFrame({"fail": [True, False] * 100, "a": [None] * 200, "b": [7] * 200}), "category"),
        (pl.DataFrame({"a": [1.0] * 200}), "groups"),
    ],
)
def test_a_table_with_nothing_to_learn_from(frame: pl.DataFrame, kind: str, tmp_path: Path) -> None:
    found = ask(tmp_path, frame, kind=kind, target="fail" if kind == "category" else "")
    assert found["no_columns"]["severity"] == "stop"


def test_values_that_are_small_by_chance_are_of_no_other_unit(tmp_path: Path) -> None:
    draw = np.random.default_rng(1)
    frame = pl.DataFrame({f"c{place}": draw.random(120) for place in range(300)} | {"fail": [True, False] * 60})
    assert "mixed_scale" not in ask(tmp_path, frame, target="fail")


def test_too_few_rows_of_the_rare_case(tmp_path: Path) -> None:
    found = ask(tmp_path, wafers(1500, share=0.01), target="fail")
    assert found["few_rows"]["severity"] == "warn"
    assert found["few_rows"]["values"] == {"fail": 15}
    assert ask(tmp_path, wafers(25), target="fail")["few_rows"]["severity"] == "stop"


@pytest.mark.parametrize(
    ("frame", "params", "words"),
    [
        (wafers(), {"target": "fail", "kind": "number"}, "holds no numbers"),
        (with_(f=[0, 1] * 300), {"target": "f", "kind": "number"}, "only two different values"),
        (wafers(), {"target": "pressure", "kind": "category"}, "600 different values"),
        (with_(fail=["pass"] * N), {"target": "fail"}, "is always “pass”"),
        (wafers(), {"target": ""}, "not chosen yet"),
        (wafers(), {"target": "fail", "positive": "broken"}, "“broken” does not occur"),
    ],
)
def test_a_target_that_does_not_fit_stops(frame: pl.DataFrame, params: Any, words: str, tmp_path: Path) -> None:
    first = next(iter(ask(tmp_path, frame, **params).values()))
    assert first["severity"] == "stop"
    assert words in first["title"]["en"]


def test_a_target_of_numbers_in_text_is_read_not_refused(tmp_path: Path) -> None:
    frame = with_(cd=some([f"{n:.2f}" for n in NOISE], "n/a", 30))
    found = ask(tmp_path, frame, kind="number", target="cd")
    assert "wrong_kind" not in found
    after, then = applied(tmp_path, frame, found["numbers_as_text"], kind="number", target="cd")
    assert after["cd"].null_count() == 20
    assert bad(then) == {"target_missing"}


def test_a_quantity_given_away(tmp_path: Path) -> None:
    cd = np.array(NOISE)
    frame = pl.DataFrame({"cd": cd, "cd_nm": [f"{x * 1000:.1f} nm" for x in cd], "x": RNG.normal(size=N)})
    assert ask(tmp_path, frame, kind="number", target="cd")["leakage"]["columns"] == ["cd_nm"]
    parts = pl.DataFrame({"a": RNG.normal(size=N), "b": RNG.normal(size=N), "c": RNG.normal(size=N)})
    frame = parts.with_columns(total=pl.col("a") + pl.col("b"))
    assert sorted(ask(tmp_path, frame, kind="number", target="total")["leakage_together"]["columns"]) == ["a", "b"]


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


def test_a_failure_rate_that_changes_is_told_with_its_numbers(tmp_path: Path) -> None:
    fail = [int(RNG.random() < (0.30 if place < 300 else 0.05)) for place in range(N)]
    frame = with_(made=TIMES, f=fail).drop("fail")
    finding = ask(tmp_path, frame, target="f", positive="1")["target_drift"]
    assert finding["values"]["shares"][0] > 0.2 > finding["values"]["shares"][-1]


def test_a_random_test_of_rows_in_time_order_is_warned_of(tmp_path: Path) -> None:
    frame = with_(made=TIMES)
    assert ask(tmp_path, frame, target="fail", split="random")["time_order"]["severity"] == "warn"
    honest = ask(tmp_path, frame, target="fail", split="time", split_by="made")
    assert honest["time_order"]["severity"] == "good"


def test_a_lot_whose_wafers_share_their_fate_is_a_group_and_a_bad_tool_no_stop(tmp_path: Path) -> None:
    lots = [f"L{place // 20:02d}" for place in range(N)]
    fate = ["fail" if int(lot[1:]) % 4 == 0 else "pass" for lot in lots]
    found = ask(tmp_path, with_(lot=lots).with_columns(fail=pl.Series(fate)), target="fail")
    assert "leakage" not in found
    assert "all rows of one “lot” even have the same answer" in found["groups"]["meaning"]["en"]
    tools = ["E9" if x == "fail" and place % 3 == 0 else f"E{place % 5}" for place, x in enumerate(BAD)]
    found = ask(tmp_path, with_(tool=tools), target="fail")
    assert "leakage" not in found
    assert found["strong_columns"]["columns"] == ["tool"]


@pytest.mark.parametrize("name", ["iris", "wine", "breast_cancer"])
def test_very_good_measurements_are_no_reason_to_stop(name: str, tmp_path: Path) -> None:
    from sklearn import datasets

    frame = pl.from_pandas(getattr(datasets, f"load_{name}")(as_frame=True).frame)
    found = ask(tmp_path, frame, target="target")
    assert "leakage" not in found
    assert "it is good news: keep it" in found["strong_columns"]["meaning"]["en"]


def test_a_code_of_several_classes_is_a_leak(tmp_path: Path) -> None:
    kinds = ["edge", "ring", "none"] * 200
    code = [{"edge": 7.0, "ring": 2.0, "none": 4.0}[kind] + place % 3 / 10 for place, kind in enumerate(kinds)]
    found = ask(tmp_path, with_(defect=kinds, code=code).drop("fail"), target="defect")
    assert found["leakage"]["columns"] == ["code"]


def test_names_of_answers_matter_where_answers_take_them(tmp_path: Path) -> None:
    frame = with_(score=NOISE, group=["a", "b"] * 300)
    assert "taken_names" not in ask(tmp_path, frame, kind="number", target="pressure")
    assert "taken_names" not in ask(tmp_path, frame, kind="groups")
    renamed, _ = applied(tmp_path, frame, ask(tmp_path, frame, target="fail")["taken_names"], target="fail")
    assert "score_given" in renamed.columns
    left_out = ask(tmp_path, frame, target="fail", exclude=["score"])["taken_names"]
    assert "columns to leave out" in left_out["meaning"]["en"] and left_out["fix"] is None
    classes = with_(defect=["edge", "ring", "none"] * 200, probability_ring=NOISE)
    assert ask(tmp_path, classes, target="defect")["taken_names"]["columns"] == ["probability_ring"]


def test_beyond_a_dozen_findings_the_last_one_names_the_others(tmp_path: Path) -> None:
    traps = {trap: MESSY[trap][0] for trap in MESSY if MESSY[trap][0].height == N}
    columns = {
        f"{name} {place}": frame[name] for place, frame in enumerate(traps.values()) for name in frame.columns[5:]
    }
    found = ask(tmp_path, wafers().with_columns(**columns), target="fail")
    more = found["more_findings"]
    assert list(found)[-1] == "more_findings" and len(found) == 12
    assert more["title"]["en"] == f"{len(more['values']['codes'])} more findings"
    assert not set(more["values"]["codes"]) & set(found)
    assert more["meaning"]["en"].count(";") == len(more["values"]["codes"]) - 1


def test_where_something_is_decided_about_people_it_is_asked_whether_that_is_allowed(tmp_path: Path) -> None:
    frame = with_(sex=["f", "m"] * 300, age=[20 + n % 50 for n in range(N)], sample_weight=[1 + abs(n) for n in NOISE])
    found = ask(tmp_path, frame, target="fail")
    assert found["protected_attributes"]["columns"] == ["sex", "age"]
    assert found["sampling_weight"]["columns"] == ["sample_weight"]
    of_tools = frame.select(pl.exclude("sex", "sample_weight"), weight="sample_weight")
    assert not {"protected_attributes", "sampling_weight"} & bad(ask(tmp_path, of_tools, target="fail"))


def test_columns_left_out_are_not_looked_at(tmp_path: Path) -> None:
    frame = MESSY["copy of the target in words"][0]
    assert "leakage" not in ask(tmp_path, frame, target="fail", exclude=["verdict"])


def test_long_tails_and_gaps_alone_are_nothing_to_mend(tmp_path: Path) -> None:
    frame = with_(particles=RNG.lognormal(1, 1.2, N), flow=some(NOISE, None, 40))
    assert bad(ask(tmp_path, frame, target="fail")) == {"gaps"}


def test_categories_empty_tables_and_lists_are_no_surprise(tmp_path: Path) -> None:
    frame = with_(tool=["E1", "E2"] * 300).with_columns(
        pl.col("tool").cast(pl.Categorical), pl.col("fail").cast(pl.Enum(["pass", "fail"])), map=[[1, 2]] * N
    )
    assert bad(ask(tmp_path, frame, target="fail")) == set()
    empty = ask(tmp_path, wafers().head(0), target="fail")
    assert next(iter(empty.values()))["severity"] == "stop"
    nothing = pl.DataFrame(
        {"fail": pl.Series([None] * 40, dtype=pl.String), "x": pl.Series([None] * 40, dtype=pl.Float64)}
    )
    assert ask(tmp_path, nothing, target="fail")["target_missing"]["severity"] == "stop"
