"""Python functions and models over batches: on Ray as without it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from patchbay_operators.on_ray import places, pool_of
from patchbay_sdk import Context, Model, PatchbayError, Table, find_operator
from patchbay_sdk.testing import run_operator

pytestmark = [
    pytest.mark.heavy,
    pytest.mark.xdist_group("ray"),
    pytest.mark.usefixtures("connected"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:ray.*", "ignore::ResourceWarning"),
]
MANY = pl.DataFrame(
    {
        "text": [None if row % 7 == 0 else f"晶圆 {row}" for row in range(1000)],
        "number": [float("nan") if row % 11 == 0 else row / 3 for row in range(1000)],
        "count": pl.Series([None if row % 5 == 0 else row for row in range(1000)], dtype=pl.Int32),
        "time": [dt.datetime(2024, 1, 1, tzinfo=dt.UTC) + dt.timedelta(hours=row) for row in range(1000)],
        "kind": pl.Series([f"k{row % 3}" for row in range(1000)], dtype=pl.Categorical),
        "pair": [[row, row + 1] for row in range(1000)],
    }
)


def both(operator: str, folder: Path, inputs: dict[str, Any], **params: Any) -> tuple[Any, Any]:
    """What an operator gives here and on Ray: its outputs, or what it refuses."""
    spec = find_operator(f"{operator}@1.0.0").spec
    answers: list[Any] = []
    for engine in ("local", "ray"):
        try:
            answers.append(run_operator(spec, inputs, params, folder / engine, engine=engine)[0])
        except PatchbayError as error:
            answers.append((type(error), error.message))
    return answers[0], answers[1]


@pytest.mark.parametrize("form", ["pandas", "polars"])
def test_every_type_travels_and_the_order_stays(tmp_path: Path, form: str) -> None:
    code = "def process(batch):\n    return batch\n"
    here, there = both(
        "code.python_batches",
        tmp_path,
        {"table": Table(MANY)},
        code=code,
        batch_format=form,
        batch_size=170,
        concurrency=1,
    )
    assert_frame_equal(there["table"].polars(), here["table"].polars())
    if form == "polars":
        assert_frame_equal(here["table"].polars(), MANY)


def test_setup_runs_once_in_each_process_and_errors_are_the_same(tmp_path: Path) -> None:
    code = (
        "import os\nimport polars as pl\n\n"
        "def setup():\n    return []\n\n"
        "def process(batch, seen):\n    seen.append(len(batch))\n"
        "    return pl.DataFrame({'process': [os.getpid()], 'seen': [len(seen)], 'rows': [len(batch)]})\n"
    )
    here, there = both(
        "code.python_batches",
        tmp_path,
        {"table": Table(MANY)},
        code=code,
        batch_format="polars",
        batch_size=100,
        concurrency=2,
    )
    assert here["table"].polars()["seen"].to_list() == list(range(1, 11))
    frame = there["table"].polars()
    assert frame["rows"].to_list() == [100] * 10
    # Each process numbers its own batches from 1, so it has been set up once.
    for (_,), group in frame.group_by("process"):
        assert sorted(group["seen"]) == list(range(1, group.height + 1))

    broken = (
        "def process(batch):\n    if batch['count'].max() > 500:\n        raise KeyError('no tool')\n    return batch\n"
    )
    here, there = both(
        "code.python_batches", tmp_path, {"table": Table(MANY)}, code=broken, batch_size=250, concurrency=1
    )
    assert here == there
    assert "line 3: KeyError: 'no tool' (batch 2, 250 rows)" in here[1]


def test_a_table_without_rows(tmp_path: Path) -> None:
    code = "def process(batch):\n    return batch.with_columns(batch['number'].alias('twin'))\n"
    here, there = both(
        "code.python_batches", tmp_path, {"table": Table(MANY.head(0))}, code=code, batch_format="polars"
    )
    assert_frame_equal(there["table"].polars(), here["table"].polars())
    assert here["table"].columns[-1] == "twin"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Table, Model]:
    """Raw rows, and a model that was trained behind a filling and a scaling."""
    folder = tmp_path_factory.mktemp("model")
    rows = pl.DataFrame(
        {
            "x": [None if row % 9 == 0 else row * 0.37 for row in range(500)],
            "z": [(row * 7919) % 101 / 3 for row in range(500)],
            "y": ["bad" if (row * 31) % 17 < 5 else "good" for row in range(500)],
        }
    )
    table: Any = Table(rows)
    for operator, params in (
        ("clean.fill_missing", {"columns": ["x"]}),
        ("feature.scale", {"columns": ["x", "z"]}),
    ):
        table = run_operator(find_operator(f"{operator}@1.0.0").spec, {"table": table}, params, folder)[0]["table"]
    trained = run_operator(
        find_operator("model.logistic@1.0.0").spec, {"table": table}, {"target": "y", "positive": "bad"}, folder
    )
    return Table(rows.drop("y")), trained[0]["model"]


def test_batch_scoring_answers_as_predict_does(tmp_path: Path, prepared: tuple[Table, Model]) -> None:
    table, model = prepared
    inputs = {"table": table, "model": model}
    here, there = both("apply.batch_scoring", tmp_path, inputs, batch_size=77, threshold=0.295)
    whole = run_operator(find_operator("apply.predict@1.0.0").spec, inputs, {"threshold": 0.295}, tmp_path)[0]
    assert_frame_equal(there["table"].polars(), here["table"].polars())
    assert_frame_equal(here["table"].polars(), whole["table"].polars(), abs_tol=1e-12)
    assert here["table"].polars()["prediction"].n_unique() == 2


def test_batch_scoring_refuses_as_predict_does(tmp_path: Path, prepared: tuple[Table, Model]) -> None:
    table, model = prepared
    here, there = both("apply.batch_scoring", tmp_path, {"table": Table(table.polars().drop("z")), "model": model})
    assert here == there
    assert "The model needs 1 column(s) that the table lacks: 'z'" in here[1]


def test_each_process_takes_a_place_of_the_pool_if_the_cluster_has_such_places(tmp_path: Path) -> None:
    ours, unknown = (Context(temp_dir=tmp_path, pool=pool) for pool in ("train", "nowhere"))
    assert (pool_of(ours), places(ours)) == ({"pool_train": 1.0}, 2)
    assert (pool_of(unknown), places(unknown)) == ({}, 8)


def test_cancelled_between_batches(tmp_path: Path) -> None:
    from patchbay_sdk import Cancelled

    asked = []

    def cancelled() -> bool:
        asked.append(1)
        return len(asked) > 2

    context = Context(temp_dir=tmp_path, cancelled=cancelled)
    operator = find_operator("code.python_batches@1.0.0")
    params = operator.spec.fill_params({"batch_size": 10, "concurrency": 1})
    with pytest.raises(Cancelled):
        operator.operator_run(context, "ray", {"table": Table(MANY)}, params)
