"""The state machines that docs/engine.md draws are those of the code, and its table of faults names real tests."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from patchbay_server.engine import Claim, Engine
from patchbay_server.engine.approval import Answer
from patchbay_server.graph.cache_key import CacheParts
from patchbay_server.graph.plan import Plan
from patchbay_server.store.database import Database
from patchbay_server.store.statement import Statement
from tests.server.engine.drawing import NONE, PAGE, drawings, final, states
from tests.server.engine.flows import done, drain, plan_of, submit

ROOT = Path(__file__).parents[3]
CODE = "\n".join(path.read_text() for path in (ROOT / "server/patchbay_server/engine").glob("*.py"))
HURRY = Statement("UPDATE task SET not_before = $now - 1 WHERE state = 'delayed'")
EXPIRE = Statement("UPDATE task SET lease_until = $now - 1 WHERE path = 'm/running' AND state = 'running'")


def test_the_code_knows_the_states_that_are_drawn() -> None:
    lists = re.findall(r"\bstate (?:NOT )?IN \(([^)]*)\)", CODE)
    named = {*re.findall(r"'(\w+)'", " ".join(lists)), *re.findall(r"\bstate(?: = | <> |=)['\"](\w+)['\"]", CODE)}
    named |= set(re.findall(r"(?:THEN|ELSE) '(\w+)'", CODE))
    assert named - {"dropped", "lost", "handed_back", "timed_out"} == states(drawings()["task"]) | {"queued"}
    assert states(drawings()["run"]) == {"queued", "running", "done", "failed", "cancelled"}


def test_the_code_ends_where_the_drawing_does() -> None:
    lists = [set(re.findall(r"'(\w+)'", each)) for each in re.findall(r"state NOT IN \(([^)]*)\)", CODE)]
    ended = [each for each in lists if "cancelled" in each]
    assert ended and all(each == final(drawings()["task"]) for each in ended)


@pytest.mark.parametrize("table", ["task", "run"])
def test_every_state_is_reached_and_left(table: str) -> None:
    drawing = drawings()[table]
    assert {after for _, after in drawing} - {NONE} == states(drawing) == {before for before, _ in drawing} - {NONE}
    for state in final(drawing):
        assert [after for before, after in drawing if before == state] == [NONE]


def test_a_step_that_is_not_drawn_is_refused(engine: Engine, database: Database) -> None:
    submit(engine, plan_of("a"))
    with pytest.raises(sa.exc.DBAPIError, match="does not draw this step of a task"):
        database.transact(lambda t: t.core.exec_driver_sql("UPDATE task SET state = 'done'"))


def test_every_step_that_is_drawn_is_gone(engine: Engine, database: Database) -> None:
    record(database)
    for end in (_skip_the_map, _cancel, _go_on):
        run_id, claim, leader = every_state(engine)
        end(engine, run_id, claim)
        engine.commit(leader, done(leader), "w")
        engine.tick()
        drain(engine)
        drain(engine, "test")
    _reject(engine)
    _outrank(engine)
    submit(engine, Plan("all", (), ()))
    engine.cancel(submit(engine, plan_of("a")))
    before = submit(engine, plan_of("a"))
    drain(engine)
    submit(engine, plan_of("a", a={"reuse_only": True}), results_of=before)
    assert gone(database) == {
        table: {step for step in drawing if step[1] != NONE} for table, drawing in drawings().items()
    }
    assert engine.inspect() == []


PARTS = CacheParts("test.step@1.0.0", "equal work")


def every_state(engine: Engine) -> tuple[int, Claim, Claim]:
    """A run whose tasks, items of one map, are in every state but the final ones; its running task, and its leader."""
    submit(engine, plan_of("leader", leader={"pool": "test"}), "other")
    leader = engine.claim("test", "w")
    assert leader is not None
    engine.open_attempt(leader, PARTS, None)
    plan = plan_of(
        "m/running", "m/delayed", "m/cached", "m/asked", "m/admitted", "m/ready", "m/waiting <- m/ready",
        **{"m/delayed": {"retries": 1, "retry_delay": 60.0}},
    )  # fmt: skip
    items = tuple(
        replace(task, index="0", stops="m", inputs=dict.fromkeys(task.inputs, (("m/ready[0]", "out"),)))
        for task in plan.tasks
    )
    run_id = submit(engine, replace(plan, tasks=items))
    claims: dict[str, Claim] = {}
    for name in ("running", "delayed", "cached", "asked"):
        claim = engine.claim("train", "w")
        assert claim is not None and claim.task.path == f"m/{name}"
        if name == "delayed":
            engine.fail(claim, {"code": "x", "message": "x"})
        elif name == "cached":
            assert engine.open_attempt(claim, PARTS, None).outcome == "wait"
        elif name == "asked":
            assert engine.ask(claim, CacheParts("approval", "")).outcome == "wait"
        claims[name] = claim
    engine.admit("train")
    found = {task.path.removeprefix("m/"): task.state for task in engine.tasks(run_id)}
    assert found == {
        "running": "running", "delayed": "delayed", "cached": "waiting_cache", "asked": "waiting_approval",
        "admitted": "admitted", "ready": "ready", "waiting": "waiting",
    }  # fmt: skip
    return run_id, claims["running"], leader


def _skip_the_map(engine: Engine, run_id: int, claim: Claim) -> None:
    engine.fail(claim, {"code": "x", "message": "x"})
    assert {task.state for task in engine.tasks(run_id)} == {"failed", "skipped"}


def _cancel(engine: Engine, run_id: int, claim: Claim) -> None:
    engine.cancel(run_id)
    engine.end_cancelled(claim)
    assert {task.state for task in engine.tasks(run_id)} == {"cancelled"}


def _go_on(engine: Engine, run_id: int, claim: Claim) -> None:
    """The lease expires, the delay is over, a person approves."""
    engine.database.transact(lambda transaction: transaction.run(EXPIRE, {}))
    engine.database.transact(lambda transaction: transaction.run(HURRY, {}))
    engine.tick()
    asked = next(task for task in engine.tasks(run_id) if task.state == "waiting_approval")
    engine.decide(run_id, asked.id, Answer(True, "ann"))


def _reject(engine: Engine) -> None:
    run_id = submit(engine, plan_of("asked", "after <- asked"))
    claim = engine.claim("train", "w")
    assert claim is not None and claim.task.run_id == run_id
    engine.ask(claim, CacheParts("approval", "another"))
    engine.decide(run_id, claim.task.id, Answer(False, "ann"))


def _outrank(engine: Engine) -> None:
    submit(engine, plan_of("low"))
    engine.admit("train")
    submit(engine, plan_of("high", "higher", high={"priority": 5}, higher={"priority": 6}))
    engine.admit("train")
    drain(engine)


def record(database: Database) -> None:
    """Keep every step that is gone from now on."""
    statements = ["CREATE TABLE step (kind TEXT, before TEXT, after TEXT)"]
    for table in drawings():
        into = f"INSERT INTO step VALUES ('{table}',"
        if database.is_sqlite:
            statements += [
                f"CREATE TRIGGER {table}_step AFTER UPDATE OF state ON {table} WHEN OLD.state <> NEW.state"
                f" BEGIN {into} OLD.state, NEW.state); END",
                f"CREATE TRIGGER {table}_first AFTER INSERT ON {table} BEGIN {into} '{NONE}', NEW.state); END",
            ]
        else:
            statements += [
                f"CREATE FUNCTION {table}_note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP = 'INSERT' THEN"
                f" {into} '{NONE}', NEW.state); ELSIF OLD.state <> NEW.state THEN {into} OLD.state, NEW.state);"
                " END IF; RETURN NEW; END $$",
                f"CREATE TRIGGER {table}_step AFTER INSERT OR UPDATE ON {table}"
                f" FOR EACH ROW EXECUTE FUNCTION {table}_note()",
            ]
    for statement in statements:
        database.transact(lambda transaction, s=statement: transaction.core.exec_driver_sql(s))


def gone(database: Database) -> dict[str, set[tuple[str, str]]]:
    with database.read() as transaction:
        rows = transaction.core.exec_driver_sql("SELECT DISTINCT kind, before, after FROM step").all()
    return {kind: {(before, after) for each, before, after in rows if each == kind} for kind in ("task", "run")}


def test_the_table_of_faults_names_tests_that_exist() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)` \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(named) > 30
    rows = re.findall(r"^\| .* \|$", PAGE.read_text().partition("### Faults")[2].partition("\n## ")[0], re.MULTILINE)
    assert len(named) == len(rows) - 1  # but the head; the rule below it has no space
    for file, test in named:
        assert f"\ndef {test}(" in (ROOT / file).read_text(encoding="utf-8"), (file, test)
