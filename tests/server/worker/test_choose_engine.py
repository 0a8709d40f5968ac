"""`auto`: which engine, and why."""

import json
from pathlib import Path

import pytest

from patchbay_runners.manifest import Manifest, StoredFile
from patchbay_server.worker.choose_engine import choose_engine

MIB = 1 << 20
BOTH = ("local", "spark")
TEXTS = Path(__file__).parents[3] / "frontend/src/i18n"


def table(size: int, encoding: str = "ipc", rows: int = 10) -> Manifest:
    meta = {"rows": rows, **({"encoding": encoding} if encoding == "parquet" else {})}
    return Manifest("table", (StoredFile("table", "0" * 64, size),), meta)


MODEL = Manifest("model", (StoredFile("model.skops", "0" * 64, 9000 * MIB),), {})


@pytest.mark.parametrize(
    ("engines", "inputs", "available", "engine", "code"),
    [
        (BOTH, [table(10)], BOTH, "local", "fits"),
        (BOTH, [table(100 * MIB)], BOTH, "local", "fits"),
        (BOTH, [table(100 * MIB + 1)], BOTH, "spark", "too_large"),
        (BOTH, [table(60 * MIB), table(60 * MIB)], BOTH, "spark", "too_large"),
        (BOTH, [table(24 * MIB, "parquet")], BOTH, "local", "fits"),
        (BOTH, [table(26 * MIB, "parquet")], BOTH, "spark", "too_large"),
        (BOTH, [table(200 * MIB)], ["local"], "local", "unavailable"),
        (BOTH, [MODEL], BOTH, "local", "fits"),
        (BOTH, [], BOTH, "local", "fits"),
        (["local"], [table(200 * MIB)], BOTH, "local", "only"),
        (["ray"], [table(10)], ["local", "ray"], "ray", "only"),
    ],
)
def test_the_engine_and_why(engines, inputs, available, engine, code):
    choice = choose_engine(engines, inputs, 100 * MIB, 0, available)
    assert (choice.engine, choice.code) == (engine, code)


def test_a_pool_may_have_less_than_the_task_asks_for():
    choice = choose_engine(BOTH, [table(60 * MIB, rows=5)], 100 * MIB, 50 * MIB, BOTH)
    assert (choice.engine, dict(choice.details)) == ("spark", {"rows": 5, "bytes": 60 * MIB, "memory": 50 * MIB})
    assert choice.message == "on Spark: 5 rows take about 60 MiB of memory, it has 50 MiB"


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_every_reason_has_a_text(language):
    texts = json.loads((TEXTS / language / "runs.json").read_text(encoding="utf-8"))["engine"]
    assert set(texts) == {"only", "fits", "too_large", "unavailable"}
