"""The queries that matter find their rows by an index when there have been many runs, on both databases."""

import re
from typing import Any

import pytest
import sqlalchemy as sa

from patchbay_server.engine import (
    Engine,
    announce,
    approval,
    cache,
    cancel,
    checkpoints,
    claim,
    collection,
    commit,
    events,
    expansion,
    external,
    lease,
    open_runs,
    pools,
    priority,
    quotas,
    reconcile,
    scheduler,
    settle,
    skip,
    trainings,
    waiting,
)
from patchbay_server.engine.views import RunFilter, TaskFilter
from patchbay_server.services.metrics import queries
from patchbay_server.store.database import Database
from patchbay_server.store.statement import Statement
from tests.server.engine.drawing import unguard
from tests.server.engine.flows import project_of
from tests.server.engine.many_runs import fill

RUNS, TASKS = 1500, 20
LARGE = {"run", "task", "task_edge", "attempt", "output", "stored_artifact", "cache_entry", "event"}
"""Tables that grow with every run."""
PARTIAL = {
    "ix_task_claim",
    "ix_task_line",
    "ix_task_held",
    "ix_run_unfinished",
    "ix_run_unannounced",
    "ix_run_open_of_flow",
    "ix_attempt_abandoned",
}
"""Indexes of what goes on: reading one as a whole is cheap."""
HOT = {
    f"{module.__name__.rpartition('.')[2]}.{name}": statement
    for module in (
        announce, approval, cache, cancel, checkpoints, claim, commit, events, expansion, external, lease, open_runs,
        priority, reconcile,
        scheduler, settle, skip, trainings, waiting,
    )
    for name, statement in vars(module).items()
    if isinstance(statement, Statement)
}  # fmt: skip
HOT |= {
    f"collection.{name}": getattr(collection, name)
    for name in ("REFER", "STORED", "NOT_STORED", "FORGET", "MAKER", "RUNNING_TOKENS")
}
"""Whatever workers and reconcilers execute."""
HOT |= {"quotas.USED": quotas.USED}
HOT |= {f"metrics.{name}": query for name, query in vars(queries).items() if isinstance(query, Statement)}
"""Looked at in pages."""
VALUES: dict[str, Any] = {
    "pool": "train", "state": "ready", "before": "ready", "path": "n3", "task_index": "", "index": "", "port": "out",
    "token": "t", "key": "key 7", "inside": "n3/%", "deeper": "1.%", "artifact_id": "artifact 7", "worker": "w",
    "error": None, "cached": False, "reused": False, "slack": 1.0, "lease": 1.0, "delay": 1.0, "age": 1.0,
    "training": "deepspeed", "engine_choice": None, "warnings": None, "silent": 1.0, "family": "train.%",
}  # fmt: skip


@pytest.fixture
def full(engine: Engine, database: Database) -> Engine:
    """After many runs: one is going on, with a few tasks in each state, and every task has had a cached result."""
    project_id = project_of(engine)
    revision = engine.save_revision(project_id, {"format": 1, "name": "flow", "nodes": [], "edges": []})
    unguard(database)
    fill(database, project_id, revision.flow_id, revision.id, RUNS, TASKS)
    return engine


def plan_of_statement(database: Database, sql: str, parameters: Any) -> list[str]:
    """The lines of a plan, as this database would execute it now."""
    with database.read() as transaction:
        driver = transaction.core.connection.dbapi_connection
        assert driver is not None
        if database.is_sqlite:
            return [str(row[-1]) for row in driver.execute(f"EXPLAIN QUERY PLAN {sql}", parameters).fetchall()]
        import psycopg

        return [row[0] for row in psycopg.ClientCursor(driver).execute(f"EXPLAIN {sql}", parameters).fetchall()]


def whole_tables(plan: list[str]) -> list[str]:
    """Large tables, or large indexes, that a plan reads from one end to the other."""
    found = []
    for line in plan:
        scanned = re.search(r"^SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?|Seq Scan on (\w+)", line.strip())
        if scanned:
            table, index = scanned[1] or scanned[3], scanned[2]
            if ALIASES.get(table, table) in LARGE and index not in PARTIAL:
                found.append(line.strip())
    return found


ALIASES = {"edge": "task_edge", "parent": "task", "child": "task", "leader": "task", "entry": "cache_entry"}


class Values(dict[str, Any]):
    """A value for every parameter."""

    def __missing__(self, name: str) -> Any:
        return VALUES.get(name, 7)


def test_what_workers_and_reconcilers_execute(full: Engine, database: Database) -> None:
    slow = {}
    for name, statement in HOT.items():
        values = Values(id="w") if re.search("(INTO|UPDATE|FROM) worker", statement.text) else Values()
        found = whole_tables(plan_of_statement(database, statement.sql(database.engine.dialect), values))
        if found:
            slow[name] = found
    assert not slow, "\n".join(f"{sql[-400:]}\n{found}" for sql, found in slow.items())


def test_what_people_and_programs_look_at(full: Engine, database: Database) -> None:
    asked: list[tuple[str, Any]] = []

    def remember(_connection: Any, _cursor: Any, sql: str, parameters: Any, *_: Any) -> None:
        asked.append((sql, parameters))

    sa.event.listen(database.engine, "before_cursor_execute", remember)
    project_id = project_of(full)
    full.runs(project_id)
    full.runs(project_id, RunFilter(flow="flow", state="running"))
    page = full.runs(project_id, limit=10)
    full.runs(project_id, cursor=page.next, limit=10)
    full.run(RUNS)
    full.tasks(RUNS)
    full.task_page(RUNS, TaskFilter(path="n3"))
    full.task(RUNS, RUNS * TASKS)
    full.flows(project_id)
    full.trainings(project_id)
    trained = full.trainings(project_id, "done", limit=10)
    full.trainings(project_id, "done", cursor=trained.next, limit=10)
    with database.read() as transaction:
        pools.list_pools(transaction)
        pools.page_waiting(transaction, "train")
        pools.page_workers(transaction)
    sa.event.remove(database.engine, "before_cursor_execute", remember)
    assert len(asked) > 12
    slow = {
        sql: found for sql, parameters in asked if (found := whole_tables(plan_of_statement(database, sql, parameters)))
    }
    assert not slow, "\n".join(f"{sql[-400:]}\n{found}" for sql, found in slow.items())


def test_a_table_without_its_index_would_be_noticed(full: Engine, database: Database) -> None:
    for index in ("ix_task_claim", "ix_task_line"):
        database.transact(lambda transaction, name=index: transaction.core.exec_driver_sql(f"DROP INDEX {name}"))
    statement = claim.ADMITTED.sql(database.engine.dialect)
    assert whole_tables(plan_of_statement(database, statement, Values()))
