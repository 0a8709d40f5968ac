"""Tables with one thing wrong each."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from tests.operators.check.advising import wafers

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
