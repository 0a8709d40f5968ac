"""The search for the best model: honest, repeatable, ended when asked, and plain about what it cannot do."""

from __future__ import annotations

import datetime as dt
import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patchbay_operators.candidate import Candidate
from patchbay_operators.folds import Fold
from patchbay_operators.model import _auto_plan, _few_enough, _trials, auto
from patchbay_operators.model._recipe import Kitchen, Recipe
from patchbay_operators.model._threshold import best_threshold
from patchbay_sdk import Cancelled, Context, DataError, Model, ParamError, Table, find_operator
from tests.operators.plugins import installed_model

AUTO = find_operator("model.auto@1.0.0")
LINEAR = ["model.logistic", "model.ridge"]


def sensors(rows: int = 160, seed: int = 5) -> pl.DataFrame:
    """Two sensors and a tool decide; gaps, a constant column, a row number and noise do not."""
    random = np.random.default_rng(seed)
    pressure, heat, noise = random.normal(size=(3, rows))
    tool = random.choice(["A", "B", "C"], rows)
    badness = 1.5 * pressure - heat + (tool == "C") + random.normal(size=rows) * 0.7
    return pl.DataFrame(
        {
            "id": range(1, rows + 1),
            "pressure": [None if row % 11 == 0 else value for row, value in enumerate(pressure.tolist())],
            "heat": heat,
            "noise": noise,
            "tool": tool,
            "site": ["north"] * rows,
            "result": np.where(badness > 1.3, "fail", "pass"),
            "amount": badness,
        }
    )


def searched(
    folder: Path,
    table: pl.DataFrame,
    seed: int = 3,
    emit: Callable[[str, dict[str, Any]], None] | None = None,
    checkpoint: Path | None = None,
    finish: Callable[[], bool] | None = None,
    cancelled: Callable[[], bool] | None = None,
    **params: Any,
) -> dict[str, Any]:
    """The outputs of a search; two linear models and a few trials unless `params` say otherwise."""
    folder.mkdir(parents=True, exist_ok=True)
    context = Context(
        temp_dir=folder, seed=seed, emit=emit, checkpoint_dir=checkpoint, finish_requested=finish, cancelled=cancelled
    )
    given = {"target": "result", "families": LINEAR, "trials": 5, **params}
    if given["target"] == "result":
        given["exclude"] = [name for name in ("amount",) if name in table.columns]
    return dict(AUTO.operator_run(context, "local", {"table": Table(table)}, AUTO.spec.fill_params(given)))


