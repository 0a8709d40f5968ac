from collections.abc import Iterator

import pytest

from patchbay_server.store.database import Database, DatabaseError, Transaction
from patchbay_server.store.statement import Statement

ADD = Statement("INSERT INTO worker (id, pool, host, pid, started_at, seen_at) VALUES (:id, 'p', 'h', 1, $now, $now)")
COUNT = Statement("SELECT COUNT(*) FROM worker")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url, timeout=0.3)
    yield database
    database.close()


def workers(database: Database) -> int:
    with database.read() as transaction:
        row = transaction.one(COUNT, {})
    assert row is not None
    return int(row[0])


def test_a_transaction_is_kept_whole_or_not_at_all(database: Database) -> None:
    def add_and_fail(transaction: Transaction) -> None:
        transaction.run(ADD, {"id": "a"})
        raise LookupError

    with pytest.raises(LookupError):
        database.transact(add_and_fail)
    assert workers(database) == 0
    database.transact(Transaction.run, ADD, {"id": "a"})
    assert workers(database) == 1


def test_core_and_compiled_statements_share_the_transaction(database: Database) -> None:
    from patchbay_server.store.tables import worker

    def both(transaction: Transaction) -> int:
        transaction.run(ADD, {"id": "a"})
        return len(transaction.core.execute(worker.select()).all())

    assert database.transact(both) == 1


def test_the_clock_is_the_databases_and_in_seconds(database: Database) -> None:
    import time

    with database.read() as transaction:
        row = transaction.one(Statement("SELECT $now"), {})
    assert row is not None
    assert abs(row[0] - time.time()) < 60


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_database_that_stays_locked_is_named_as_such(database: Database) -> None:
    def within(transaction: Transaction) -> None:
        with pytest.raises(DatabaseError, match="did not answer in time"):
            Database(str(database.engine.url), timeout=0.2).transact(Transaction.run, ADD, {"id": "a"})

    database.transact(within)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_lost_connection_is_replaced(database: Database) -> None:
    end = Statement("SELECT pg_terminate_backend(pg_backend_pid())")
    lost = []

    def lose_it_once(transaction: Transaction) -> int:
        if not lost:
            lost.append(True)
            transaction.one(end, {})
        return transaction.run(ADD, {"id": "a"})

    assert database.transact(lose_it_once) == 1
    assert workers(database) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_full_disk_is_named_and_mends_itself(database: Database) -> None:
    def fill(transaction: Transaction) -> None:
        transaction.core.exec_driver_sql("PRAGMA max_page_count = 1")
        transaction.run(ADD, {"id": "a" * 1_000_000})

    with pytest.raises(DatabaseError, match="full"):
        database.transact(fill)
    database.close()
    assert database.transact(Transaction.run, ADD, {"id": "a"}) == 1
    assert workers(database) == 1
