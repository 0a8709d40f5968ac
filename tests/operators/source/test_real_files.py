"""Real files with the traps that real files have."""

from __future__ import annotations

import csv
import datetime
import gzip
import io
from pathlib import Path
from typing import Any

import pytest

from patchbay_sdk import Context
from patchbay_sdk.registry import installed_catalogue, load_operator
from tests.datasets import dataset

SPEC = installed_catalogue().latest("source.csv")


def read(path: Path, folder: Path, **params: Any) -> tuple[Any, Any, list[str]]:
    """The table, the bad rows and the warnings."""
    logs: list[dict[str, Any]] = []
    context = Context(temp_dir=folder, data_roots=[path.parent], emit=lambda kind, data: logs.append(data))
    operator: Any = load_operator(SPEC)
    outputs = operator.operator_run(context, "local", {}, SPEC.fill_params({"path": str(path), **params}))
    warnings = [line["message"] for line in logs if line["level"] == "warning"]
    return outputs["table"].polars(), outputs["bad_rows"].polars(), warnings


def test_secom(tmp_path: Path) -> None:
    frame, bad, warnings = read(dataset("secom/secom.csv.gz"), tmp_path)
    assert frame.shape == (1567, 592)
    assert bad.height == 0
    assert warnings == []
    assert frame["timestamp"][0] == datetime.datetime(2008, 7, 19, 11, 55)
    assert frame["fail"].sum() == 104
    assert set(map(str, frame.drop("timestamp").dtypes)) == {"Float64", "Int64"}


def test_secom_labels_are_day_first(tmp_path: Path) -> None:
    labels, _, warnings = read(dataset("secom/secom_labels.data"), tmp_path, header=False, column_names=["y", "t"])
    frame, _, _ = read(dataset("secom/secom.csv.gz"), tmp_path)
    assert warnings == []
    assert labels["t"].to_list() == frame["timestamp"].to_list()


def test_secom_data_is_separated_by_blanks(tmp_path: Path) -> None:
    frame, bad, _ = read(dataset("secom/secom.data.gz"), tmp_path, header=False)
    assert frame.shape == (1567, 590)
    assert bad.height == 0
    assert sum(frame.null_count().row(0)) == 41951


def test_adult_blanks_question_marks_and_comment(tmp_path: Path) -> None:
    folder = dataset("adult/adult.data.gz").parent
    frame, bad, warnings = read(folder / "adult.data.gz", tmp_path, header=False)
    assert frame.shape == (32561, 15)
    assert (bad.height, warnings) == (0, [])
    assert [frame[f"column_{n}"].null_count() for n in (2, 7, 14)] == [1836, 1843, 583]
    assert sorted(frame["column_15"].unique()) == ["<=50K", ">50K"]
    skipped, _, _ = read(folder / "adult.test.gz", tmp_path, header=False, skip_lines=1)
    reported, bad, _ = read(folder / "adult.test.gz", tmp_path, header=False)
    assert skipped.equals(reported)
    assert bad.rows() == [(1, "1 field instead of 15", "|1x3 Cross validator")]


def test_ai4i_byte_order_mark_and_line_ends(tmp_path: Path) -> None:
    frame, bad, _ = read(dataset("ai4i2020/ai4i2020.csv"), tmp_path)
    assert frame.shape == (10000, 14)
    assert frame.columns[0] == "UDI"
    assert frame["Machine failure"].sum() == 339
    assert bad.height == 0


def test_sms_quotes_are_ordinary_characters(tmp_path: Path) -> None:
    path = dataset("sms_spam/SMSSpamCollection.gz")
    frame, bad, _ = read(path, tmp_path, header=False, quoting=False, missing=[], trim=False)
    lines = gzip.decompress(path.read_bytes()).decode().rstrip("\n").split("\n")
    assert [f"{label}\t{text}" for label, text in frame.rows()] == lines
    assert bad.height == 0
    quoted, bad, warnings = read(path, tmp_path, header=False)
    assert quoted.height + bad.height == 5574
    assert "switch quoting off" in warnings[0]


def test_credit_default_quoted_header(tmp_path: Path) -> None:
    path = dataset("credit_default/UCI_Credit_Card.csv.gz")
    frame, bad, _ = read(path, tmp_path)
    rows = list(csv.reader(io.StringIO(gzip.decompress(path.read_bytes()).decode())))
    assert frame.columns == rows[0]
    assert bad.height == 0
    assert [[float(value) for value in row] for row in rows[1:]] == [list(map(float, row)) for row in frame.rows()]


@pytest.mark.parametrize("name", ["train_FD001.txt.gz", "test_FD001.txt.gz"])
def test_cmapss_blanks_at_line_ends(tmp_path: Path, name: str) -> None:
    frame, bad, _ = read(dataset(f"cmapss_fd001/{name}"), tmp_path, header=False)
    assert frame.width == 26
    assert bad.height == 0
