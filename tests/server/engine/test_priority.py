"""The priority of a run that waits can be changed, and is honoured from then on."""

import pytest

from patchbay_server.engine import Engine, priority
from patchbay_server.engine.errors import RunEnded
from patchbay_server.store.statement import Statement
from tests.server.engine.flows import drain, plan_of, submit


def change(engine: Engine, run_id: int, to: int, highest: int = 100) -> int:
    return engine.database.transact(priority.change, run_id, to, highest=highest)


def test_what_waits_is_ranked_anew(engine: Engine) -> None:
    first = submit(engine, plan_of("a", "b <- a"))
    second = submit(engine, plan_of("x"), name="other")
    engine.admit("train")
    assert change(engine, second, 3) == 0
    assert engine.run(second).priority == 3
    assert drain(engine) == ["x", "a", "b"]
    with pytest.raises(RunEnded):
        change(engine, first, 1)


def test_no_task_gets_more_than_is_allowed(engine: Engine) -> None:
    run_id = submit(engine, plan_of("a", "b", b={"priority": 40}))
    change(engine, run_id, 80)
    rows = engine.database.transact(
        lambda transaction: transaction.all(Statement("SELECT path, priority FROM task ORDER BY path"), {})
    )
    assert rows == [("a", 80), ("b", 100)]
