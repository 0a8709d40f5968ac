"""Each warning of a report comes when its cause is there, and only then."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from patchbay_sdk import Model, Table
from tests.operators.evaluate.reports import Said, line, report, trained
from tests.operators.running import run

TRAIN, TEST = line(600, 1, level=-0.5), line(600, 2, level=-0.5)
FEATURES = ["pressure", "noise"]
SUMMARY: dict[str, Any] = {
    "task": "classification",
    "metric": "auc",
    "validation": {"method": "stratified", "column": "", "folds": 3},
    "best": {"name": {"en": "Boosting", "zh-CN": "提升树"}, "score": 0.87, "spread": 0.02, "folds": [0.86, 0.87, 0.88]},
    "baseline": {"name": {"en": "Guess", "zh-CN": "猜测"}, "score": 0.5, "spread": 0.0},
    "random_split_score": 0.875,
    "leaderboard": [{"name": {"en": "Boosting", "zh-CN": "提升树"}, "operator": "model.x@1.0.0", "score": 0.87}],
}
CAUSED = {
    "same_answer", "no_better", "few_positives", "few_rows", "worse_than_validation", "random_split", "uncalibrated",
    "leaning", "unstable", "drift", "never_seen", "share_changed", "worse_group", "more_rows", "missing_but_matters",
}  # fmt: skip


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return trained("model.logistic", TRAIN, tmp_path_factory.mktemp("model"), features=FEATURES, positive="fail")


@pytest.fixture(scope="module")
def answered(model: Model, tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    """Test rows with answers, which tests change as they like."""
    folder = tmp_path_factory.mktemp("answers")
    table: Table = run("apply.predict", folder, {"table": TEST, "model": model})["table"]
    return table.polars()


def said(folder: Path, model: Model, rows: pl.DataFrame, train: pl.DataFrame = TRAIN, **more: Any) -> Said:
    return report(folder, model, train, Table(rows), **more)


def test_a_good_model_on_good_rows_is_not_warned_of(model: Model, answered: pl.DataFrame, tmp_path: Path) -> None:
    fine = said(tmp_path, model, answered, summary=SUMMARY, findings=[])
    assert fine.codes == set()
    assert "it scored 0.87 (AUC); the simplest answer scored 0.5" in fine.text("good")
    trust = fine.text("trust")
    assert "between 0.86 and 0.88 (AUC)" in trust
    assert "The test rows confirm" in trust
    assert "taken at their word" in trust
    assert "about the same values as in the training rows" in trust
    assert "no group is clearly worse" in fine.text("errors")


def test_answers_that_are_all_the_same(tmp_path: Path) -> None:
    dull = trained("model.baseline", TRAIN, tmp_path, positive="fail")
    assert said(tmp_path, dull, TEST).codes == {"same_answer"}


def test_answers_that_know_nothing(model: Model, answered: pl.DataFrame, tmp_path: Path) -> None:
    shuffled = answered.with_columns(answered["result"].shuffle(seed=3))
    found = said(tmp_path, model, shuffled)
    assert "no_better" in found.codes
    assert found.finding("no_better")["severity"] == "stop"


def test_few_to_be_found(model: Model, answered: pl.DataFrame, tmp_path: Path) -> None:
    fails = answered.filter(pl.col("result") == "fail").head(9)
    few = pl.concat([fails, answered.filter(pl.col("result") == "pass")])
    found = said(tmp_path, model, few, unit="wafer")
    assert found.finding("few_positives")["title"]["en"] == "Only 9 bad wafers to test on"
    assert found.finding("share_changed")["values"]["test"] == pytest.approx(9 / few.height)
    assert "fewer bad wafers" in found.finding("share_changed")["title"]["en"]


def test_a_random_split_that_flatters(model: Model, answered: pl.DataFrame, tmp_path: Path) -> None:
    found = said(tmp_path, model, answered, summary=SUMMARY | {"random_split_score": 0.97})
    assert found.codes == {"random_split"}
    assert found.finding("random_split")["title"]["en"] == "A random split would have flattered this by 0.1 (AUC)"


def test_a_choice_that_the_test_rows_do_not_confirm(model: Model, answered: pl.DataFrame, tmp_path: Path) -> None:
    lucky = SUMMARY["best"] | {"score": 0.99, "spread": 0.001, "folds": [0.99, 0.991]}
    found = said(tmp_path, model, answered, summary=SUMMARY | {"best": lucky, "random_split_score": None})
    assert found.codes == {"worse_than_validation"}


def test_luck_on_the_test_rows_is_no_confirmation(model: Model, answered: pl.DataFrame, tmp_path: Path) -> None:
    modest = SUMMARY["best"] | {"score": 0.7, "spread": 0.05, "folds": [0.65, 0.75]}
    trust = said(tmp_path, model, answered, summary=SUMMARY | {"best": modest, "random_split_score": None}).text(
        "trust"
    )
    assert "expect the figure of before" in trust
    assert "confirm" not in trust


def test_probabilities_that_promise_too_much(model: Model, answered: pl.DataFrame, tmp_path: Path) -> None:
    bold = answered.with_columns(score=0.5 + pl.col("score") / 2)
    found = said(tmp_path, model, bold)
    assert found.codes == {"uncalibrated"}
    values = found.finding("uncalibrated")["values"]
    assert values["said"] > values["true"] + 0.1
    assert "promises too much" in found.finding("uncalibrated")["meaning"]["en"]


def test_a_model_that_fades(model: Model, answered: pl.DataFrame, tmp_path: Path) -> None:
    begin = datetime(2026, 1, 1)
    timed = answered.with_columns(made=pl.Series([begin + timedelta(hours=at) for at in range(answered.height)]))
    steady = said(tmp_path, model, timed, time="made")
    assert steady.codes == set()
    assert "stays about as good over time" in steady.text("trust")
    late = pl.int_range(pl.len()) >= 480
    faded = timed.with_columns(prediction=pl.when(late).then(pl.lit("pass")).otherwise("prediction"))
    found = said(tmp_path, model, faded, time="made")
    assert "unstable" in found.codes
    assert found.finding("unstable")["values"]["last"] == 0
    mixed = faded.sample(fraction=1, shuffle=True, seed=1)
    assert "unstable" in said(tmp_path, model, mixed, time="made").codes, "rows are put in order of time first"


def test_rows_in_order_of_time_need_no_column(model: Model, answered: pl.DataFrame, tmp_path: Path) -> None:
    by_time = SUMMARY | {"validation": {"method": "time", "column": "", "folds": 3}}
    assert "over time" in said(tmp_path, model, answered, summary=by_time).text("trust")
    assert "over time" not in said(tmp_path, model, answered, summary=SUMMARY).text("trust")


def test_columns_that_moved(model: Model, answered: pl.DataFrame, tmp_path: Path) -> None:
    moved = answered.with_columns(pl.col("noise") + 2)
    finding = said(tmp_path, model, moved).finding("drift")
    assert finding["columns"] == ["noise"]
    assert finding["title"]["en"] == "1 of 2 columns has moved since the training rows"


def test_tools_never_seen(tmp_path: Path) -> None:
    steps = run("feature.encode", tmp_path, {"table": TRAIN}, columns=["tool"])
    model = run("model.logistic", tmp_path, {"table": steps["table"]}, target="result", positive="fail")["model"]
    assert "never_seen" not in said(tmp_path, model, TEST).codes
    new = TEST.with_columns(tool=pl.when(pl.int_range(pl.len()) < 60).then(pl.lit("机台 <9>")).otherwise("tool"))
    found = said(tmp_path, model, new)
    assert "still applies" not in found.text("trust")
    finding = found.finding("never_seen")
    assert finding["values"]["share"] == pytest.approx(0.1)
    assert "“机台 <9>”, in 10% of the test rows" in finding["meaning"]["en"]


def test_a_tool_where_it_misses_more(model: Model, answered: pl.DataFrame, tmp_path: Path) -> None:
    missed = (pl.col("tool") == "B") & (pl.col("result") == "fail")
    blind = answered.with_columns(prediction=pl.when(missed).then(pl.lit("pass")).otherwise("prediction"))
    finding = said(tmp_path, model, blind, unit="wafer", by=["tool"]).finding("worse_group")
    assert finding["title"] == {"en": "It misses most where “tool” is B", "zh-CN": "“tool”为 B 时漏掉最多"}
    fails = blind.filter((pl.col("tool") == "B") & (pl.col("result") == "fail")).height
    assert finding["values"]["rows"] == fails
    assert finding["values"]["here"] == 0
    assert "finds 0% of the bad wafers there" in finding["meaning"]["en"]


def test_of_many_groups_none_is_blamed_for_chance(model: Model, answered: pl.DataFrame, tmp_path: Path) -> None:
    random = np.random.default_rng(7)
    tools = answered.with_columns(lot=pl.Series(random.integers(0, 20, answered.height)))
    assert "worse_group" not in said(tmp_path, model, tools, by=["lot"]).codes


def test_a_column_that_matters_and_is_mostly_empty(tmp_path: Path) -> None:
    def gaps(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.with_columns(pressure=pl.when(pl.int_range(pl.len()) % 5 < 2).then(None).otherwise("pressure"))

    train = gaps(TRAIN)
    filled = run("clean.fill_missing", tmp_path, {"table": train}, columns=FEATURES)["table"]
    model = run("model.logistic", tmp_path, {"table": filled}, target="result", features=FEATURES)["model"]
    finding = said(tmp_path, model, gaps(TEST), train).finding("missing_but_matters")
    assert finding["title"]["en"] == "“pressure” is 40% empty, but matters"
    assert finding["values"] == {"missing": 0.4, "place": 1}


def test_more_rows_of_the_rare_class(tmp_path: Path) -> None:
    fails = TRAIN.filter(pl.col("result") == "fail").head(40)
    train = pl.concat([fails, TRAIN.filter(pl.col("result") == "pass")])
    model = trained("model.logistic", train, tmp_path, features=FEATURES, positive="fail")
    finding = said(tmp_path, model, TEST, train, unit="lot").finding("more_rows")
    assert finding["title"]["zh-CN"] == "更多坏批次"
    assert "learned from 40 bad lots only" in finding["meaning"]["en"]


def test_findings_of_the_check_that_were_not_fixed(model: Model, answered: pl.DataFrame, tmp_path: Path) -> None:
    text = {"en": "“etch” tells the answer", "zh-CN": "“etch”泄露了答案"}
    left = {
        "code": "leakage", "severity": "stop", "columns": ["etch"], "values": {"auc": 0.99}, "title": text,
        "meaning": text, "fix": {"label": {"en": "Leave it out", "zh-CN": "去掉该列"}, "params": {"exclude": ["etch"]}},
    }  # fmt: skip
    noted = left | {"code": "rows", "severity": "good"}
    found = said(tmp_path, model, answered, findings=[left, noted])
    assert found.codes == {"leakage"}
    assert found.finding("leakage") == left
    assert "Suggested, and not done: Leave it out." in found.text("help")


def test_rows_that_repeat(model: Model, answered: pl.DataFrame, tmp_path: Path) -> None:
    assert "repeat" not in said(tmp_path, model, answered).text("help")
    doubled = pl.concat([TRAIN, TRAIN.head(100)])
    found = said(tmp_path, model, answered, doubled, unit="wafer")
    assert "100 wafers of the 700 training rows repeat another one" in found.text("help")


def test_numbers_that_lean(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    x = random.normal(size=400)
    frame = pl.DataFrame({"x": x, "y": 10 * x + random.normal(size=400)})
    model = trained("model.ridge", frame[:200], tmp_path, "y")
    straight = report(tmp_path, model, frame[:200], frame[200:], "y")
    assert straight.codes == set()
    assert "on the whole" not in straight.text("good").lower()
    rows = straight.outputs["predictions"].polars().with_columns(pl.col("prediction") + 3)
    found = report(tmp_path, model, frame[:200], Table(rows), "y")
    assert "On the whole its answers are too high" in found.text("good")
    assert "leaning" in found.codes


@pytest.mark.parametrize(
    ("scores", "en", "zh"),
    [
        ([0.6, 0.7, 0.76], "would probably rise from 0.76 to about 0.796", "升到 0.796"),
        ([0.7, 0.7, 0.7], "more rows of the same kind would hardly help", "几乎没有帮助"),
    ],
)
def test_what_more_rows_would_bring(scores: list[float], en: str, zh: str, tmp_path: Path) -> None:
    rows = line(200, 1)
    model = trained("model.logistic", rows, tmp_path, features=["pressure"], positive="fail")
    curve = [{"rows": count, "score": score} for count, score in zip((40, 80, 160), scores, strict=True)]
    summary = {"metric": "auc", "best": {"score": scores[-1], "spread": 0.01}, "learning_curve": curve}
    said = report(tmp_path, model, rows, line(80, 2), summary=summary)
    assert en in said.text("help")
    assert zh in said.text("help", "zh-CN")
    assert said.section("help")["charts"][0]["series"][0]["x"] == [40, 80, 160]


@pytest.mark.parametrize(
    ("focus", "asked"),
    [
        (20, "Few false alarms matter more"),
        (50, "Finding and being right count the same"),
        (80, "Finding matters more"),
    ],
)
def test_it_says_what_was_asked_for_and_what_that_did(
    model: Model, answered: pl.DataFrame, tmp_path: Path, focus: int, asked: str
) -> None:
    chosen = SUMMARY | {"focus": focus, "threshold": 0.3125}
    good = said(tmp_path, model, answered, summary=chosen).text("good")
    assert f"{asked}, as was chosen before the run, so a score of 0.312 or more raises an alarm" in good
    assert "as was chosen" not in said(tmp_path, model, answered, summary=SUMMARY | {"focus": None}).text("good")


def test_a_search_that_a_person_ended_is_told(model: Model, answered: pl.DataFrame, tmp_path: Path) -> None:
    more = {"stopped": "finish", "trials": 7, "rows_drawn": {"rows": 600, "of": 1500}}
    ended = said(tmp_path, model, answered, summary=SUMMARY | more)
    assert "It learned from 600 of 1,500 rows, drawn at random" in ended.text("good")
    assert "A person ended the search early, after 7 attempts" in ended.text("good")
    assert "共尝试 7 次" in ended.text("good", "zh-CN")


def test_models_for_which_the_time_was_too_short(answered: pl.DataFrame, tmp_path: Path) -> None:
    simplest = trained("model.baseline", TRAIN, tmp_path, positive="fail")
    rows = answered.drop("prediction", "score")
    summary = {"metric": "auc", "best": {"score": 0.5}, "too_slow": 3}
    found = report(tmp_path, simplest, TRAIN, rows, summary=summary)
    assert found.headline.startswith("The time was too short for this many rows: 3 kinds of models")
    assert "longer search" not in found.headline
    assert "run it again with more minutes" in found.finding("same_answer")["meaning"]["en"]
