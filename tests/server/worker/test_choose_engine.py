"""`auto`: which engine, and why."""

import json
from pathlib import Path

import pytest

from patchbay_runners.manifest import Manifest, StoredFile
from patchbay_server.worker.choose_engine import choose_engine, choose_parallel

MIB = 1 << 20
BOTH = ("local", "spark")
WITH_RAY = ("local", "ray")
TEXTS = Path(__file__).parents[3] / "frontend/src/i18n"


def table(size: int, encoding: str = "ipc", rows: int = 10) -> Manifest:
    meta = {"rows": rows, **({"encoding": encoding} if encoding == "parquet" else {})}
    return Manifest("table", (StoredFile("table", "0" * 64, size),), meta)


MODEL = Manifest("model", (StoredFile("model.skops", "0" * 64, 9000 * MIB),), {})


@pytest.mark.parametrize(
    ("inputs", "available", "engine", "code"),
    [
        ([table(10)], BOTH, "local", "fits"),
        ([table(100 * MIB)], BOTH, "local", "fits"),
        ([table(100 * MIB + 1)], BOTH, "spark", "too_large"),
        ([table(60 * MIB), table(60 * MIB)], BOTH, "spark", "too_large"),
        ([table(24 * MIB, "parquet")], BOTH, "local", "fits"),
        ([table(26 * MIB, "parquet")], BOTH, "spark", "too_large"),
        ([table(200 * MIB)], ["local"], "local", "unavailable"),
        ([MODEL], BOTH, "local", "fits"),
        ([], BOTH, "local", "fits"),
    ],
)
def test_the_engine_and_why(inputs, available, engine, code):
    choice = choose_engine(inputs, 400 * MIB, available)
    assert (choice.engine, choice.code) == (engine, code)


def test_the_reason_says_what_was_compared():
    choice = choose_engine([table(60 * MIB, rows=5)], 200 * MIB, BOTH)
    assert (choice.engine, dict(choice.details)) == ("spark", {"rows": 5, "bytes": 60 * MIB, "memory": 200 * MIB})
    assert choice.message == "on Spark: what it reads takes about 60 MiB of memory, and its pool has 200 MiB"


def test_files_that_a_source_reads_count(tmp_path):
    names = ("data.parquet", "data.csv.gz", "data.csv")
    for name in names:
        with (tmp_path / name).open("wb") as file:
            file.truncate(30 * MIB)
    chosen = [choose_engine([], 400 * MIB, BOTH, [tmp_path / name]).engine for name in names]
    assert chosen == ["spark", "spark", "local"]
    assert choose_engine([], 400 * MIB, BOTH, [tmp_path / "none.csv"]).code == "fits"


@pytest.mark.parametrize(
    ("rows", "available", "engine", "code"),
    [
        (499, ("local", "ray"), "local", "short"),
        (500, ("local", "ray"), "ray", "long"),
        (500, ("local",), "local", "alone"),
    ],
)
def test_many_attempts_go_to_ray_where_each_takes_long(rows, available, engine, code):
    columns = [{"name": "a", "type": "int"}, {"name": "b", "type": "int"}]
    meta = {"rows": rows, "schema": {"columns": columns, "open": False}}
    choice = choose_parallel([Manifest("table", (), meta), MODEL], 1000, available)
    assert (choice.engine, choice.code) == (engine, code)
    assert dict(choice.details) == {"rows": rows, "cells": 2 * rows, "from": 1000}


@pytest.mark.parametrize(("size", "cells"), [(38_000, 2_000), (90_000, 1_000 + 3 * 82_000)])
def test_sentences_count_by_their_length(size, cells):
    columns = [{"name": "text", "type": "string"}, {"name": "score", "type": "float"}]
    meta = {"rows": 1_000, "schema": {"columns": columns, "open": False}}
    table = Manifest("table", (StoredFile("table", "0" * 64, size),), meta)
    assert choose_parallel([table], 100_000, ("local", "ray")).details["cells"] == cells


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_every_reason_has_a_text(language):
    texts = json.loads((TEXTS / language / "runs.json").read_text(encoding="utf-8"))["engine"]
    assert set(texts) == {"fits", "too_large", "unavailable", "short", "long", "alone"}
