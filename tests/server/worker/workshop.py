"""A whole platform in one folder, but for Redis: engine, store, runner and a worker that drains in this process."""

import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from patchbay_runners.artifacts import ArtifactStore
from patchbay_runners.local import LocalRunner
from patchbay_sdk.registry import Catalogue
from patchbay_sdk.spec import OperatorSpec
from patchbay_server.engine import Engine
from patchbay_server.graph.plan import Mode, Plan, plan
from patchbay_server.graph.reader import parse
from patchbay_server.graph.validate import validate
from patchbay_server.worker.drain import Drain
from patchbay_server.worker.supervisor import Place, Supervisor
from tests.server.engine.flows import plan_of

ROOT = Path(__file__).parents[3]
TEXT = {"name": "text", "type": "text", "required": False}
TABLE = {"name": "table", "type": "table"}
WAFERS = {"columns": [{"name": "tool", "type": "string"}, {"name": "wafer", "type": "int"}]}
POOL_MEMORY = 1 << 16
INPUTS = [{"name": f"in{n}", "type": "any", "required": False} for n in range(4)]


SECRET = {
    "secret": {"type": "string", "x-widget": "secret", "x-when": {"act": {"not": {"const": "keep quiet"}}}},
    "others": {"type": "array", "items": {"type": "string", "x-widget": "secret"}},
}


def catalogue(folder: Path) -> Catalogue:
    """The operators of `tests.server.worker.steps`."""
    params = {name: {"type": "string"} for name in ("name", "act", "journal", "source")}
    out = [{"name": "out", "type": "text"}]
    specs = [
        _spec(folder, "train", "Train", out, params, {"checkpoints": True}),
        _spec(folder, "search", "Search", out, params, {"finishable": True}),
        _spec(folder, "nothing", "Nothing", [], {}, {"cacheable": False}),
        _spec(folder, "step", "Step", out, params, {"fingerprint": ["source"]}),
        _spec(folder, "live", "Step", out, params, {"cacheable": False}),
        _spec(folder, "tell", "Tell", out, {**params, **SECRET}, {}),
        _spec(folder, "need", "Step", out, params, {}, [port | {"required": port["name"] == "in0"} for port in INPUTS]),
        _spec(folder, "join", "Join", out, params, {}, [{"name": "texts", "type": "text", "many": True}]),
        _spec(folder, "score", "Score", [{"name": "metrics", "type": "metrics"}], params, {"cacheable": False}, [TEXT]),
        _spec(folder, "rows", "Rows", [TABLE | {"schema": WAFERS}], {**params, "tools": {"type": "array"}}, {}, []),
        _spec(
            folder,
            "count",
            "Count",
            [{"name": "counted", "type": "table"}, *out],
            {**params, "refuse": {"type": "string"}},
            {},
            [TABLE],
        ),
        _spec(
            folder,
            "count_anywhere",
            "Count",
            [{"name": "counted", "type": "table"}, *out],
            params,
            {"engines": ["local", "spark"]},
            [TABLE],
        ),
        _spec(
            folder,
            "count_on_engine",
            "CountOnEngine",
            [{"name": "text", "type": "text"}],
            params,
            {"engines": ["spark", "ray"]},
            [],
        ),
    ]
    return Catalogue(specs)


def _spec(
    folder: Path,
    id: str,
    class_name: str,
    outputs: list[Any],
    params: Mapping[str, Any],
    runs: Mapping[str, Any],
    inputs: list[Any] = INPUTS,
) -> OperatorSpec:
    raw = {
        "id": f"test.{id}",
        "version": "1.0.0",
        "category": "code",
        "implementation": f"tests.server.worker.steps:{class_name}",
        "inputs": inputs,
        "outputs": outputs,
        "params": {"type": "object", "properties": params},
        "runs": runs,
    }
    path = folder / "specs" / f"{id}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps(raw))
    draft.replace(path)  # other workers may be reading it
    return OperatorSpec.from_json(raw, path)


def task_environment() -> dict[str, str]:
    """Task processes find the operators of these tests."""
    return {"PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))}


def start_runner(folder: Path, grace: float = 0.3, memory: int | None = None, **env: str) -> LocalRunner:
    env |= task_environment()
    return LocalRunner(folder / "store", ["tests.server.worker.steps"], grace=grace, env=env, memory=memory)


class Workshop:
    """One worker, `name`, on a folder that several may share."""

    def __init__(
        self,
        engine: Engine,
        folder: Path,
        runner: LocalRunner,
        name: str = "w",
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self.engine = engine
        self.folder = folder
        self.store = ArtifactStore(folder / "store")
        self.journal = folder / "journal"
        self.rung: list[dict[str, int]] = []
        place = Place(
            name,
            str(folder / "store"),
            str(folder / "tmp" / name),
            secret_keys=folder / "secret-keys",
            memory=POOL_MEMORY,
            engines=("local", "spark"),
        )
        specs = catalogue(folder)
        self.supervisor = Supervisor(engine, lambda: specs, lambda *_: runner, place, stopping)
        self.drain = Drain(engine, self.supervisor, "train", name, lambda wake: self.rung.append(dict(wake)), stopping)

    def plan(self, *nodes: str, operator: str = "test.step@1.0.0", **params: Mapping[str, Any]) -> Any:
        """A plan of steps that write the journal; keyword: more params, or `settings`, of the node of that name."""
        changes: dict[str, dict[str, Any]] = {}
        for node in nodes:
            name = node.partition(" <- ")[0]
            own = dict(params.get(name, {}))
            settings = own.pop("settings", {})
            given = {"name": name, "journal": str(self.journal), **own}
            changes[name] = {"operator": own.pop("operator", operator), "params": given, **settings}
            given.pop("operator", None)
        return plan_of(*nodes, **changes)

    def flow(self, document: Mapping[str, Any], mode: Mode = "all", nodes: Sequence[str] = ()) -> Plan:
        """The plan of a document of these operators; its steps write the journal, named after their nodes."""
        journalled = _journalled({"format": 1, "name": "flow", **document}, str(self.journal))
        found = [problem.text() for problem in validate(parse(journalled), catalogue(self.folder))]
        assert not found, found
        return plan(parse(journalled), catalogue(self.folder), mode, nodes)

    def executed(self) -> list[str]:
        """Names of the steps that were executed, in order."""
        return self.journal.read_text().splitlines() if self.journal.exists() else []

    def value(self, run_id: int, path: str) -> Any:
        task = next(task for task in self.engine.tasks(run_id) if task.path == path)
        return self.store.load(task.outputs["out"])


def _journalled(document: Mapping[str, Any], journal: str) -> dict[str, Any]:
    nodes = []
    for node in document["nodes"]:
        made = dict(node)
        if "body" in node:
            made["body"] = _journalled(node["body"], journal)
        elif "operator" in node:
            made["params"] = {"name": node["id"], "journal": journal, **node.get("params", {})}
        nodes.append(made)
    return {**document, "nodes": nodes}


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)
