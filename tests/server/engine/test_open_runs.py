"""A flow's limit of open runs: kept by any number of servers, in order of priority, and nobody waits for ever."""

from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa

from patchbay_server.engine import Engine, open_runs
from patchbay_server.store.database import Database
from patchbay_server.store.tables import flow
from tests.server.engine.conftest import make_engine
from tests.server.engine.flows import SETTINGS, drain, plan_of, states, submit


def limit(engine: Engine, most: int | None, name: str = "flow") -> None:
    def write(transaction: object) -> None:
        id = transaction.core.execute(sa.select(flow.c.id).where(flow.c.name == name)).scalar_one()
        open_runs.set_limit(transaction, id, most)

    engine.database.transact(write)


def open_now(engine: Engine, runs: list[int]) -> list[int]:
    return [id for id in runs if engine.run(id).queue is None and engine.run(id).ended_at is None]


def test_runs_beyond_the_limit_wait_say_why_and_start_by_priority(engine: Engine) -> None:
    first = submit(engine, plan_of("a", "b <- a"))
    limit(engine, 1)
    low = submit(engine, plan_of("a", "b <- a"))
    high = submit(engine, plan_of("a"), priority=5)
    other = submit(engine, plan_of("x"), name="another")
    assert (engine.run(low).state, states(engine, low)) == ("queued", {"a": "waiting", "b": "waiting"})
    assert states(engine, other) == {"x": "ready"}
    reason = engine.explain_wait(engine.tasks(low)[0].id)
    assert reason.code == "flow_limit"
    assert reason.details == {"flow": "flow", "limit": 1, "open": 1, "position": 2}
    assert "flow may have 1 open runs" in reason.message
    assert engine.inspect() == []
    assert sorted(drain(engine)) == ["a", "b", "x"]
    assert (engine.run(first).state, open_now(engine, [low, high])) == ("done", [])
    engine.tick()
    assert open_now(engine, [low, high]) == [high]
    drain(engine)
    engine.tick()
    assert drain(engine) == ["a", "b"]
    assert engine.run(low).state == "done"


def test_a_run_that_waits_can_be_cancelled_and_one_that_ended_resumed_without_a_deadlock(engine: Engine) -> None:
    first = submit(engine, plan_of("a"))
    limit(engine, 1)
    waits = submit(engine, plan_of("a"))
    engine.cancel(first)
    again, _ = engine.resume(first)
    assert open_now(engine, [waits, again]) == [waits]
    engine.cancel(waits)
    assert engine.run(waits).state == "cancelled"
    engine.tick()
    assert drain(engine) == ["a"]
    assert engine.run(again).state == "done"


def test_a_limit_that_is_taken_away_lets_all_go(engine: Engine) -> None:
    first = submit(engine, plan_of("a"))
    limit(engine, 1)
    others = [submit(engine, plan_of("a")) for _ in range(3)]
    limit(engine, 2)
    assert open_now(engine, others) == others[:1]
    limit(engine, None)
    assert open_now(engine, [first, *others]) == [first, *others]


def test_servers_and_reconcilers_at_once_never_exceed_it(engine: Engine, database: Database) -> None:
    submit(engine, plan_of("a"))
    limit(engine, 2)
    servers = [make_engine(database, SETTINGS) for _ in range(4)]
    most: list[int] = []

    def work(server: Engine) -> list[int]:
        made = []
        for _ in range(4):
            made.append(submit(server, plan_of("a")))
            server.tick()
            with database.read() as transaction:
                most.append(open_runs.open_runs(transaction, server.run(made[0]).flow_id))
            drain(server, worker=str(id(server)))
        return made

    with ThreadPoolExecutor(4) as threads:
        runs = [id for made in threads.map(work, servers) for id in made]
    for _ in runs:
        engine.tick()
        drain(engine)
    assert max(most) <= 2
    assert {engine.run(id).state for id in runs} == {"done"}
    assert engine.inspect() == []
