"""What goes wrong between the machine and the table: each is told by its code, and one click mends it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from tests.operators.check.advising import applied, ask, bad, wafers

N = 600
START = datetime(2025, 3, 1)
TIMES = [START + timedelta(minutes=47 * place) for place in range(N)]
RNG = np.random.default_rng(3)
LOTS = [f"L{place // 10:03d}" for place in range(N)]


def table(**columns: Any) -> pl.DataFrame:
    return wafers().with_columns(**{name: pl.Series(name, values) for name, values in columns.items()})


def fails() -> np.ndarray[Any, Any]:
    return (wafers()["fail"] == "fail").to_numpy()


def repeated_head() -> pl.DataFrame:
    texts = wafers().cast(pl.String)
    head = pl.DataFrame({name: [name] for name in texts.columns})
    return pl.concat([texts[:200], head, texts[200:400], head, texts[400:]])


def units_row() -> pl.DataFrame:
    units = {"pressure": ["bar"], "temperature": ["°C"], "flow": ["sccm"], "tool": ["-"], "fail": ["-"]}
    return pl.concat([pl.DataFrame(units), wafers().cast(pl.String)])


def units_and_repeated_heads() -> pl.DataFrame:
    return pl.concat([units_row()[:300], repeated_head()[200:201], units_row()[300:]])


def average_of_the_answer() -> pl.DataFrame:
    frame = table(lot=LOTS)
    return frame.with_columns(lot_rate=(pl.col("fail") == "fail").mean().over("lot").round(4))


def longer_after_a_failure() -> pl.DataFrame:
    minutes = np.where(fails(), RNG.normal(600, 50, N), RNG.normal(120, 20, N))
    return table(started=TIMES, left=[t + timedelta(minutes=float(m)) for t, m in zip(TIMES, minutes, strict=True)])


def answer_in_a_name() -> pl.DataFrame:
    return table(file=[f"{'scrap' if bad else 'good'}/{place}.csv" for place, bad in enumerate(fails())])


def fahrenheit() -> pl.DataFrame:
    celsius = wafers()["temperature"].to_numpy()
    return table(temperature=np.where(np.arange(N) % 4 == 1, celsius * 1.8 + 32, celsius))


def kelvin() -> pl.DataFrame:
    celsius = wafers()["temperature"].to_numpy() - 240
    return table(temperature=np.where(np.arange(N) % 5 == 1, celsius + 273.15, celsius))


def sent_twice() -> pl.DataFrame:
    frame = table(time=TIMES)
    later = frame[::7].with_columns(pl.col("time") + timedelta(days=30))
    return pl.concat([frame, later])


def impossible_times() -> pl.DataFrame:
    times: list[datetime] = list(TIMES)
    times[40], times[41], times[300] = datetime(1900, 1, 1), datetime(1900, 1, 1), datetime(2052, 3, 1)
    return table(time=times)


def open_answers() -> pl.DataFrame:
    return wafers().with_columns(
        fail=pl.when(pl.int_range(pl.len()) % 30 == 4).then(pl.lit("TBD")).otherwise(pl.col("fail"))
    )


@pytest.mark.parametrize(
    ("make", "code", "columns", "severity"),
    [
        (repeated_head, "repeated_head", [], "warn"),
        (units_row, "units_row", ["pressure", "temperature", "flow"], "warn"),
        (average_of_the_answer, "leakage_average", ["lot_rate"], "stop"),
        (longer_after_a_failure, "leakage_duration", ["left"], "stop"),
        (answer_in_a_name, "leakage_in_text", ["file"], "stop"),
        (fahrenheit, "mixed_degrees", ["temperature"], "warn"),
        (kelvin, "mixed_degrees", ["temperature"], "warn"),
        (sent_twice, "later_copies", ["time"], "warn"),
        (impossible_times, "odd_times", ["time"], "warn"),
        (open_answers, "open_answers", ["fail"], "warn"),
    ],
)
def test_a_click_mends_it(
    make: Callable[[], pl.DataFrame], code: str, columns: list[str], severity: str, tmp_path: Path
) -> None:
    frame = make()
    found = ask(tmp_path, frame, target="fail")
    assert (found[code]["columns"], found[code]["severity"]) == (columns, severity)
    after, then = applied(tmp_path, frame, found[code], target="fail")
    assert code not in then
    if severity != "stop" and after.height != frame.height:
        assert after.height == N - {"odd_times": 3, "open_answers": 20}.get(code, 0)
    if code == "mixed_degrees":
        assert float(after["temperature"].std()) < 5  # type: ignore[arg-type]


@pytest.mark.parametrize("make", [repeated_head, units_row, units_and_repeated_heads])
def test_rows_that_are_no_data_are_not_told_of_in_other_findings(
    make: Callable[[], pl.DataFrame], tmp_path: Path
) -> None:
    found = bad(ask(tmp_path, make(), target="fail"))
    assert found <= {"repeated_head", "units_row", "numbers_as_text"}
    assert ("units_row" in found, "repeated_head" in found) == (make is not repeated_head, make is not units_row)


def test_an_average_of_a_quantity(tmp_path: Path) -> None:
    frame = table(lot=LOTS, thickness=RNG.normal(0.002, 0.0003, N)).drop("fail")
    frame = frame.with_columns(
        before=pl.col("thickness").mean().over("lot").round(7), other=pl.Series(RNG.choice(np.arange(1, 9) / 4000, N))
    )
    assert ask(tmp_path, frame, kind="number", target="thickness")["leakage_average"]["columns"] == ["before"]


def test_an_average_of_the_answer_that_is_still_text(tmp_path: Path) -> None:
    frame = average_of_the_answer().with_columns(pl.col("lot_rate").cast(pl.String).str.replace(".", ",", literal=True))
    assert ask(tmp_path, frame, target="fail")["leakage_average"]["columns"] == ["lot_rate"]


def test_categories_that_differ_in_their_letters_alone_are_counted_together(tmp_path: Path) -> None:
    frame = wafers().with_columns(
        fail=pl.when(pl.int_range(pl.len()) % 20 == 3).then(pl.col("fail").str.to_uppercase()).otherwise(pl.col("fail"))
    )
    found = ask(tmp_path, frame, target="fail", positive="FAIL")
    assert bad(found) == {"spelling"}


@pytest.mark.parametrize(
    ("target", "others"),
    [
        (lambda a, b: a * b, ["a", "b"]),
        (lambda a, b: a / b, ["a", "b"]),
        (lambda a, b: a - b, ["a", "b"]),
    ],
    ids=["product", "ratio", "difference"],
)
def test_a_quantity_that_was_computed_from_two_columns(
    target: Callable[[Any, Any], Any], others: list[str], tmp_path: Path
) -> None:
    a, b = RNG.uniform(1, 9, N), RNG.uniform(2, 5, N)
    frame = table(a=a, b=b, y=target(a, b)).drop("fail")
    found = ask(tmp_path, frame, kind="number", target="y")
    assert sorted(found["leakage_together"]["columns"]) == others


def test_a_quantity_with_the_answer_in_columns_that_sound_like_it(tmp_path: Path) -> None:
    a, b = RNG.poisson(3, N), RNG.poisson(2, N)
    found = ask(tmp_path, table(scrap_a=a, scrap_b=b, scrap=a + b).drop("fail"), kind="number", target="scrap")
    assert sorted(found["leakage_together"]["columns"]) == ["scrap_a", "scrap_b"]


def test_numbers_that_may_be_names_of_categories(tmp_path: Path) -> None:
    found = ask(tmp_path, table(bin=RNG.choice([1, 2, 3, 7], N)), kind="number", target="bin")
    assert found["few_values"]["values"] == {"distinct": 4}


@pytest.mark.parametrize(("marked", "other"), [("1", "no"), (1, 0), (True, False)])
def test_where_only_one_case_is_written_down_the_other_can_be_filled_in(
    marked: Any, other: Any, tmp_path: Path
) -> None:
    frame = table(fail=[marked if bad else None for bad in fails()])
    found = ask(tmp_path, frame, target="fail")["wrong_kind"]
    after, then = applied(tmp_path, frame, found, target="fail")
    assert "wrong_kind" not in then
    assert set(after["fail"].unique()) == {marked, other}


@pytest.mark.parametrize(
    ("values", "code"),
    [
        (lambda flow: np.where((np.arange(N) > 200) & (np.arange(N) < 260), 7.125, flow), "stuck_values"),
        (lambda flow: np.minimum(flow, np.quantile(flow, 0.9)), "values_at_limit"),
        (lambda flow: np.where(np.arange(N) % 9 == 2, float(np.mean(flow)), flow), "filled_values"),
    ],
    ids=["stuck", "limit", "filled"],
)
def test_one_value_that_comes_again_and_again(values: Callable[[Any], Any], code: str, tmp_path: Path) -> None:
    found = ask(tmp_path, table(flow=values(wafers()["flow"].to_numpy())), target="fail")
    assert found[code]["columns"] == ["flow"]


def test_a_lot_that_tells_a_quantity_is_a_group_and_no_leak(tmp_path: Path) -> None:
    level = RNG.normal(0, 5, N // 10)[np.arange(N) // 10]
    frame = table(lot=LOTS, thickness=100 + level + RNG.normal(0, 0.3, N)).drop("fail")
    found = ask(tmp_path, frame, kind="number", target="thickness")
    assert "groups" in found
    assert "leakage" not in found


@pytest.mark.parametrize(
    "columns",
    [
        {"birth": [datetime(1970, 1, 1) + timedelta(days=7 * place) for place in range(N)]},
        {"setpoint": [[200.0, 250.0, 300.0][place % 3] for place in range(N)]},
        {"recipe_temperature": np.where(np.arange(N) % 2 == 0, 350.0, 900.0) + RNG.normal(0, 3, N)},
        {"rare": RNG.choice([0.28, 0.29, 0.3, 0.31, 0.32, 0.33], N)},
        {"time": TIMES, "idle": [1.5] * 20 + RNG.normal(1, 0.1, N - 20).tolist()},
    ],
    ids=lambda columns: next(iter(columns)),
)
def test_what_is_as_it_should_be_is_not_told_of(columns: dict[str, Any], tmp_path: Path) -> None:
    found = bad(ask(tmp_path, table(**columns), target="fail"))
    assert not found & {"odd_times", "mixed_degrees", "mixed_scale", "later_copies", "leakage_average", "filled_values"}


@pytest.mark.parametrize("format", ["%d-%b-%y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%d/%b/%Y %H:%M"])
def test_dates_with_names_of_months_are_read(format: str, tmp_path: Path) -> None:
    texts = [time.strftime(format) for time in (START + timedelta(days=place) for place in range(N))]
    frame = table(day=texts)
    found = ask(tmp_path, frame, target="fail")["dates_as_text"]
    after, then = applied(tmp_path, frame, found, target="fail")
    assert "dates_as_text" not in then
    assert after["day"].dt.date()[1] == (START + timedelta(days=1)).date()
    assert after["day"].null_count() == 0
