"""Published operators on a real worker: in their own environment, confined, and known without a restart."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from patchbay_runners.artifacts import ArtifactStore
from patchbay_runners.engines.engine import Size
from patchbay_runners.engines.use import Site
from patchbay_runners.local import LocalRunner
from patchbay_runners.sandbox import landlock
from patchbay_sdk.published import CurrentCatalogue
from patchbay_sdk.spec import Home
from patchbay_server.engine import Engine
from patchbay_server.worker.drain import Drain
from patchbay_server.worker.runners import MOST_FOREIGN, Runners
from patchbay_server.worker.supervisor import Place, Supervisor
from tests.published import environment, published, write_index
from tests.server.engine.flows import plan_of, submit

TABLE, TEXT = {"name": "table", "type": "table"}, {"name": "text", "type": "text"}
SAY = """
    from patchbay_sdk import Operator

    class Say(Operator):
        def run(self, context):
            return {"text": "SAID"}
"""
SAY_SPEC = {"id": "fab.say", "implementation": "fab:Say", "outputs": [TEXT]}
LOOK = """
    import os, sys
    from pathlib import Path
    from patchbay_sdk import Operator

    def attempt(action, *arguments):
        try:
            action(*arguments)
        except OSError as error:
            return type(error).__name__
        return "done"

    class Look(Operator):
        def run(self, context, home):
            home = Path(home)
            (context.temp_dir / "mine").write_text("x")
            found = {
                "database": attempt((home / "patchbay.db").read_bytes),
                "keys": attempt((home / "secret-keys").read_bytes),
                "write": attempt((home / "patchbay.db").write_text, "x"),
                "data": attempt(context.data_path("lots.csv").read_bytes),
                "signal": attempt(os.kill, os.getppid(), 0),
                "environ": attempt(Path(f"/proc/{os.getppid()}/environ").read_bytes),
            }
            return {"text": " ".join(f"{name}={result}" for name, result in found.items()) + f" {sys.prefix}"}
"""
MEDDLE = """
    from pathlib import Path
    from patchbay_sdk import Operator

    def attempt(action, *arguments):
        try:
            action(*arguments)
        except OSError as error:
            return type(error).__name__
        return "done"

    def new(folder):
        (folder / "new").write_bytes(b"x")
        return folder / "new"

    class Meddle(Operator):
        def run(self, context, text, store, files):
            blobs = [Path(path) for path in files.split()]
            for path in blobs:
                attempt(path.chmod, 0o666)
            found = {"list": attempt(lambda: list(Path(store).iterdir()))}
            found["names"] = attempt(lambda: list(Path(store, "cas").iterdir()))
            found["add"] = attempt(new, blobs[0].parent)
            for name, action in {
                "read": lambda path: path.read_bytes(),
                "write": lambda path: path.write_bytes(b"x"),
                "append": lambda path: path.open("ab").close(),
                "remove": lambda path: path.unlink(),
                "replace": lambda path: new(context.temp_dir).rename(path),
                "move": lambda path: path.rename(context.temp_dir / path.name),
                "link": lambda path: (context.temp_dir / (path.name + "l")).hardlink_to(path),
            }.items():
                found[name] = ",".join(sorted(attempt(action, path) for path in blobs))
            return {"text": text + " ".join(f"{name}={result}" for name, result in found.items())}
"""
LOOKED = "list=PermissionError names=PermissionError add=PermissionError"
SHIFT = """
    import polars as pl
    from patchbay_sdk import Learner

    class Shift(Learner):
        def fit(self, context, table):
            return {"columns": ["a"], "by": table.polars()["a"].min()}

        def apply(self, state, table):
            return table.replace(table.polars().with_columns(pl.col("a") - state["by"]))
