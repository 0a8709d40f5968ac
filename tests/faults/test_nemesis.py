"""A random graph, three workers, and somebody who kills, freezes and empties: the result is that of a serial run."""

import os
import random
import signal
import time
from dataclasses import replace
from functools import cache

from patchbay_server.engine import Engine
from tests.faults.rig import ENDED, Rig
from tests.server.engine.flows import submit

TASKS = 40
BLOWS = 12
SEED = int(os.environ.get("PATCHBAY_TEST_SEED", "20240"))


def random_nodes(chance: random.Random) -> dict[str, list[str]]:
    """Node -> up to three parents among those before it."""
    names = [f"n{number}" for number in range(TASKS)]
    return {
        name: sorted(chance.sample(names[max(0, number - 8) : number], min(number, chance.randint(0, 3))))
        for number, name in enumerate(names)
    }


def serially(parents: dict[str, list[str]]) -> dict[str, str]:
    """What each node makes, worked out without an engine."""

    @cache
    def value(name: str) -> str:
        return f"{name}({', '.join(value(parent) for parent in parents[name])})"

    return {name: value(name) for name in parents}


def test_the_result_is_that_of_a_serial_run(rig: Rig, engine: Engine) -> None:
    engine.settings = replace(engine.settings, infra_retries=BLOWS)
    chance = random.Random(SEED)
    parents = random_nodes(chance)
    nodes = [f"{name} <- {' '.join(above)}" if above else name for name, above in parents.items()]
    run_id = submit(engine, rig.plan(*nodes, **{name: {"act": "nap"} for name in parents}))
    for name in ("w0", "w1", "w2"):
        rig.start_worker(name)
    born = 3
    frozen: list[str] = []
    for _ in range(BLOWS):
        handled = len(rig.executed()) + chance.randint(1, 5)
        deadline = time.monotonic() + 10  # one that is frozen within a write to SQLite holds up all others
        while len(rig.executed()) < handled and not has_ended(engine, run_id) and time.monotonic() < deadline:
            time.sleep(0.02)
        while frozen:
            rig.workers[frozen.pop()].send_signal(signal.SIGCONT)
        victim = chance.choice(sorted(rig.workers))
        blow = chance.choice(["kill", "kill", "freeze", "flush"])
        if blow == "flush":
            rig.flush_redis()
        elif blow == "freeze":
            rig.workers[victim].send_signal(signal.SIGSTOP)
            frozen.append(victim)
        else:
            worker = rig.workers.pop(victim)
            worker.send_signal(signal.SIGKILL)
            worker.wait(30)
        if blow != "flush":
            rig.start_worker(f"w{born}")
            born += 1
    for name in frozen:
        rig.workers[name].send_signal(signal.SIGCONT)
    rig.finish(run_id)
    assert {task.path: rig.store.load(task.outputs["out"]) for task in engine.tasks(run_id)} == serially(parents)
    for path, attempts in rig.committed(run_id).items():
        assert attempts.count("done") == 1, path
    assert engine.inspect() == []


def has_ended(engine: Engine, run_id: int) -> bool:
    return engine.run(run_id).state in ENDED
