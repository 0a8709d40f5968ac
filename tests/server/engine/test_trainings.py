"""What trainings report is kept beside their tasks, and listed by a few statements, on both databases."""

import math
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from patchbay_sdk import Context
from patchbay_server.engine import Claim, Engine, Result, Submission
from patchbay_server.engine.trainings import MOST_WARNINGS
from patchbay_server.store.database import Database
from patchbay_training import launch
from patchbay_training.config import TrainingConfig
from tests.server.engine.flows import done, plan_of, project_of, submit

PARAMS = {"strategy": "zero2", "workers": 2, "precision": "bf16", "target": "fail"}


def training(engine: Engine, **options: Any) -> tuple[int, Claim]:
    """A run of one training, which a worker has claimed."""
    run_id = submit(engine, plan_of("fit", fit={"training": True, "params": PARAMS}), **options)
    return run_id, claimed(engine)


def claimed(engine: Engine) -> Claim:
    claim = engine.claim("train", "w")
    assert claim is not None
    return claim


def metric(name: str, value: float, step: int) -> tuple[str, dict[str, Any]]:
    return "metric", {"name": name, "value": value, "step": step}


def progress(step: int, steps: int = 400) -> tuple[str, dict[str, Any]]:
    return "progress", {"fraction": step / steps, "message": f"step {step} of {steps}"}


def warning(message: str) -> tuple[str, dict[str, Any]]:
    return "log", {"level": "warning", "message": message}


def test_the_latest_of_everything_is_listed(engine: Engine) -> None:
    run_id, claim = training(engine)
    engine.report(claim, [metric("loss", 0.9, 10), metric("learning_rate", 0.1, 10), progress(10)])
    engine.report(claim, [metric("loss", 0.5, 20), metric("loss", math.inf, 30), progress(20)])
    engine.report(claim, [("log", {"level": "info", "message": "step 7 of 7"}), warning("no step for 60 s")])
    (found,) = engine.trainings(project_of(engine)).items
    assert (found.run_id, found.flow, found.path, found.state, found.run_state) == (
        run_id, "flow", "fit", "running", "running",
    )  # fmt: skip
    assert found.settings == {"strategy": "zero2", "workers": 2, "precision": "bf16"}
    assert found.metrics == {"loss": 0.5, "learning_rate": 0.1}
    assert (found.step, found.steps, found.progress) == (30, 400, 30 / 400)
    assert [(alarm.code, alarm.message) for alarm in found.alarms] == [("warning", "no step for 60 s")]
    assert found.reported_at and found.alarms[0].at and found.reported_at <= found.alarms[0].at


def test_what_the_trainings_of_the_product_say_is_understood(engine: Engine, tmp_path: Path) -> None:
    _, claim = training(engine)
    reported: list[tuple[str, dict[str, Any]]] = []
    context = Context(temp_dir=tmp_path, emit=lambda kind, data: reported.append((kind, data)))
    config = TrainingConfig.from_params({"epochs": 4, "batch_size": 10}, rows=100, seed=0)
    launch._tell(context, config, {"kind": "training", "step": 20, "loss": 0.5})
    launch._tell(context, config, {"kind": "evaluation", "step": 20, "loss": 0.6})
    engine.report(claim, reported)
    (found,) = engine.trainings(project_of(engine)).items
    assert (found.step, found.steps, found.progress) == (20, 40, 0.5)
    assert found.metrics == {"loss": 0.5, "validation_loss": 0.6}


def test_an_alarm_that_ends_a_training_stays(engine: Engine) -> None:
    _, claim = training(engine)
    engine.report(claim, [warning(f"warning {n}") for n in range(MOST_WARNINGS + 5)])
    engine.fail(claim, {"code": "training_diverged", "message": "the loss is inf"})
    (found,) = engine.trainings(project_of(engine)).items
    assert len(found.alarms) == MOST_WARNINGS + 1
    assert (found.alarms[0].message, found.alarms[-1].code) == ("warning 5", "training_diverged")
    assert found.alarms[-1].at == found.ended_at


