"""A worker that cannot reach the database stops its task before somebody else can have it."""

import threading
from collections.abc import Callable
from pathlib import Path

from patchbay_runners.local import LocalRunner
from patchbay_server.engine import Engine
from patchbay_server.store.database import Database, Transaction
from patchbay_server.store.statement import Statement
from tests.server.engine.flows import SETTINGS, submit
from tests.server.worker.workshop import Workshop, wait_for

HOLD = Statement("UPDATE task SET priority = priority")


def test_a_lease_that_cannot_be_renewed_ends_the_task(
    engine: Engine, database: Database, database_url: str, tmp_path: Path, runner_in: Callable[[Path], LocalRunner]
) -> None:
    impatient = Database(database_url, timeout=0.1)
    runner = runner_in(tmp_path)
    workshop = Workshop(Engine(impatient, SETTINGS), tmp_path, runner)
    run_id = submit(engine, workshop.plan("a", a={"act": "hang"}))
    claim = engine.claim("train", "w")
    assert claim is not None
    worker = threading.Thread(target=workshop.supervisor.execute, args=(claim,))
    worker.start()
    wait_for(lambda: workshop.executed() == ["a"])

    def hold(transaction: Transaction) -> None:
        transaction.run(HOLD, {})
        worker.join(60)

    database.transact(hold)
    assert not worker.is_alive()
    assert runner.status() == "idle" and runner.process_id is None
    assert engine.tasks(run_id)[0].state == "running"  # the reconciler gives it to another once the lease is over
    wait_for(lambda: engine.tick().lost == 1)
    impatient.close()
