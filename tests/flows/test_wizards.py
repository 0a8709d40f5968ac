"""Every wizard that ships, from a file to a report, an answer to a row typed by hand and a file of answers."""

from __future__ import annotations

import json
from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from patchbay_runners.local import LocalRunner
from patchbay_sdk.registry import installed_catalogue
from patchbay_server.services.wizards.offered import shipped
from patchbay_server.worker.main import preload_list
from tests.guided import Expert, expert

SECONDS = 1
"""That a search may take."""


@dataclass(frozen=True)
class Case:
    """A table, what is filled in, and the sections of the report.

    `answer`: the column of answers, of the row typed by hand and of the file. `scored`: rows of the file.
    """

    rows: pl.DataFrame
    values: dict[str, Any]
    sections: list[str]
    answer: tuple[str, str]
    scored: int

    @property
    def new(self) -> pl.DataFrame:
        """Rows without the answer; a series stays as it is."""
        return self.rows if "horizon" in self.values else self.rows.drop(self.values.get("target", [])).head(30)


ALL = ["good", "trust", "drivers", "errors", "help"]
PREDICTED = ("prediction", "prediction")


def wafers(rows: int = 120) -> pl.DataFrame:
    """Of warm wafers more fail, and their yield is lower."""
    random = np.random.default_rng(0)
    temperature = random.normal(350, 3, rows)
    risk = (temperature - 351) / 3 + random.normal(0, 0.3, rows)
    return pl.DataFrame(
        {
            "temperature": temperature,
            "pressure": random.normal(2, 0.1, rows),
            "tool": random.choice(["A", "B", "C"], rows),
            "result": np.where(risk > 0, "fail", "pass"),
            "yield": 95 - 5 * risk,
        }
    )


def hours(rows: int = 200) -> pl.DataFrame:
    """A temperature that comes back every day."""
    times = [datetime(2026, 1, 5) + timedelta(hours=hour) for hour in range(rows)]
    noise = np.random.default_rng(0).normal(0, 0.2, rows)
    return pl.DataFrame({"time": times, "temperature": 20 + 3 * np.sin(np.arange(rows) * 2 * np.pi / 24) + noise})


def notes(rows: int = 120) -> pl.DataFrame:
    """Remarks about wafers; those about scratches are of bad ones."""
    random = np.random.default_rng(0)
    bad = random.random(rows) < 0.4
    where, tool = random.choice(["edge", "centre", "notch", "flat"], rows), random.integers(100, 999, rows)
    said = [f"{'deep scratch' if each else 'clean surface'} seen near" for each in bad]
    text = [f"{what} the {at} after tool {number}" for what, at, number in zip(said, where, tool, strict=True)]
    return pl.DataFrame({"remark": text, "result": np.where(bad, "fail", "pass")})


CASES = {
    "category": Case(wafers().drop("yield"), {"target": "result", "positive": "fail"}, ALL, PREDICTED, 30),
    "number": Case(wafers().drop("result"), {"target": "yield"}, ALL, PREDICTED, 30),
    "text": Case(notes(), {"target": "result", "text": "remark", "positive": "fail"}, ALL, PREDICTED, 30),
    "forecast": Case(
        hours(), {"target": "temperature", "time": "time", "horizon": 6}, ALL, ("forecast", "forecast"), 6
    ),
    "unusual": Case(wafers().drop("result"), {}, ALL, ("unusual", "unusual"), 30),
    "groups": Case(wafers().drop("result", "yield"), {}, ALL, ("group", "group"), 30),
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("store")


@pytest.fixture(scope="module")
def runner(store: Path) -> Iterator[LocalRunner]:
    with LocalRunner(store, preload_list(installed_catalogue()), grace=1.0) as runner:
        yield runner


@pytest.fixture
def ann(tmp_path: Path, runner: LocalRunner, store: Path) -> Iterator[Expert]:
    with expert(tmp_path, runner, store) as ann:
        yield ann


def test_every_wizard_has_a_case() -> None:
    assert CASES.keys() == shipped().keys()


@pytest.mark.parametrize("wizard", CASES)
def test_from_a_file_to_a_file_of_answers(wizard: str, ann: Expert) -> None:
    case = CASES[wizard]
    data = ann.upload("measured.csv", case.rows.write_csv().encode())
    guided = ann.start(wizard, dataset=data, minutes=SECONDS / 60, **case.values)
    assert [each["code"] for each in guided.check() if each["severity"] == "stop"] == []
    result = guided.result()
    report = result.json("report.report")
    assert report["headline"]["en"]
    assert [section["id"] for section in report["sections"]] == case.sections

    offered = result["report.latest"].polars() if wizard == "forecast" else case.new.head(1)
    tried = guided.aside("try_row", rows=json.loads(offered.write_json()))
    assert tried.json("try_row.report")["headline"]["zh-CN"]

    new = ann.upload("new.csv", case.new.write_csv().encode())
    scored = guided.aside("scored", score_dataset=new, score_file="answers.csv")
    assert scored["scored.file"].path.read_bytes().startswith(BOM_UTF8), "for Excel"
    answers = pl.read_csv(scored["scored.file"].path)
    assert answers.height == case.scored
    by_hand, in_file = case.answer
    assert answers[in_file][0] == tried["try_row.table"].polars()[by_hand][0]