def test_a_new_attempt_goes_on_from_what_is_known_and_an_old_one_changes_nothing(engine: Engine) -> None:
    _, claim = training(engine)
    engine.report(claim, [metric("loss", 0.5, 20), warning("slow"), progress(20)])
    engine.hand_back(claim)
    second = claimed(engine)
    engine.report(claim, [metric("loss", 9.0, 30)])
    engine.report(second, [progress(20)])
    (found,) = engine.trainings(project_of(engine)).items
    assert (found.metrics, found.alarms, found.step) == ({"loss": 0.5}, [], 20)


def test_a_result_that_was_taken_over_shows_what_had_been_measured(engine: Engine) -> None:
    _, claim = training(engine)
    measured = {"training_loss": 0.2, "validation_loss": 0.3, "f1": None}
    engine.commit(claim, Result({"out": "model"}, metrics={"metrics": measured}, reused=True), "w")
    (found,) = engine.trainings(project_of(engine)).items
    assert (found.cached, found.metrics) == (True, {"loss": 0.2, "validation_loss": 0.3})


def test_other_tasks_are_no_trainings(engine: Engine) -> None:
    submit(engine, plan_of("step"))
    claim = claimed(engine)
    engine.report(claim, [metric("loss", 0.5, 20)])
    assert engine.trainings(project_of(engine)).items == []
    with engine.database.read() as transaction:
        assert transaction.core.exec_driver_sql("SELECT live FROM task").scalar_one() is None


def test_a_resumed_run_trains_again_without_what_the_first_one_reported(engine: Engine) -> None:
    run_id, claim = training(engine)
    engine.report(claim, [metric("loss", 0.5, 20)])
    engine.fail(claim, {"code": "training_failed", "message": "no"})
    engine.resume(run_id)
    assert [view.metrics for view in engine.trainings(project_of(engine)).items] == [{}, {"loss": 0.5}]


def test_a_list_is_filtered_and_read_in_pages_of_each_project(engine: Engine) -> None:
    runs = [submit(engine, plan_of("fit", fit={"training": True})) for _ in range(3)]
    other = submit(engine, plan_of("fit", fit={"training": True}), project="other")
    claim = claimed(engine)
    engine.commit(claim, done(claim), "w")
    project_id = project_of(engine)
    first = engine.trainings(project_id, limit=2)
    rest = engine.trainings(project_id, cursor=first.next, limit=2)
    assert [view.run_id for view in [*first.items, *rest.items]] == runs[::-1]
    assert rest.next is None
    assert [view.run_id for view in engine.trainings(project_id, "done").items] == [claim.task.run_id]
    assert [view.run_id for view in engine.trainings(project_of(engine, "other")).items] == [other]


def test_a_training_has_the_name_that_the_author_gave_its_node(engine: Engine) -> None:
    body = {"nodes": [{"id": "fit", "operator": "test.step@1.0.0", "title": {"en": "Fit", "zh-CN": "训练"}}]}
    document = {"format": 1, "name": "named", "nodes": [{"id": "map", "body": body}], "edges": []}
    revision = engine.save_revision(project_of(engine), document)
    plan = plan_of("map/fit", "other", **{name: {"training": True} for name in ("map/fit", "other")})
    engine.submit(Submission(revision.id), plan)
    titles = {view.path: view.title for view in engine.trainings(project_of(engine)).items}
    assert titles == {"map/fit": {"en": "Fit", "zh-CN": "训练"}, "other": None}


@pytest.mark.parametrize("trainings", [1, 12])
def test_a_page_takes_two_statements_however_many_trainings_there_are(
    engine: Engine, database: Database, trainings: int
) -> None:
    for number in range(trainings):
        submit(engine, plan_of("fit", fit={"training": True}), f"flow {number}")
    asked: list[str] = []
    sa.event.listen(database.engine, "before_cursor_execute", lambda *all_: asked.append(all_[2]))
    assert len(engine.trainings(project_of(engine)).items) == trainings
    assert len([sql for sql in asked if "SELECT" in sql and "FROM project" not in sql]) == 2
