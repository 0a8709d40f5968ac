"""Numbers and times in the forms that machines and spreadsheets give them: a click reads the right values."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from tests.operators.check.advising import applied, ask, bad, wafers

N = 600
RNG = np.random.default_rng(11)
TIMES = [datetime(2025, 1, 2, 6) + timedelta(minutes=31 * place) for place in RNG.permutation(N).tolist()]
SINCE_1970 = [(time - datetime(1970, 1, 1)).total_seconds() for time in TIMES]
SINCE_1900 = [seconds / 86_400 + 25_569 for seconds in SINCE_1970]
THOUSANDS = 70_000
WIDE = {ord(digit): ord(digit) - ord("0") + ord("\uff10") for digit in "0123456789"}
AROUND_0 = (wafers()["pressure"] - 3).round(3).to_list()


def table(**columns: Any) -> pl.DataFrame:
    return wafers().with_columns(**{name: pl.Series(name, values) for name, values in columns.items()})


def comma(value: float) -> str:
    return f"{value:.3f}".replace(".", ",")


def in_thousands(value: float, mark: str) -> str:
    return f"{value + THOUSANDS:,.3f}".replace(",", mark)


@pytest.mark.parametrize(
    ("write", "codes"),
    [
        (lambda place, value: f"{comma(value)} %", ["decimal_comma"]),
        (lambda place, value: comma(value) if place % 3 else f"{value:.3f}", ["mixed_decimals", "numbers_as_text"]),
        (lambda place, value: comma(value) if place % 40 else f"{value:.3f}", ["mixed_decimals", "numbers_as_text"]),
        (lambda place, value: f"{comma(value)} %" if place % 50 else "#DIV/0!", ["decimal_comma"]),
        (lambda place, value: in_thousands(value, "\u202f").replace(".", ","), ["decimal_comma"]),
        (lambda place, value: in_thousands(value, "'"), ["number_marks"]),
        (lambda place, value: f"{comma(value * 1000)}E-03", ["decimal_comma"]),
        (lambda place, value: f"({-value:.3f})" if value < 0 else f"{value:.3f}", ["minus_signs", "numbers_as_text"]),
        (lambda place, value: f"{comma(-value)}-" if value < 0 else comma(value), ["minus_signs", "decimal_comma"]),
        (lambda place, value: f"{value:.3f}".replace("-", "\u2212"), ["minus_signs", "numbers_as_text"]),
        (lambda place, value: f"{value:.3f}".translate(WIDE), ["wide_digits", "numbers_as_text"]),
    ],
    ids=[
        "percent with a comma",
        "points and commas",
        "few points",
        "percent and a word",
        "narrow blanks",
        "apostrophes",
        "exponents",
        "parentheses",
        "minus behind",
        "dash",
        "full width",
    ],
)
def test_decimal_commas_are_read_as_they_are_meant(write: Any, codes: list[str], tmp_path: Path) -> None:
    frame = table(pressure=[write(place, value) for place, value in enumerate(AROUND_0)])
    for code in codes:
        found = ask(tmp_path, frame, target="fail")
        assert "pressure" in found[code]["columns"], bad(found)
        frame, then = applied(tmp_path, frame, found[code], target="fail")
    assert not bad(then) - {"gaps"}
    read = zip(frame["pressure"].to_list(), AROUND_0, strict=True)
    wrong = [(found, meant) for found, meant in read if found not in (None, meant, round(meant + THOUSANDS, 3))]
    assert wrong == []
    assert frame["pressure"].null_count() <= 12


def test_the_answer_itself_may_be_a_percentage_with_a_comma(tmp_path: Path) -> None:
    frame = table(share=[f"{comma(90 + value)} %" for value in AROUND_0])
    found = ask(tmp_path, frame, kind="number", target="share")
    after, _ = applied(tmp_path, frame, found["decimal_comma"], kind="number", target="share")
    assert after["share"].to_list() == pytest.approx([90 + value for value in AROUND_0])


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("epoch", [int(seconds) for seconds in SINCE_1970]),
        ("timestamp", [int(seconds * 1000) for seconds in SINCE_1970]),
        ("measured_at", [round(days, 5) for days in SINCE_1900]),
    ],
    ids=["seconds", "milliseconds", "days of Excel"],
)
def test_times_that_are_numbers_are_read_and_decide_the_test(name: str, values: list[float], tmp_path: Path) -> None:
    frame = table(**{name: values})
    found = ask(tmp_path, frame, target="fail")["dates_as_text"]
    assert found["columns"] == [name]
    after, then = applied(tmp_path, frame, found, target="fail")
    away = (after[name] - pl.Series(TIMES)).dt.total_milliseconds().abs()
    assert away.max() <= 500  # type: ignore[operator]
    assert then["time_order"]["columns"] == [name]


@pytest.mark.parametrize("values", [RNG.integers(1_600_000_000, 1_700_000_000, N), RNG.normal(45_000, 500, N)])
def test_numbers_of_that_size_may_be_something_else(values: Any, tmp_path: Path) -> None:
    assert "dates_as_text" not in ask(tmp_path, table(load=values), target="fail")


@pytest.mark.parametrize(("every", "rows"), [(90, 7), (3, 200)])
def test_rows_without_a_time_do_not_hide_the_order_of_time(every: int, rows: int, tmp_path: Path) -> None:
    frame = table(measured_at=[None if place % every == 1 else time for place, time in enumerate(TIMES)])
    found = ask(tmp_path, frame, target="fail")
    assert found["times_missing"]["values"] == {"rows": rows}
    after, then = applied(tmp_path, frame, found["times_missing"], target="fail")
    assert after.height == N - rows
    assert "times_missing" not in then
    assert "time_order" in then


def test_rows_that_were_copied_into_another_lot_are_told(tmp_path: Path) -> None:
    frame = table(lot=[f"A{place // 6:03d}" for place in range(N)], wafer=[f"W{place:05d}" for place in range(N)])
    again = frame[::5].with_columns(lot=pl.lit("B") + pl.col("lot"), wafer=pl.col("wafer") + "X")
    mixed = pl.concat([frame, again]).sample(fraction=1, shuffle=True, seed=1)
    found = ask(tmp_path, mixed, target="fail")
    assert found["later_copies"]["values"] == {"rows": N // 5}
    after, then = applied(tmp_path, mixed, found["later_copies"], target="fail")
    assert after.height == N
    assert "later_copies" not in then


@pytest.mark.parametrize(
    ("is_there", "code"), [(lambda place: place > 380, "new_columns"), (lambda place: place < 250, "gone_columns")]
)
def test_a_sensor_that_came_or_went_is_no_column_with_gaps(is_there: Any, code: str, tmp_path: Path) -> None:
    times = sorted(TIMES)
    extra = [value if is_there(place) else None for place, value in enumerate(AROUND_0)]
    found = ask(tmp_path, table(time=times, extra=extra), target="fail")
    assert found[code]["columns"] == ["extra"]
    assert (found[code]["fix"] is None) == (code == "new_columns")
    assert "mostly_missing" not in found


def test_beside_decimal_commas_a_comma_before_three_digits_parts_no_thousands(tmp_path: Path) -> None:
    frame = table(
        pressure=[comma(value + 3) if place % 40 else "-999" for place, value in enumerate(AROUND_0)],
        flow=[f"{comma(value)} sccm" for value in AROUND_0],
    )
    found = ask(tmp_path, frame, target="fail")
    after, then = applied(tmp_path, frame, found["decimal_comma"], target="fail")
    assert after["pressure"][1] == pytest.approx(AROUND_0[1] + 3)
    assert then["error_codes"]["values"] == {"codes": ["-999"], "rows": 15}
    assert not bad(then) & {"number_marks", "values_at_limit", "filled_values"}


def test_one_honest_way_to_test_is_enough(tmp_path: Path) -> None:
    frame = table(
        lot=[f"L{place // 12:03d}" for place in range(N)], wafer=[place % 12 for place in range(N)], time=sorted(TIMES)
    )
    found = ask(tmp_path, frame, target="fail")
    for first, other in (("time_order", "groups"), ("groups", "time_order")):
        _, then = applied(tmp_path, frame, found[first], target="fail")
        assert (then[first]["severity"], then[other]["severity"]) == ("good", "note")
    assert (found["time_order"]["severity"], found["groups"]["severity"]) == ("note", "note")
    torn = frame.with_columns(lot=pl.Series([f"L{place % 50:03d}" for place in range(N)]))
    assert ask(tmp_path, torn, target="fail")["groups"]["severity"] == "warn"


def test_the_number_of_a_wafer_within_its_lot_is_no_group(tmp_path: Path) -> None:
    frame = table(wafer=[1 + place % 25 for place in range(N)], los=[f"L{place // 25:03d}" for place in range(N)])
    assert ask(tmp_path, frame, target="fail")["groups"]["columns"] == ["los"]


def kinds(count: int) -> list[str]:
    """Of so many kinds of faults, all but the last about equally frequent; that one is there three times."""
    drawn = RNG.integers(0, count - 1, N)
    drawn[[5, 77, 300]] = count - 1
    return [f"K{kind:02d}" for kind in drawn]


def test_a_category_of_three_rows_can_be_left_out_by_a_click(tmp_path: Path) -> None:
    frame = table(fail=kinds(6))
    found = ask(tmp_path, frame, target="fail")
    assert "“K05”: that is too few to learn" in found["few_rows"]["meaning"]["en"]
    assert "imbalance" not in found, "no kind is usual"
    after, then = applied(tmp_path, frame, found["few_rows"], target="fail")
    assert after.height == N - 3
    assert "few_rows" not in then


def test_the_answer_in_other_words_is_a_leak_however_many_answers_there_are(tmp_path: Path) -> None:
    answers = kinds(25)
    found = ask(tmp_path, table(fail=answers, note=[f"fixed {kind}" for kind in answers]), target="fail")
    assert found["leakage"]["columns"] == ["note"]
    assert not bad(found) & {"groups", "leakage_together"}


def test_columns_may_have_any_name(tmp_path: Path) -> None:
    """Also those that tables have which count something."""
    texts = [f"{comma(value)} mm" for value in AROUND_0]
    frame = table(text=texts, kind=kinds(4), bin=RNG.integers(1, 5, N)).drop("temperature", "flow")
    names = ["count", "rows", "value", "len", "proportion", "class"]
    for turn in range(3):
        called = dict(zip(frame.columns, names[turn:] + names[:turn], strict=True))
        found = ask(tmp_path, frame.rename(called), target=called["fail"])
        assert found["decimal_comma"]["columns"] == [called["text"]]


def test_results_in_different_words_are_put_together_by_a_click(tmp_path: Path) -> None:
    bad_ones, good_ones = ["fail", "F", "NG"], ["pass", "P", "OK"]
    answers = [(bad_ones if x == "fail" else good_ones)[place % 3] for place, x in enumerate(wafers()["fail"])]
    frame = table(fail=answers)
    found = ask(tmp_path, frame, target="fail")["same_meaning"]
    assert sorted(found["values"]["words"]) == sorted(bad_ones + good_ones)
    after, then = applied(tmp_path, frame, found, target="fail")
    assert after["fail"].n_unique() == 2
    assert not bad(then)
    grades = table(fail=[{"F": "bad", "NG": "bad", "fail": "bad", "pass": "ok"}.get(each, "good") for each in answers])
    assert "same_meaning" not in ask(tmp_path, grades, target="fail")


def test_per_cent_and_shares_in_the_answer_are_brought_to_one_scale(tmp_path: Path) -> None:
    shares = [90 + value if place % 4 else (90 + value) / 100 for place, value in enumerate(AROUND_0)]
    frame = table(share=shares)
    found = ask(tmp_path, frame, kind="number", target="share")["mixed_scale"]
    after, then = applied(tmp_path, frame, found, kind="number", target="share")
    assert after["share"].max() < 1  # type: ignore[operator]
    assert "mixed_scale" not in then


@pytest.mark.parametrize("other", ["%d/%m/%Y %H:%M", "%Y/%m/%d %H:%M:%S", "%Y年%m月%d日 %H:%M", "%Y-%m-%dT%H:%M:%S"])
def test_dates_of_two_machines_are_read_both(other: str, tmp_path: Path) -> None:
    times = sorted(TIMES)
    frame = table(time=[f"{t:{other}}" if place % 3 else f"{t:%Y-%m-%d %H:%M}" for place, t in enumerate(times)])
    for _ in range(2):
        found = ask(tmp_path, frame, target="fail")
        if "dates_mixed" in found:
            assert "identifiers" not in found
            frame, found = applied(tmp_path, frame, found["dates_mixed"], target="fail")
    if "dates_as_text" in found:
        frame, found = applied(tmp_path, frame, found["dates_as_text"], target="fail")
    assert frame["time"].to_list() == times
    assert "time_order" in found


def test_the_lot_in_the_name_of_a_wafer_keeps_its_rows_together(tmp_path: Path) -> None:
    frame = table(wafer=[f"L{place // 25:03d}-{place % 25 + 1:02d}" for place in range(N)])
    frame = frame.sample(fraction=1, shuffle=True, seed=3)
    found = ask(tmp_path, frame, target="fail")
    assert found["lot_in_name"]["values"] == {"lots": 24, "rows_each": 25.0}
    after, then = applied(tmp_path, frame, found["lot_in_name"], target="fail")
    assert after["lot"].n_unique() == 24
    assert then["groups"]["columns"] == ["lot"]
    assert "lot_in_name" not in then


@pytest.mark.parametrize(
    "names",
    [
        [f"2025-{place:06d}" for place in range(N)],
        [f"{place // 300}-{place % 300:03d}" for place in range(N)],
        [f"part {place}" for place in range(N)],
    ],
    ids=["running number", "two sites", "words"],
)
def test_other_names_say_nothing_about_lots(names: list[str], tmp_path: Path) -> None:
    assert "lot_in_name" not in ask(tmp_path, table(serial=names), target="fail")


@pytest.mark.parametrize(("answers", "sought"), [(kinds(5), "K02"), (RNG.integers(1, 6, N), "3")])
def test_one_answer_of_many_is_found_among_the_others(answers: Any, sought: str, tmp_path: Path) -> None:
    frame = table(fail=answers)
    found = ask(tmp_path, frame, target="fail", positive=sought)
    after, then = applied(tmp_path, frame, found["one_of_many"], target="fail", positive=sought)
    assert sorted(after["fail"].unique()) == sorted([sought, "other"])
    assert not {"one_of_many", "no_target"} & bad(then)
    assert "one_of_many" not in ask(tmp_path, frame, target="fail")
