"""What a report says is true: figures in its sentences are counted again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from sklearn import metrics

from patchbay_sdk import Model
from tests.operators.evaluate.reports import Said, line, report, trained
from tests.operators.running import run

TRAIN, TEST = line(600, 1), line(500, 2)
FEATURES = ["pressure", "noise"]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return trained("model.logistic", TRAIN, tmp_path_factory.mktemp("model"), features=FEATURES, positive="fail")


@pytest.fixture(scope="module")
def said(model: Model, tmp_path_factory: pytest.TempPathFactory) -> Said:
    return report(tmp_path_factory.mktemp("report"), model, TRAIN, TEST, unit="wafer", by=["tool"])


def test_what_was_found_and_missed_is_counted(said: Said) -> None:
    rows = said.outputs["predictions"].polars()
    fails, alarms = rows["result"] == "fail", rows["prediction"] == "fail"
    found, false, missed = (int(each.sum()) for each in (fails & alarms, ~fails & alarms, fails & ~alarms))
    text = said.text("good")
    assert f"500 wafers that it had not seen: {fails.sum()} bad wafers among them" in text
    assert f"{found + false} alarms: {found} right, {false} false. It missed {missed}." in text
    assert (
        f"about {(found + false) * fails.sum() / 500:.0f} of the {fails.sum()} bad wafers; the model finds {found}"
        in text
    )
    auc = metrics.roc_auc_score(fails, rows["score"])
    assert f"{100 * auc:.0f} times of 100 (AUC {auc:.2f})" in text
    assert f"漏掉 {missed} 片" in said.text("good", "zh-CN")


def test_the_headline_rounds_and_says_so(said: Said) -> None:
    rows = said.outputs["predictions"].polars()
    fails, alarms = rows["result"] == "fail", rows["prediction"] == "fail"
    share, false = (fails & alarms).sum() / fails.sum(), (~fails & alarms).sum() / alarms.sum()
    [finds, wrong] = said.headline.removesuffix(".").split("; ")
    for text, actual in ((finds, share), (wrong, false)):
        part, whole = (int(word) for word in text.split() if word.isdigit())
        assert part / whole == pytest.approx(actual, abs=0.5 / whole if whole > 10 else 0.025)
    assert finds.startswith("Finds about ") and finds.endswith(" bad wafers")
    assert said.json["headline"]["zh-CN"].endswith("是误报。")


def test_predictions_are_the_test_rows_with_answers(said: Said) -> None:
    rows = said.outputs["predictions"].polars()
    assert rows.select(TEST.columns).equals(TEST)
    assert {"prediction", "score"} <= set(rows.columns)


def test_the_interval_is_wilsons(said: Said) -> None:
    rows = said.outputs["predictions"].polars().filter(pl.col("result") == "fail")
    n, p, z = rows.height, (rows["prediction"] == "fail").mean(), 1.959964
    assert isinstance(p, float)
    middle = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * (p * (1 - p) / n + z**2 / (4 * n**2)) ** 0.5
    assert f"between {100 * (middle - half):.0f} and {100 * (middle + half):.0f} of 100 (95% interval)" in said.text(
        "trust"
    )


def test_the_pressure_drives_it_and_noise_does_not(said: Said) -> None:
    [chart] = [each for each in said.section("drivers")["charts"] if each["x_title"]["en"] == "Column"][:1]
    loss = dict(zip(chart["series"][0]["x"], chart["series"][0]["y"], strict=True))
    assert loss["pressure"] > 0.2 > 0.02 > abs(loss["noise"])
    text = said.text("drivers")
    assert "hang most on “pressure”" in text
    assert "The higher “pressure”, the more likely it is one of the bad wafers" in text


def test_the_example_adds_up(said: Said, model: Model) -> None:
    text = said.text("drivers")
    at = int(text.split("One example, row ")[1].split(" ")[0]) - 1
    answer = said.outputs["predictions"].polars()["score"][at]
    chart = said.section("drivers")["charts"][-1]
    shown, average = (
        float(part.rstrip("%"))
        for part in (text.split("says ")[1].split()[0], text.split("average it says ")[1].split(".\n")[0])
    )
    assert shown == pytest.approx(100 * answer, abs=0.5)
    assert sum(chart["series"][0]["y"]) == pytest.approx(100 * answer - average, abs=0.5)


def test_errors_by_tool_are_counted(said: Said) -> None:
    table = said.section("errors")["tables"][0]
    rows = said.outputs["predictions"].polars()
    assert [column["en"] for column in table["columns"]][:2] == ["tool", "Rows"]
    for tool, count, found, false in table["rows"]:
        here = rows.filter(pl.col("tool") == tool)
        fails = here.filter(pl.col("result") == "fail")
        assert count == here.height
        assert found == pytest.approx(100 * (fails["prediction"] == "fail").mean(), abs=0.051)
        others = here.filter(pl.col("result") == "pass")
        assert false == pytest.approx(100 * (others["prediction"] == "fail").mean(), abs=0.051)


def test_rows_are_told_by_their_names(model: Model, said: Said, tmp_path: Path) -> None:
    named = report(tmp_path, model, TRAIN, TEST.with_columns(wafer=pl.format("W{}", pl.int_range(pl.len()) + 7000)))
    [worst] = [each for each in named.section("errors")["tables"] if each["title"]["en"] == "The worst answers"]
    rows = named.outputs["predictions"].polars()
    assert worst["columns"][0]["en"] == "wafer"
    for name, truth, answer, _ in worst["rows"]:
        row = rows.row(by_predicate=pl.col("wafer") == name, named=True)
        assert (row["result"], row["prediction"]) == (truth, answer)
    assert "One example, the test row with “wafer” W7" in named.text("drivers")
    assert "One example, row " in said.text("drivers"), "where nothing names them, by their place"


def test_terms_that_occur_are_explained(said: Said) -> None:
    assert {"AUC", "95% interval", "Threshold", "Test rows"} <= said.terms()
    assert not {"Folds", "Drift", "Calibration"} & said.terms()
    assert all(term["meaning"]["zh-CN"] for term in said.json["terms"])


def test_the_same_seed_gives_the_same_report(said: Said, model: Model, tmp_path: Path) -> None:
    again = report(tmp_path, model, TRAIN, TEST, unit="wafer", by=["tool"])
    assert again.json == said.json
    for name in ("page", "pdf"):
        assert again.outputs[name].path.read_bytes() == said.outputs[name].path.read_bytes()


def test_numbers(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    x = random.normal(size=400)
    frame = pl.DataFrame({"x": x, "power (MW)": 100 + 10 * x + random.normal(size=400)})
    train, test = frame[:200], frame[200:]
    said = report(tmp_path, trained("model.ridge", train, tmp_path, "power (MW)"), train, test, "power (MW)")
    rows, mean = said.outputs["predictions"].polars(), train["power (MW)"].mean()
    off = (rows["prediction"] - rows["power (MW)"]).abs()
    usual = (rows["power (MW)"] - mean).abs().mean()
    assert (
        said.headline
        == f"Predictions of “power (MW)” are off by {off.mean():.3f} MW on average; always answering the average would "
        f"be off by {usual:.2f} MW."
    )
    assert f"Half of its answers are off by less than {off.median():.3f} MW" in said.text("good")
    assert "The higher “x”, the higher the answer" in said.text("drivers")
    assert said.json["kind"] == "number"


def test_several_classes(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    kind = random.choice(["centre", "edge", "none"], 600, p=[0.2, 0.2, 0.6])
    frame = pl.DataFrame(
        {
            "a": (kind == "centre") * 3 + random.normal(size=600),
            "b": (kind == "edge") * 3 + random.normal(size=600),
            "kind": kind,
        }
    )
    train, test = frame[:300], frame[300:]
    said = report(tmp_path, trained("model.logistic", train, tmp_path, "kind"), train, test, "kind", unit="wafer")
    rows = said.outputs["predictions"].polars()
    right = int((rows["kind"] == rows["prediction"]).sum())
    assert f"{right} right answers, {300 - right} wrong" in said.text("good")
    assert f"always “none”, would be right {(rows['kind'] == 'none').sum()} times" in said.text("good")
    charts = {each["title"]["en"]: each for each in [*said.section("good")["charts"], *said.section("trust")["charts"]]}
    [answers] = charts["Right answers"]["series"]
    assert [name["en"] for name in answers["x"]] == ["This model", "Always “none”"]
    assert answers["y"] == [round(right / 3, 1), round((rows["kind"] == "none").sum() / 3, 1)]
    said_so, came_so = (charts["What it says, and what turned out"]["series"][0][axis] for axis in "xy")
    surest = rows.select(pl.max_horizontal(pl.col("^probability_.*$")))
    assert min(surest.to_series()) <= said_so[0] < said_so[-1] <= max(surest.to_series())
    assert abs(came_so[-1] - said_so[-1]) < 0.1
    assert "of those answers were right" in said.text("trust")
    [table] = [each for each in said.section("good")["tables"] if each["title"]["en"] == "The classes"]
    for name, count, found, _ in table["rows"]:
        of_class = rows.filter(pl.col("kind") == name)
        assert (count, found) == (of_class.height, (of_class["prediction"] == name).sum())


def test_texts(tmp_path: Path) -> None:
    spam = ["win a free prize now, call this number", "free cash, claim your prize today please"]
    ham = ["see you at the fab tomorrow morning then", "the lot is late, please call the line lead"]
    texts = [f"{text} {at}" for at in range(40) for text in (spam[at % 2], ham[at % 2])]
    frame = pl.DataFrame({"text": texts, "kind": ["spam", "ham"] * 40})
    vectors = run("feature.tfidf", tmp_path, {"table": frame}, column="text")["table"]
    model = run("model.logistic", tmp_path, {"table": vectors}, target="kind", positive="spam")["model"]
    said = report(tmp_path, model, frame[:40], frame[40:], "kind", unit="message", positive="spam")
    assert said.json["kind"] == "text"
    assert said.headline == "Finds all 20 “spam” messages; no alarm is false."
    words = next(each for each in said.section("drivers")["charts"] if each["x_title"]["en"] == "Word")
    moves = dict(zip(words["series"][0]["x"], words["series"][0]["y"], strict=True))
    only_ham = set(" ".join(ham).replace(",", "").split()) - set(" ".join(spam).replace(",", "").split())
    assert {word for word, move in moves.items() if move < 0} <= only_ham
    assert moves["prize"] > 0
    raising = said.text("drivers").split("Words that raise the answer most: ")[1].split("\n")[0]
    assert "“prize”" in raising
