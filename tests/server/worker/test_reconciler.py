"""The reconciler tells installed plugins once about every run that has ended."""

import os
from pathlib import Path

import pytest

from patchbay_server.engine import Engine
from patchbay_server.plugin_host import PluginHost
from patchbay_server.worker.reconciler import tell
from tests.server.engine.flows import drain, plan_of, submit

PLUGIN = """
from pathlib import Path
from patchbay_sdk import hookimpl

@hookimpl
def run_finished(run_id, state):
    with Path(__file__).with_name("told").open("a") as told:
        told.write(f"{run_id} {state}\\n")
"""


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "plugin"
    metadata = folder / "listener-1.0.dist-info"
    metadata.mkdir(parents=True)
    (folder / "listener.py").write_text(PLUGIN)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: listener\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[patchbay.plugins]\nlistener = listener\n")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")]))
    monkeypatch.syspath_prepend(folder)
    return folder / "told"


def test_each_run_once(engine: Engine, told: Path) -> None:
    first = submit(engine, plan_of("a"))
    drain(engine)
    second = submit(engine, plan_of("a"))
    with PluginHost() as host:
        tell(engine, host)
        tell(engine, host)
        assert told.read_text() == f"{first} done\n"
        engine.cancel(second)
        engine.tick()
        tell(engine, host)
    assert told.read_text() == f"{first} done\n{second} cancelled\n"


def test_a_plugin_that_fails_stops_nothing(engine: Engine, told: Path, caplog: pytest.LogCaptureFixture) -> None:
    (told.parent / "listener.py").write_text(PLUGIN.replace("with Path", "raise ValueError('no')\n    with Path"))
    run_id = submit(engine, plan_of("a"))
    drain(engine)
    with PluginHost() as host:
        tell(engine, host)
    assert f"Told that run {run_id} has ended, plugins failed: listener: ValueError: no" in caplog.text
