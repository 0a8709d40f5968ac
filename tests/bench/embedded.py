"""A real platform for a benchmark: `patchbay up` on a folder of its own, with one worker for the train pool."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from patchbay_server import data_folder
from patchbay_server.config import load
from patchbay_server.graph.reader import parse
from patchbay_server.services import runs
from patchbay_server.services.people import projects
from patchbay_server.services.people.actor import COMMAND
from patchbay_server.services.platform import Platform

PLUGIN = Path(__file__).parent / "plugin"


@contextmanager
def platform(database_url: str | None = None, workers: int = 1) -> Iterator[Platform]:
    """The platform, started and warm; everything of it is gone afterwards.

    `database_url`: None: SQLite in its folder. `workers`: of the train pool.
    """
    with tempfile.TemporaryDirectory() as folder:
        own = {
            "PATCHBAY_HOME": folder,
            "PATCHBAY_LOG_LEVEL": "warning",
            "PATCHBAY_POOL_TRAIN": f"workers={workers}",
            **({"DATABASE_URL": database_url} if database_url else {}),
            "PYTHONPATH": os.pathsep.join(filter(None, [str(PLUGIN), os.environ.get("PYTHONPATH")])),
        }
        sys.path.insert(0, str(PLUGIN))
        command = [sys.executable, "-m", "patchbay_server.cli", "up"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        process = subprocess.Popen(command, env={**os.environ, **own}, **quiet)  # type: ignore[call-overload]
        try:
            while (running := data_folder.running(Path(folder))) is None:
                if process.poll() is not None:
                    raise RuntimeError(f"patchbay up ended with status {process.returncode}.")
                time.sleep(0.05)
            settings = load({**os.environ, **own}).with_redis(running.redis_url)
            with Platform.open(settings) as opened:
                run(opened, {"format": 1, "name": "warm", "nodes": [noop("first")], "edges": []})
                time.sleep(10)  # the workers go on importing behind the first task
                yield opened
        finally:
            sys.path.remove(str(PLUGIN))
            process.terminate()
            process.wait()


def noop(id: str) -> dict[str, Any]:
    """A node that does nothing."""
    return {"id": id, "operator": "bench.noop@1.0.0"}


def run(opened: Platform, document: Mapping[str, Any], **request: Any) -> int:
    """Run a flow to its end. Raises RuntimeError unless it is done."""
    return wait(opened, submit(opened, document, **request))


def submit(opened: Platform, document: Mapping[str, Any], **request: Any) -> int:
    """Start a flow; the number of its run."""
    asked = runs.RunRequest(**request)
    prepared = runs.prepare(parse(document), asked, opened.catalogue, opened.plugin_host.infer)
    project = projects.find(opened, COMMAND, projects.DEFAULT_PROJECT)
    return runs.submit(opened, COMMAND, project.id, prepared, asked)


def wait(opened: Platform, run_id: int) -> int:
    """Wait for the end of a run. Raises RuntimeError unless it is done."""
    while (view := opened.engine.run(run_id)).ended_at is None:
        time.sleep(0.005)
    if view.state != "done":
        errors = [task.error for task in opened.engine.tasks(run_id) if task.error]
        raise RuntimeError(f"The run is {view.state}: {errors[:1]}")
    return run_id
