"""Advice: what spoils a model is found and told, one click mends it, and a sound table is called sound."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tests.operators.check.advising import applied, ask, bad, wafers
from tests.operators.check.messy_tables import FLOATS, MESSY, NOISE, RNG, TIMES, N, some, with_


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


def test_names_with_digits_are_no_numbers(tmp_path: Path) -> None:
    names = with_(lot=[f"{n:04d}" for n in RNG.integers(0, 9000, N)], slot=[f"{n}{'AB'[n % 2]}" for n in range(N)])
    assert not {"numbers_as_text", "mixed_units", "number_marks"} & bad(ask(tmp_path, names, target="fail"))


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


def test_a_running_number_has_not_moved_over_time(tmp_path: Path) -> None:
    found = ask(
        tmp_path, with_(made=TIMES, wafer=list(range(7000, 7000 + N)), wear=list(range(N, 0, -1))), target="fail"
    )
    assert "column_drift" not in found, found.get("column_drift")
    worn = [value + place / 300 for place, value in enumerate(NOISE)]
    moved = ask(tmp_path, with_(made=TIMES, wafer=list(range(7000, 7000 + N)), wear=worn), target="fail")[
        "column_drift"
    ]
    assert moved["columns"] == ["wear"]
    assert moved["title"]["en"].startswith("1 of 4 columns has moved")


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