"""
SHIFT_SPEC = {
    "id": "fab.shift",
    "implementation": "fab:Shift",
    "inputs": [TABLE],
    "outputs": [{**TABLE, "schema": {"from": "table"}, "learned": "fitted"}, {"name": "fitted", "type": "transform"}],
}


def filled(id: str, **params: Any) -> dict[str, Any]:
    """Params as a plan has them: defaults filled in."""
    return CurrentCatalogue(None)().latest(id).fill_params(params)


def given(**inputs: str) -> dict[str, tuple[tuple[str, str], ...]]:
    """Inputs as a plan has them, port by port: ``table="train.table"``."""
    return {port: ((source.partition(".")[0], source.partition(".")[2]),) for port, source in inputs.items()}


class Factory:
    """A worker that finds published operators in `operators`."""

    def __init__(self, engine: Engine, folder: Path, local: LocalRunner) -> None:
        self.engine = engine
        self.operators = folder / "operators"
        self.data = folder / "data"
        self.data.mkdir()
        self.store = ArtifactStore(folder / "store")
        index = write_index(self.operators)
        self.runners = Runners(local, str(self.store.root), 0.3, [], Site(folder / "engines", Size(1, 1 << 30, {})))
        home = self.data / "home"
        home.mkdir()
        place = Place("w", str(self.store.root), str(folder / "tmp" / "w"), str(index), home / "secret-keys", str(home))
        supervisor = Supervisor(engine, CurrentCatalogue(index), self.runners, place)
        self.drain = Drain(engine, supervisor, "train", "w", lambda wake: None)

    def run(self, *nodes: str, **changes: dict[str, Any]) -> dict[str, Any]:
        """Run nodes to the end; path -> task."""
        tasks = {name: {"params": {}, "outputs": ("text",), **change} for name, change in changes.items()}
        run_id = submit(self.engine, plan_of(*nodes, **tasks), data_roots=[str(self.data)])
        self.drain()
        return {task.path: task for task in self.engine.tasks(run_id)}

    def say(self, **node: Any) -> Any:
        """The task of a flow of one node."""
        return self.run("n", n=node)["n"]

    def value(self, task: Any, port: str) -> Any:
        assert task.state == "done", task.error
        return self.store.load(task.outputs[port])


@pytest.fixture
def factory(engine: Engine, tmp_path: Path) -> Iterator[Factory]:
    with LocalRunner(tmp_path / "store", grace=0.3) as local:
        factory = Factory(engine, tmp_path, local)
        yield factory
        factory.runners.close()


@pytest.fixture(params=["the platform's environment", "one of its own"])
def python(request: pytest.FixtureRequest, factory: Factory) -> Path | None:
    return environment(factory.operators, "own") if request.param == "one of its own" else None


@pytest.mark.skipif(landlock.version() < 2, reason="this kernel has no Landlock that lets files be moved")
def test_it_reads_its_inputs_in_the_store_and_changes_nothing_in_it(factory: Factory) -> None:
    texts = ("its input, ", "somebody else's")
    input, other = (factory.store.save(text, "text", "t") for text in texts)
    spec = {"id": "fab.meddle", "implementation": "fab:Meddle", "inputs": [TEXT], "outputs": [TEXT]}
    spec |= {"params": {"type": "object", "properties": {name: {"type": "string"} for name in ("store", "files")}}}
    say = published(factory.operators, SAY.replace("SAID", texts[0]), SAY_SPEC)
    meddle = published(factory.operators, MEDDLE, spec, release="meddle-1.0.0")
    write_index(factory.operators, say, meddle)
    files = [path for id in (input, other) for path in factory.store.open(id).values()]
    node = {
        "operator": "fab.meddle@1.0.0",
        "params": {"store": str(factory.store.root), "files": " ".join(map(str, files))},
        "inputs": given(text="a.text"),
    }
    tasks = factory.run("a", "n <- a", a={"operator": "fab.say@1.0.0"}, n=node)
    assert tasks["a"].outputs == {"text": input}
    found = factory.value(tasks["n"], "text")
    denied = "PermissionError,PermissionError"
    assert found.startswith(f"its input, {LOOKED} read=PermissionError,done "), found
    for action in ("write", "append", "remove", "replace"):
        assert f"{action}={denied}" in found, found
    assert "done" not in found.partition("write=")[2], found
    for id in (input, other):
        factory.store.verify(id)


def test_a_new_operator_runs_without_a_restart(factory: Factory) -> None:
    assert factory.say(operator="fab.say@1.0.0").error["code"] == "operator_unknown"
    first = published(factory.operators, SAY.replace("SAID", "one"), SAY_SPEC)
    write_index(factory.operators, first)
    assert factory.value(factory.say(operator="fab.say@1.0.0"), "text") == "one"
    second = published(
        factory.operators, SAY.replace("SAID", "two"), {**SAY_SPEC, "version": "1.1.0"}, release="fab-1.1.0"
    )
    write_index(factory.operators, first, second)
    both = factory.run("a", "b", a={"operator": "fab.say@1.0.0"}, b={"operator": "fab.say@1.1.0"})
    assert [factory.value(both[path], "text") for path in "ab"] == ["one", "two"]
    assert [both[path].cached for path in "ab"] == [True, False]


def test_a_withdrawn_operator_says_what_to_use(factory: Factory) -> None:
    write_index(factory.operators, withdrawn={"fab.say@1.0.0": "It was withdrawn: wrong. Use fab.say@1.1.0 instead."})
    error = factory.say(operator="fab.say@1.0.0").error
    assert (error["code"], "fab.say@1.1.0" in error["message"]) == ("operator_withdrawn", True)


@pytest.mark.skipif(not landlock.version(), reason="this kernel has no Landlock: files are open to confined tasks")
def test_it_is_confined_and_in_its_environment(factory: Factory, python: Path | None) -> None:
    home = factory.data / "home"  # in a data folder of the run: whoever runs a flow in their home folder has it there
    for name in ("patchbay.db", "secret-keys"):
        (home / name).write_text("secret")
    (factory.data / "lots.csv").write_text("a\n1\n")
    params = {"type": "object", "properties": {"home": {"type": "string"}}}
    spec = {"id": "fab.look", "implementation": "fab:Look", "outputs": [TEXT], "params": params}
    write_index(factory.operators, published(factory.operators, LOOK, spec, python=python))
    said = factory.value(factory.say(operator="fab.look@1.0.0", params={"home": str(home)}), "text").split()
    assert said[:4] == ["database=PermissionError", "keys=PermissionError", "write=PermissionError", "data=done"]
    assert said[5] == "environ=PermissionError"
    assert said[4] == "signal=PermissionError" or landlock.version() < 6
    assert said[6] == (str(python.parents[1]) if python else sys.prefix)
    assert (home / "patchbay.db").read_text() == "secret"


def test_what_it_learned_is_applied_where_it_can_run(factory: Factory, python: Path | None) -> None:
    write_index(factory.operators, published(factory.operators, SHIFT, SHIFT_SPEC, python=python))
    (factory.data / "train.csv").write_text("a,y\n5,1\n7,3\n9,5\n")
    (factory.data / "test.csv").write_text("a\n6\n")
    done = factory.run(
        "train", "test", "shift <- train", "apply <- test shift", "model <- shift", "predict <- test model",
        train={"operator": "source.csv@1.0.0", "params": filled("source.csv", path="train.csv")},
        test={"operator": "source.csv@1.0.0", "params": filled("source.csv", path="test.csv")},
        shift={"operator": "fab.shift@1.0.0", "inputs": given(table="train.table")},
        apply={"operator": "apply.transform@1.0.0", "inputs": given(table="test.table", transform="shift.fitted")},
        model={
            "operator": "model.ridge@1.0.0",
            "params": filled("model.ridge", target="y"),
            "inputs": given(table="shift.table"),
        },
        predict={
            "operator": "apply.predict@1.0.0",
            "params": filled("apply.predict"),
            "inputs": given(table="test.table", model="model.model"),
        },
    )  # fmt: skip
    assert factory.value(done["apply"], "table").polars()["a"].to_list() == [1]
    (predicted,) = factory.value(done["predict"], "table").polars()["prediction"].to_list()
    assert 1 < predicted < 3


def test_environments_used_longest_ago_are_left(factory: Factory, tmp_path: Path) -> None:
    homes = [Home("fab@1", tmp_path, tmp_path / str(n) / "python", "d") for n in range(MOST_FOREIGN + 1)]
    first = factory.runners("local", homes[0])
    assert factory.runners("local", homes[0]) is first
    for home in homes[1:]:
        factory.runners("local", home)
    assert factory.runners("local", homes[0]) is not first
