"""Real datasets for tests: a folder beside the repository, or the one that PATCHBAY_TEST_DATA names."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import polars as pl
import pytest

FOLDER = Path(os.environ.get("PATCHBAY_TEST_DATA") or Path(__file__).parents[2] / "shared" / "data")


def dataset(name: str) -> Path:
    """A file of the datasets. Where it is absent the test is skipped, in CI (CI=true) it fails."""
    path = FOLDER / name
    if not path.is_file():
        message = f"Dataset {name} is not in the folder of datasets, which PATCHBAY_TEST_DATA names."
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return path


@cache
def secom() -> pl.DataFrame:
    """1567 wafers in time order: timestamp, 590 sensors, fail (1 in 104 rows)."""
    return pl.read_csv(dataset("secom/secom.csv.gz"), try_parse_dates=True, infer_schema_length=None)


@cache
def ai4i2020() -> pl.DataFrame:
    """10,000 rows of a synthetic machine; four of its columns are parts of the target "Machine failure"."""
    return pl.read_csv(dataset("ai4i2020/ai4i2020.csv"))