def summary(outputs: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(outputs["summary"])
    return found


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """One search of nine trials, which several tests look at."""
    return searched(tmp_path_factory.mktemp("whole"), sensors(), trials=9)


def test_the_best_is_first_and_the_baseline_is_always_there(whole: dict[str, Any]) -> None:
    board, told = whole["leaderboard"].polars(), summary(whole)
    assert "model.baseline@1.0.0" in set(board["operator"])
    done = board.filter(pl.col("state") == "complete")
    assert done["place"].to_list() == list(range(1, done.height + 1))
    assert told["best"]["operator"] == board["operator"][0] and told["best"]["score"] == board["score"][0]
    assert told["baseline"]["score"] == pytest.approx(0.5)
    assert told["best"]["score"] > 0.7
    assert told["metric"] == "auc" and told["validation"]["method"] == "stratified"
    assert set(told["best"]["name"]) == set(told["validation"]["why"]) == {"en", "zh-CN"}
    assert (
        len(told["best"]["folds"]) == told["validation"]["folds"] == 15
    )  # the best are judged again, divided otherwise
    assert whole["metrics"]["auc"] > whole["metrics"]["auc_of_baseline"]
    assert any(entry["operator"] == "model.baseline@1.0.0" for entry in told["leaderboard"])


def test_the_model_brings_its_preparation(whole: dict[str, Any]) -> None:
    model: Model = whole["model"]
    steps = [step.operator.partition("@")[0] for step in model.transforms]
    assert {"feature.encode", "clean.drop_constant", "clean.fill_missing", "feature.scale"} <= set(steps)
    assert {"id", "site", "amount"}.isdisjoint(model.input_schema.names)
    new = sensors(rows=40, seed=9).drop("result", "amount", "id", "site")
    answers = model.predict(Table(new)).polars()
    assert answers.height == 40 and set(answers["prediction"]) == {"fail", "pass"}
    assert [step["operator"] for step in model.about["recipe"]][-1] == model.operator


def test_the_record_replays_to_the_same_answer_whatever_the_seed(whole: dict[str, Any], tmp_path: Path) -> None:
    again = searched(tmp_path, sensors(), seed=99, replay=whole["schedule"], minutes=0.001)
    assert summary(again)["stopped"] == "replay"
    drop = "seconds"
    assert again["leaderboard"].polars().drop(drop).equals(whole["leaderboard"].polars().drop(drop))
    assert again["schedule"] == whole["schedule"]
    rows = Table(sensors(seed=8))
    assert again["model"].predict(rows).polars().equals(whole["model"].predict(rows).polars())
    assert again["model"].threshold == whole["model"].threshold


def test_killed_and_resumed_gives_the_same(whole: dict[str, Any], tmp_path: Path) -> None:
    reported: list[int] = []

    class Kill(Exception):
        pass

    def emit(kind: str, data: dict[str, Any]) -> None:
        if kind == "metric" and data["name"] == "best_score":
            reported.append(data["step"])
            if reported == [1, 2, 3, 4]:
                raise Kill

    kept = tmp_path / "kept"
    kept.mkdir()
    with pytest.raises(Kill):
        searched(tmp_path / "first", sensors(), trials=9, emit=emit, checkpoint=kept)
    resumed = searched(tmp_path / "second", sensors(), trials=9, emit=emit, checkpoint=kept)
    assert reported == list(range(1, 10))
    assert resumed["schedule"] == whole["schedule"]
    rows = Table(sensors(seed=8))
    assert resumed["model"].predict(rows).polars().equals(whole["model"].predict(rows).polars())


def test_a_record_of_something_else_is_refused(whole: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(ParamError, match="no record of a search"):
        searched(tmp_path, sensors(), replay="{}")
    with pytest.raises(ParamError, match="of 'result', not of 'amount'"):
        searched(tmp_path, sensors(), target="amount", replay=whole["schedule"])


def test_finish_keeps_the_best_so_far_and_cancel_keeps_nothing(tmp_path: Path) -> None:
    trials: list[int] = []

    def emit(kind: str, data: dict[str, Any]) -> None:
        if kind == "metric" and data["name"] == "best_score":
            trials.append(data["step"])

    finished = searched(tmp_path / "a", sensors(), trials=500, emit=emit, finish=lambda: len(trials) >= 3)
    assert summary(finished)["stopped"] == "finish" and summary(finished)["trials"] == 3
    assert finished["model"].task == "classification"
    trials.clear()
    with pytest.raises(Cancelled):
        searched(tmp_path / "b", sensors(), trials=500, emit=emit, cancelled=lambda: len(trials) >= 3)


def test_time_ends_it_but_a_real_model_is_always_among_those_tried(tmp_path: Path) -> None:
    told = summary(searched(tmp_path, sensors(), minutes=1e-6, trials=500))
    assert told["stopped"] == "time" and told["trials"] == 2
    assert told["best"]["operator"] == "model.logistic@1.0.0"


def test_of_more_rows_than_there_is_time_for_a_part_is_learned_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = sensors(2_000).with_columns(at=pl.lit(dt.datetime(2024, 1, 1)) + pl.duration(hours=pl.int_range(pl.len())))
    monkeypatch.setattr(_few_enough, "CELLS_A_SECOND", 6_000)
    said: list[str] = []
    found = searched(
        tmp_path / "a", table, minutes=0.1, trials=3,
        emit=lambda kind, data: said.append(str(data.get("message", ""))) if kind == "log" else None,
    )  # fmt: skip
    rows = json.loads(found["schedule"])["rows"]
    assert 1_000 <= rows < 2_000
    assert any(f"about {rows:,} of 2,000 rows" in line for line in said)
    assert summary(found)["validation"]["method"] == "time", "they are still in their order"
    assert summary(found)["rows_drawn"] == {"rows": rows, "of": 2_000}
    again = searched(tmp_path / "b", table, seed=99, replay=found["schedule"], minutes=100)
    assert again["schedule"] == found["schedule"]
    assert again["model"].predict(Table(table)).polars().equals(found["model"].predict(Table(table)).polars())


def test_kinds_of_models_that_are_too_slow_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_auto_plan, "SMALL", 1)
    monkeypatch.setattr(auto, "MIN_FOLD_SECONDS", 0.0)
    told = summary(searched(tmp_path, sensors(), trials=4, minutes=1e-6))
    assert told["too_slow"] == len(LINEAR)
    assert [place["operator"] for place in told["leaderboard"]] == ["model.baseline@1.0.0"]


def test_a_model_whose_first_fold_shows_that_it_is_too_slow_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Few rows had shown too little: a forest of deep trees takes longer per row the more rows there are."""
    train, fitted = Candidate.train, []

    def slowly(self: Candidate, context: Context, table: Table) -> Any:
        if self.operator.spec.key.startswith("model.ridge") and table.num_rows > 100:
            fitted.append(table.num_rows)
            time.sleep(0.1)
        return train(self, context, table)

    monkeypatch.setattr(Candidate, "train", slowly)
    monkeypatch.setattr(auto, "MIN_FOLD_SECONDS", 0.02)
    told = summary(searched(tmp_path, sensors(), trials=2, minutes=0.01, families=["model.ridge"]))
    assert told["too_slow"] == 1 and len(fitted) == 1
    assert told["best"]["operator"] == "model.baseline@1.0.0"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A clock that shows `passed` seconds, and goes on by `fit` with each model that is trained on the rows."""
    shown = SimpleNamespace(passed=0.0, fit=0.0)
    train = Candidate.train

    def slowly(self: Candidate, context: Context, table: Table) -> Any:
        shown.passed += shown.fit if table.num_rows > 100 else 0.0
        return train(self, context, table)

    monkeypatch.setattr(Candidate, "train", slowly)
    monkeypatch.setattr(_trials, "time", SimpleNamespace(monotonic=lambda: shown.passed))
    return shown


def test_rows_divided_at_random_are_divided_more_than_once_however_many_they_are(tmp_path: Path) -> None:
    found = searched(tmp_path, sensors(3_000), trials=3, families=["model.logistic"])
    told = summary(found)
    assert told["validation"]["method"] == "stratified" and told["validation"]["folds"] == 10
    assert found["leaderboard"].polars()["folds"].to_list() == [10, 10, 10]


def test_where_time_is_short_fewer_of_the_best_are_judged_again(tmp_path: Path, clock: SimpleNamespace) -> None:
    clock.fit = 2.1
    found = searched(tmp_path / "a", sensors(), minutes=1, trials=5)
    board = found["leaderboard"].polars().filter(pl.col("state") == "complete")
    assert clock.passed <= 60
    assert board["folds"].to_list()[:2] == [10, 5]
    again = searched(tmp_path / "b", sensors(), replay=found["schedule"])
    assert again["schedule"] == found["schedule"] and again["model"].threshold == found["model"].threshold


@pytest.mark.parametrize(
    ("fit", "left_out"),
    [
        (2.5, "left out: judging the best ones .*left out: whether more rows would help"),
        (4.0, "left out: judging the best ones .*the threshold is chosen on 2 of 5 folds"),
    ],
)
def test_slow_models_end_within_the_minutes_and_the_log_says_what_was_left_out(
    tmp_path: Path, clock: SimpleNamespace, fit: float, left_out: str
) -> None:
    clock.fit = fit
    said: list[str] = []
    found = searched(
        tmp_path / "a", sensors(), minutes=1, trials=5,
        emit=lambda kind, data: said.append(data["message"]) if kind == "log" else None,
    )  # fmt: skip
    assert clock.passed <= 60
    told = " ".join(line for line in said if "For lack of time" in line)
    assert re.search(left_out, told)
    again = searched(tmp_path / "b", sensors(), replay=found["schedule"])
    assert again["model"].threshold == found["model"].threshold


def test_without_progress_it_stops(tmp_path: Path) -> None:
    told = summary(searched(tmp_path, sensors(), trials=500, patience=4, families=["model.ridge"]))
    assert told["stopped"] == "patience" and told["trials"] < 60


def test_the_focus_finds_more_the_more_it_is_about_finding(tmp_path: Path, whole: dict[str, Any]) -> None:
    few = searched(tmp_path, sensors(), focus=0, replay=whole["schedule"])
    assert (few["metrics"]["beta"], whole["metrics"]["beta"]) == (0.25, 1.0)
    assert few["metrics"]["recall"] < whole["metrics"]["recall"]
    assert few["model"].threshold == summary(few)["threshold"] > whole["model"].threshold
    assert summary(few)["focus"] == 0


@pytest.mark.parametrize(
    ("focus", "metric"), [(0, "average_precision"), (49, "average_precision"), (50, "auc"), (90, "auc")]
)
def test_the_focus_decides_what_models_are_compared_by(
    tmp_path: Path, whole: dict[str, Any], focus: float, metric: str
) -> None:
    found = searched(tmp_path, sensors(), focus=focus, replay=whole["schedule"])
    told, board = summary(found), found["leaderboard"].polars().filter(pl.col("state") == "complete")
    assert told["metric"] == metric
    assert found["metrics"][metric] == told["best"]["score"] == board["score"][0]
    share = float((sensors()["result"] == "fail").mean())  # what the same answer for every row scores
    assert told["baseline"]["score"] == pytest.approx(0.5 if metric == "auc" else share, abs=0.01)


@settings(deadline=None)
@given(
    rows=st.lists(st.tuples(st.booleans(), st.integers(0, 9)), min_size=1, max_size=40).filter(
        lambda rows: any(truth for truth, _ in rows)
    )
)
def test_a_higher_focus_never_finds_less(rows: list[tuple[bool, int]]) -> None:
    truth, score = np.array([row[0] for row in rows]), np.array([row[1] / 3 for row in rows])
    found = [best_threshold(truth, score, focus) for focus in (0, 20, 50, 80, 100)]
    assert [each.recall for each in found] == sorted(each.recall for each in found)
    for each in found:
        called = score >= each.value
        assert each.recall == pytest.approx((called & truth).sum() / truth.sum())
        assert each.precision == pytest.approx((called & truth).sum() / called.sum())


def test_nothing_of_the_rows_that_judge_is_learned(tmp_path: Path) -> None:
    """Test rows with wild values and a tool of their own: had preparation seen them, its figures would be others."""
    learned = sensors(80)
    strange = learned.with_columns(pl.col("heat") * 1e6, pl.lit("Z").alias("tool"), pl.lit(7.0).alias("pressure"))
    rows = np.arange(80)
    alone = Kitchen(Table(learned), "result", 0)
    both = Kitchen(Table(pl.concat([learned, strange])), "result", 0)
    steps = summary(searched(tmp_path, sensors(80), trials=2, families=["model.logistic"]))["best"]["recipe"]
    recipe = Recipe.of(steps)
    assert len(recipe.steps) >= 5
    expected, _ = alone.prepared(recipe, Fold(1, rows, rows), tmp_path / "1")
    train, test = both.prepared(recipe, Fold(1, rows, rows + 80), tmp_path / "2")
    assert train.polars().equals(expected.polars())
    assert [step.state for step in train.lineage][1:] and len(test.lineage) == len(train.lineage)
    assert abs(float(test.polars()["heat"].mean())) > 1000  # type: ignore[arg-type]


def test_rows_in_time_order_are_judged_by_later_ones_and_it_says_what_chance_would_have_claimed(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    drifting = np.repeat(random.normal(size=12), 20)  # what is bad changes from day to day
    sensor = random.normal(size=240)
    table = pl.DataFrame(
        {
            "at": [dt.datetime(2024, 1, 1) + dt.timedelta(hours=hour) for hour in range(240)],
            "level": np.arange(240) + random.normal(size=240),
            "sensor": sensor,
            "result": np.where(drifting + 0.3 * sensor > 0.3, "bad", "good"),
        }
    )
    outputs = searched(tmp_path, table, families=["model.random_forest"], trials=2)
    told = summary(outputs)
    assert told["validation"]["method"] == "time" and told["validation"]["column"] == "at"
    assert told["random_split_score"] > told["best"]["score"] + 0.1
    assert outputs["metrics"]["auc_of_random_split"] == told["random_split_score"]


def test_a_number_is_predicted_as_one(tmp_path: Path) -> None:
    outputs = searched(tmp_path, sensors().drop("result"), target="amount", families=["model.ridge"], trials=3)
    told = summary(outputs)
    assert (told["task"], told["metric"], told["threshold"], told["focus"]) == ("regression", "rmse", None, None)
    assert told["best"]["score"] < told["baseline"]["score"]
    assert "recall" not in outputs["metrics"].values


def test_several_classes(tmp_path: Path) -> None:
    table = sensors().with_columns(
        pl.when(pl.col("amount") > 1).then(pl.lit("bad")).when(pl.col("amount") > -1).then(pl.lit("fair"))
        .otherwise(pl.lit("good")).alias("result")
    )  # fmt: skip
    rare = table.with_columns(
        pl.when(pl.int_range(pl.len()) < 2).then(pl.lit("odd")).otherwise("result").alias("result")
    )
    said: list[str] = []
    outputs = searched(tmp_path, rare, trials=3, emit=lambda kind, data: said.append(data.get("message", "")))
    assert summary(outputs)["metric"] == "weighted_f1" and summary(outputs)["threshold"] is None
    assert list(outputs["model"].classes) == ["bad", "fair", "good"]
    assert any("odd: fewer than 5 rows each" in line for line in said)


def test_a_target_may_be_called_as_what_is_counted(tmp_path: Path) -> None:
    outputs = searched(tmp_path, sensors(120).rename({"result": "count"}), target="count", trials=2)
    assert outputs["model"].target == "count"


def test_a_number_cannot_be_predicted_from_words(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds no numbers but words such as “97,5 %”"):
        searched(tmp_path, pl.DataFrame({"x": range(60), "result": ["97,5 %", "96,1 %"] * 30}), task="regression")


def test_free_text(tmp_path: Path) -> None:
    spam = ["win a free prize now {} please call", "urgent your cash award {} waits today"]
    ham = ["are we still having lunch {} tomorrow", "i am late again {} see you at home"]
    texts = [(spam if row % 3 == 0 else ham)[row % 2].format(f"w{row}") for row in range(120)]
    table = pl.DataFrame({"message": texts, "result": ["spam" if row % 3 == 0 else "ham" for row in range(120)]})
    outputs = searched(tmp_path, table, families=["model.logistic"], trials=2)
    assert summary(outputs)["best"]["score"] > 0.95
    assert "words" in summary(outputs)["best"]["name"]["en"]
    assert (
        outputs["model"].predict(Table({"message": ["call for your free cash prize"]})).polars()["prediction"][0]
        == "spam"
    )


def test_the_winner_is_tried_on_fewer_rows_too(tmp_path: Path) -> None:
    told = summary(searched(tmp_path, sensors(150), trials=2, families=["model.logistic"]))
    curve = told["learning_curve"]
    assert [round(curve[-1]["rows"] / point["rows"]) for point in curve] == [4, 2, 1]
    assert all(0 <= point["score"] <= 1 for point in curve)


def test_few_rows_are_enough_for_an_answer(tmp_path: Path) -> None:
    told = summary(searched(tmp_path, sensors(14), trials=3))
    assert told["trials"] == 3 and told["best"]["spread"] is not None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (pl.lit("pass").alias("result"), "Every row has 'result' = pass; there is nothing to tell apart"),
        (pl.Series("result", ["fail"] + ["pass"] * 59), "Only one row has 'result' = fail"),
        (pl.Series("result", [f"r{row}" for row in range(60)]), "Nearly every 'result' occurs only a few times"),
    ],
)
def test_what_cannot_be_learned_is_said_plainly(tmp_path: Path, change: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        searched(tmp_path, sensors(60).with_columns(change))


def test_a_column_of_one_value_or_of_infinite_ones_does_not_stand_in_the_way(tmp_path: Path) -> None:
    table = sensors(60).with_columns(pl.lit(float("inf")).alias("broken"), pl.lit(None, pl.Float64).alias("empty"))
    outputs = searched(tmp_path, table, trials=2)
    assert {"broken", "empty", "site"}.isdisjoint(outputs["model"].input_schema.names)
    only = pl.DataFrame({"site": ["north"] * 30, "result": ["fail", "pass", "pass"] * 10})
    with pytest.raises(DataError, match="no column to learn from beside 'result'\\. 'site' holds one value only"):
        searched(tmp_path, only)


PLUGIN = """
from sklearn.tree import DecisionTreeClassifier

from patchbay_sdk import Model, Operator


class Plugin(Operator):
    def run(self, context, table, target, positive=""):
        frame = table.polars()
        features = [column.name for column in table.schema if column.kind == "number" and column.name != target]
        classes = sorted(frame[target].unique().to_list())
        codes = [classes.index(value) for value in frame[target]]
        estimator = DecisionTreeClassifier(max_depth=2).fit(frame.select(features).to_numpy(), codes)
        facts = {"task": "classification", "features": features, "target": target, "classes": classes}
        return {"model": Model.fitted(estimator, table, **facts, positive=positive, operator=self.spec.key)}
"""


@pytest.fixture
def plugin(tmp_path: Path) -> Iterator[str]:
    """An installed plugin with a model operator of its own, until the test ends; its key."""
    with installed_model(
        tmp_path / "site", "stump", PLUGIN, "model.logistic@1.0.0", ["target", "positive"], "train"
    ) as key:
        yield key


def test_which_kinds_of_models_are_tried_follows_from_their_specs_those_of_plugins_included(
    plugin: str, tmp_path: Path
) -> None:
    logs: list[str] = []
    outputs = searched(tmp_path, sensors(60), emit=lambda _, data: logs.append(str(data)), families=[], trials=7)
    assert not [line for line in logs if "train." in line], "networks that take long to load are left alone"
    tried = set(outputs["leaderboard"].polars()["operator"])
    built_in = {"gradient_boosting", "hist_gradient_boosting", "logistic", "random_forest", "ridge", "baseline"}
    assert {plugin} | {f"model.{name}@1.0.0" for name in built_in} <= tried
    with pytest.raises(ParamError, match=r"families: model\.lasso does not fit here"):
        searched(tmp_path, sensors(60), families=["model.lasso"])
    with pytest.raises(ParamError, match=r"families: No operator 'model\.magic'"):
        searched(tmp_path, sensors(60), families=["model.magic"])
