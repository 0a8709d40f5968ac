"""What a million ended tasks cost whoever works with the database afterwards: it is asked the same with and without."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from patchbay_server.engine import Claim, Engine
from patchbay_server.store.database import Database
from patchbay_server.store.migrate import upgrade
from tests.bench.figure import in_turn, report
from tests.server.databases import running_postgres
from tests.server.engine.conftest import make_engine
from tests.server.engine.flows import SETTINGS, done, plan_of, project_of, submit
from tests.server.engine.many_runs import fill

TASKS = int(os.environ.get("PATCHBAY_BENCH_TASKS", 1_000_000))
PER_RUN = 50
CHAIN = 100
ROUNDS = 5
BOUND = 2.0


def main() -> bool:
    """Medians of `ROUNDS` rounds in turn, on each database."""
    ok = True
    with tempfile.TemporaryDirectory(dir=os.environ.get("PATCHBAY_BENCH_DIR")) as folder:
        ok &= _measure("sqlite", [f"sqlite:///{Path(folder) / name}.db" for name in ("new", "old")])
    with running_postgres(durable=True) as server:
        return _measure("postgresql", [server.create("new"), server.create("old")]) and ok


def _measure(database: str, urls: list[str]) -> bool:
    with _engine(urls[0]) as new, _engine(urls[1]) as old:
        project_id = project_of(old)
        revision = old.save_revision(project_id, {"format": 1, "name": "flow", "nodes": [], "edges": []})
        fill(
            old.database, project_id, revision.flow_id, revision.id, TASKS // PER_RUN, PER_RUN, open_run=False
        )  # fmt: skip
        ok = True
        for name, work in WORK.items():
            times = in_turn(
                [lambda engine=new, work=work: work(engine), lambda engine=old, work=work: work(engine)], ROUNDS
            )  # type: ignore[misc]
            ok &= report(
                f"{name}_after_{TASKS}_tasks_{database}_against_before",
                bound=BOUND, ratio=times[1] / times[0], ms=times[1] * 1000, before_ms=times[0] * 1000,
            )  # fmt: skip
    return ok


@contextmanager
def _engine(url: str) -> Iterator[Engine]:
    upgrade(url)
    database = Database(url)
    try:
        yield make_engine(database, SETTINGS)
    finally:
        database.close()


def claim_and_commit(engine: Engine) -> None:
    """A chain, from its submission to its end."""
    run_id = submit(engine, plan_of("n0", *(f"n{number} <- n{number - 1}" for number in range(1, CHAIN))))
    engine.tick()
    claim: Claim | None = engine.claim("train", "w")
    while claim is not None:
        claim = engine.commit(claim, done(claim), "w", claim_next=True).next
    assert engine.run(run_id).state == "done"


def ticks(engine: Engine) -> None:
    """Rounds of the reconciler."""
    for _ in range(20):
        engine.tick()


def lists(engine: Engine) -> None:
    """What a person looks at: runs, one of them, its tasks, flows."""
    for _ in range(20):
        project_id = project_of(engine)
        newest = engine.runs(project_id).items[0]
        engine.run(newest.id)
        engine.task_page(newest.id)
        engine.flows(project_id)


WORK: dict[str, Callable[[Engine], None]] = {
    "chain_of_100": claim_and_commit,
    "rounds_of_the_reconciler": ticks,
    "lists": lists,
}
