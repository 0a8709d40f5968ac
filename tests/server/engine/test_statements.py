"""The statements of the hot path find their rows by an index, however many runs there have been."""

import pytest

from patchbay_server.engine import cache, cancel, claim, commit, lease, reconcile, scheduler, settle, waiting
from patchbay_server.engine.events import AFTER
from patchbay_server.store.database import Database
from patchbay_server.store.statement import Statement

HOT = {
    name: statement
    for module in (claim, commit, settle, cache, lease, cancel, scheduler)
    for name, statement in vars(module).items()
    if isinstance(statement, Statement)
}
SMALL = {"POOLS", "LOCK_QUOTAS", "TAKE_SLOTS", "GIVE_SLOTS", "LOCK", "SEEN", "BUSY", "GONE"}
"""Tables of a handful of rows."""
REPAIR = {
    name: getattr(reconcile, name) for name in ("EXPIRED", "OVERDUE", "DUE", "LEADERLESS", "RUNNABLE", "UNFINISHED")
}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", [*sorted(HOT.keys() - SMALL), *REPAIR, "PARENTS", "AFTER"])
def test_uses_an_index(database: Database, name: str) -> None:
    statement = (HOT | REPAIR | {"PARENTS": waiting.PARENTS, "AFTER": AFTER})[name]
    with database.read() as transaction:
        sql = statement.sql(database.engine.dialect)
        rows = transaction.core.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", Anything()).all()
    steps = [row[-1] for row in rows]
    whole_tables = [
        step for step in steps if step.startswith("SCAN") and "USING" not in step and "downstream" not in step
    ]
    assert not whole_tables, steps


class Anything(dict[str, object]):
    """A value for every parameter."""

    def __missing__(self, name: str) -> object:
        return 1
