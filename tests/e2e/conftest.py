"""Platforms and commands as real processes; every test ends with no process left."""

import json
import os
import subprocess
import sys
import textwrap
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.processes import leaving_nothing_behind, wait_for

SLOW = """
    import time
    from pathlib import Path
    from patchbay_sdk.operator import Operator

    class Wait(Operator):
        '''Waits until a file is there; `marker` tells that it has begun.'''

        def run(self, context, marker, until, after=""):
            context.log("waiting for " + until)
            context.data_path(marker, must_exist=False).touch()
            while not context.data_path(until, must_exist=False).exists():
                time.sleep(0.01)
            return {"text": after}
"""


def _wait_spec() -> dict[str, Any]:
    names = ("marker", "until", "after")
    texts = {name: name for name in (*names, "title", "description")}
    return {
        "id": "code.wait",
        "version": "1.0.0",
        "category": "code",
        "icon": "code",
        "implementation": "waiting_operators:Wait",
        "inputs": [{"name": "after", "type": "text", "required": False}],
        "outputs": [{"name": "text", "type": "text"}],
        "params": {
            "type": "object",
            "properties": {name: {"type": "string", "title": f"$t.{name}"} for name in names[:2]},
            "required": ["marker", "until"],
        },
        "ui": [{"section": "$t.title", "fields": ["marker", "until"]}],
        "runs": {"engines": ["local"], "cacheable": False},
        "i18n": {language: {k: v for k, v in texts.items() if k != "after"} for language in ("en", "zh-CN")},
        "examples": [{"title": "none", "params": {}, "expect": {"error": "none"}}],
    }


@dataclass(frozen=True)
class Desk:
    """A data folder, a working folder and the environment of the commands that use them."""

    home: Path
    cwd: Path
    environment: dict[str, str]

    def start(self, *arguments: str, **options: Any) -> subprocess.Popen[str]:
        """`patchbay ARGUMENTS` in the background."""
        return subprocess.Popen(
            (sys.executable, "-m", "patchbay_server.cli", *arguments),
            cwd=self.cwd,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **options,
        )

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """`patchbay ARGUMENTS`, to its end."""
        process = self.start(*arguments)
        output, errors = process.communicate(timeout=150)
        return subprocess.CompletedProcess(process.args, process.returncode, output, errors)

    def up(self) -> subprocess.Popen[str]:
        """`patchbay up`, once it is ready."""
        process = self.start("up")
        line = process.stdout.readline()
        assert line.startswith("Patchbay is up"), line + process.stderr.read()
        return process

    def flow(self, document: dict[str, Any], name: str = "flow.json") -> Path:
        """A flow file in the working folder."""
        file = self.cwd / name
        file.write_text(json.dumps({"format": 1, "name": "test", "edges": [], **document}))
        return file

    @property
    def state(self) -> dict[str, Any]:
        return json.loads((self.home / "platform.json").read_text())

    def token(self) -> str:
        """An API token of an admin, made by the command line at the first call."""
        if not (file := self.cwd / "token").exists():
            self.run("users", "add", "tester", "--admin")
            file.write_text(self.run("users", "token", "tester").stdout.split()[0])
        return file.read_text()

    def get(self, path: str) -> Any:
        """An answer of the API; None while the web process does not answer."""
        headers = {} if path == "/health" else {"Authorization": f"Bearer {self.token()}"}
        request = urllib.request.Request(self.state["url"] + path, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return json.load(answer)
        except OSError:
            return None


def make_desk(folder: Path) -> Desk:
    plugin, cwd = folder / "plugin", folder / "work"
    specs = plugin / "waiting_operators" / "operator_specs" / "code"
    specs.mkdir(parents=True)
    cwd.mkdir()
    (plugin / "waiting_operators" / "__init__.py").write_text(textwrap.dedent(SLOW))
    (specs / "wait.json").write_text(json.dumps(_wait_spec()))
    info = plugin / "waiting_operators-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: waiting-operators\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[patchbay.operators]\nwaiting = waiting_operators\n")
    ours = ("PATCHBAY_", "DATABASE_", "REDIS_")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    environment = clean | {
        "PATCHBAY_HOME": str(folder / "home"),
        "PATCHBAY_PORT": "0",
        "PATCHBAY_POOL_TRAIN": "workers=1 drivers=0 cpu=2",
        "PATCHBAY_POOL_TEST": "workers=0 drivers=0",
        "PATCHBAY_POOL_INFERENCE": "workers=0 drivers=0",
        "PATCHBAY_LEASE": "3",
        "PATCHBAY_GRACE": "1",
        "PATCHBAY_TICK": "0.2",
        "PYTHONPATH": os.pathsep.join(filter(None, [str(plugin), os.environ.get("PYTHONPATH", "")])),
    }
    return Desk(folder / "home", cwd, environment)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with leaving_nothing_behind():
        yield make_desk(tmp_path)


def wait_for_health(desk: Desk) -> None:
    wait_for(lambda: desk.get("/health"), what="the web process")
