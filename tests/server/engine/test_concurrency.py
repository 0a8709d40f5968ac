import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from patchbay_server.engine import Engine
from patchbay_server.store.database import Database
from patchbay_server.store.statement import Statement
from tests.server.engine.flows import done, drain, plan_of, submit

NODES = ["root", *(f"n{i} <- root" for i in range(30)), *(f"m{i} <- n{i} n{(i + 7) % 30}" for i in range(30))]


def test_many_workers_and_reconcilers_give_each_task_to_one_of_them(engine: Engine, database: Database) -> None:
    runs = [submit(engine, plan_of(*NODES), name=f"flow-{n}", priority=n % 2) for n in range(3)]
    most: list[int] = []
    executed: list[str] = []
    finished = threading.Event()
    running = Statement("SELECT COALESCE(SUM(cpu_milli), 0) FROM task WHERE state = 'running'")

    def work(name: str) -> None:
        while not finished.is_set():
            claim = engine.claim("train", name)
            while claim is not None:
                executed.append(f"{claim.task.run_id}/{claim.task.path}")
                claim = engine.commit(claim, done(claim), name, claim_next=True).next
            if all(engine.run(run_id).ended_at for run_id in runs):
                finished.set()

    def reconcile() -> None:
        while not finished.is_set():
            engine.tick()
            with database.read() as transaction:
                row = transaction.one(running, {})
            assert row is not None
            most.append(row[0])

    try:
        with ThreadPoolExecutor(6) as threads:
            jobs = [threads.submit(work, f"w{n}") for n in range(4)] + [threads.submit(reconcile) for _ in range(2)]
            for job in jobs:
                job.result()
    finally:
        finished.set()
    assert Counter(executed) == Counter(f"{id}/{node.partition(' ')[0]}" for id in runs for node in NODES)
    assert max(most) <= 2000
    for run_id in runs:
        assert engine.run(run_id).state == "done"
        assert engine.run(run_id).open_tasks == 0
        seqs = [event.seq for event in engine.events(run_id)]
        assert seqs == list(range(1, len(seqs) + 1))
    assert engine.inspect() == []


def test_a_reader_with_a_cursor_never_misses_an_event(engine: Engine) -> None:
    run_id = submit(engine, plan_of(*NODES))
    seen: list[int] = []

    def read() -> None:
        while True:
            ended = engine.run(run_id).ended_at is not None
            found = engine.events(run_id, after=seen[-1] if seen else 0, limit=7)
            seen.extend(event.seq for event in found)
            if ended and not found:
                return

    with ThreadPoolExecutor(3) as threads:
        reader = threads.submit(read)
        workers = [threads.submit(drain_all, engine, run_id, name) for name in ("v", "w")]
        for job in (*workers, reader):
            job.result()
    assert seen == list(range(1, engine.run(run_id).event_seq + 1))


def drain_all(engine: Engine, run_id: int, name: str) -> None:
    while engine.run(run_id).ended_at is None:
        drain(engine, worker=name)
