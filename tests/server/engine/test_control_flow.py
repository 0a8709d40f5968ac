"""Whatever the control flow, the engine makes what a serial run makes, and skips exactly the rest."""

import os
import random

import pytest

from patchbay_server.engine import Engine
from patchbay_server.graph.plan import plan
from patchbay_server.graph.planned import COLLECT, CONTROL, DIVIDE
from patchbay_server.graph.reader import parse
from patchbay_server.graph.validate import validate
from tests.server.engine.control_flows import CATALOGUE, Maker, Oracle, work
from tests.server.engine.flows import submit

FIRST = int(os.environ.get("PATCHBAY_TEST_SEED", "0"))
EXAMPLES = 40


@pytest.mark.parametrize("seed", range(FIRST, FIRST + EXAMPLES, 10))
def test_random_control_flow_makes_what_a_serial_run_makes(engine: Engine, seed: int) -> None:
    for each in range(seed, seed + 10):
        _check(engine, each)


def _check(engine: Engine, seed: int) -> None:
    chance = random.Random(seed)
    made = Maker(chance).document(depth=2)
    document = parse({"format": 1, "name": "random", "nodes": made["nodes"], "edges": made["edges"]})
    assert [problem.text() for problem in validate(document, CATALOGUE)] == [], seed
    run_id = submit(engine, plan(document, CATALOGUE))
    work(engine, chance)
    oracle = Oracle()
    oracle.run({**made, "inputs": {}})
    tasks = [task for task in engine.tasks(run_id) if task.operator not in {*CONTROL, DIVIDE, COLLECT}]
    keys = {task.id: f"{task.path}[{task.index}]" if task.index else task.path for task in tasks}
    assert {keys[task.id]: task.outputs["out"] for task in tasks if task.state == "done"} == oracle.done, seed
    assert {task.state for task in tasks} <= {"done", "skipped"}, seed
    assert engine.run(run_id).state == "done", seed
    assert engine.inspect() == [], seed
