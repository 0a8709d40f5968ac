"""A model trained behind many steps predicts raw rows, without the target and what only it needs."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from patchbay_sdk import Table
from tests.operators.running import run

ROWS = 300
RNG = np.random.default_rng(0)
RAW = pl.DataFrame(
    {
        "Yield %": RNG.random(ROWS),
        "tool": RNG.choice(["A", "B", "C"], ROWS),
        "t": RNG.permutation(ROWS),
        "p": RNG.normal(size=ROWS),
        "note": RNG.choice(["leak in pump", "ok", "pump fine"], ROWS),
        "id": [f"w{row}" for row in range(ROWS)],
    }
).with_columns(t=pl.lit(datetime(2024, 1, 1)) + pl.duration(minutes=pl.col("t")))

BEFORE_SPLIT: list[tuple[str, dict[str, Any]]] = [
    ("shape.rename_columns", {"names": {"p": "pressure"}}),
    ("shape.derive_column", {"name": "bad", "expression": '"Yield %" < 0.3'}),
    ("shape.select_columns", {"columns": ["Yield %"], "mode": "drop"}),
    ("feature.date_parts", {"column": "t", "parts": ["hour", "minute"], "cyclic": True}),
    ("feature.window_aggregates", {"time": "t", "by": ["tool"], "columns": ["pressure"], "hours": [0.5]}),
    ("feature.lag", {"time": "t", "by": ["tool"], "columns": ["pressure"]}),
]
BEHIND_SPLIT: list[tuple[str, dict[str, Any]]] = [
    ("feature.bin", {"columns": ["pressure"], "output": "int"}),
    (
        "feature.encode",
        {"columns": ["tool"], "method": "target", "target": "bad", "keep_original": True, "smoothing": 5},
    ),
    ("feature.encode", {"columns": ["tool"]}),
    ("feature.tfidf", {"column": "note"}),
    ("clean.fill_missing", {"columns": ["pressure_mean_0.5h", "pressure_std_0.5h", "pressure_lag1"]}),
    ("feature.scale", {"exclude": ["bad"]}),
    ("feature.select_k_best", {"target": "bad", "k": 10}),
    ("feature.pca", {"size": "components", "components": 4, "exclude": ["bad"]}),
]


def chain(folder: Path, table: Any, steps: list[tuple[str, dict[str, Any]]]) -> Table:
    for operator, params in steps:
        table = run(operator, folder, {"table": table}, **params)["table"]
    assert isinstance(table, Table)
    return table


def test_raw_rows_are_predicted_as_prepared_ones(tmp_path: Path) -> None:
    parts = run("shape.split", tmp_path, {"table": chain(tmp_path, RAW, BEFORE_SPLIT)}, method="time", column="t")
    model = run("model.logistic", tmp_path, {"table": chain(tmp_path, parts["train"], BEHIND_SPLIT)}, target="bad")[
        "model"
    ]
    assert sorted(model.input_schema.names) == ["note", "p", "t", "tool"]

    def scores(table: Any) -> dict[datetime, float]:
        predicted = run("apply.predict", tmp_path, {"model": model, "table": table})["table"].polars()
        return dict(predicted.select("t", "score").iter_rows())

    of_test, of_raw = scores(parts["test"]), scores(RAW.drop("Yield %", "id").reverse())
    assert len(of_test) == 60
    assert {time: of_raw[time] for time in of_test} == of_test
