"""Results that a run takes from another one as they are, whatever has changed since."""

from typing import Any

import pytest

from patchbay_server.engine import Engine, NotFound
from patchbay_server.engine.collection import mark
from patchbay_server.engine.errors import ResultGone
from patchbay_server.graph.plan import Plan
from tests.server.engine.flows import done, drain, plan_of, states, submit


def side(**changes: Any) -> Plan:
    """A node beside what an earlier run has made at ``model``."""
    return plan_of("model", "try <- model", model={"reuse_only": True, **changes})


def earlier(engine: Engine) -> int:
    run_id = submit(engine, plan_of("data", "model <- data"))
    assert drain(engine) == ["data", "model"]
    return run_id


def test_what_the_other_run_did_is_done_from_the_outset(engine: Engine) -> None:
    run_id = submit(engine, side(), results_of=earlier(engine))
    assert states(engine, run_id) == {"model": "done", "try": "ready"}
    claim = engine.claim("train", "w")
    assert claim is not None and claim.inputs == {"in0": ["artifact-of-model"]}
    engine.commit(claim, done(claim), "w")
    model = engine.tasks(run_id)[0]
    assert (engine.run(run_id).state, model.cached, model.outputs) == ("done", True, {"out": "artifact-of-model"})
    seen = [(event.data.get("path"), event.data["state"]) for event in engine.events(run_id)]
    assert [state for path, state in seen if path == "model"] == ["done"]
    assert engine.inspect() == []


@pytest.mark.parametrize(
    ("changes", "why"), [({"params": {"name": "x"}}, "something else"), ({"path": "m"}, "no result")]
)
def test_a_run_that_did_it_otherwise_or_not_at_all_gives_nothing(
    engine: Engine, changes: dict[str, Any], why: str
) -> None:
    before = earlier(engine)
    plan = side(**changes)
    with pytest.raises(ResultGone, match=f"{why}.*run the flow again"):
        submit(engine, plan, results_of=before)
    assert [run.id for run in engine.runs(1).items if run.id > before] == []


def test_what_was_collected_is_not_made_again(engine: Engine) -> None:
    before = earlier(engine)
    engine.database.transact(mark, ["artifact-of-data"])
    submit(engine, side(), results_of=before)
    engine.database.transact(mark, ["artifact-of-model"])
    with pytest.raises(ResultGone, match="no longer what it made at node 'model'"):
        submit(engine, side(), results_of=before)


def test_resumed_it_takes_the_same(engine: Engine) -> None:
    run_id = submit(engine, side(), results_of=earlier(engine))
    claim = engine.claim("train", "w")
    assert claim is not None
    engine.fail(claim, {"code": "x", "message": "x"})
    resumed, _ = engine.resume(run_id)
    assert states(engine, resumed) == {"model": "done", "try": "ready"}
    assert drain(engine) == ["try"]
    assert engine.inspect() == []


def test_only_runs_of_the_same_flow_are_taken_from(engine: Engine) -> None:
    before = earlier(engine)
    with pytest.raises(NotFound):
        submit(engine, side(), "another", results_of=before)
