"""Runs Python code in the sandbox, as the platform does when root started it and when an ordinary user did."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from patchbay_runners.sandbox import Protections, interpreter_folders, namespaces

ROOT = Path(__file__).parents[2]
USER = 4242 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
"""Not a user that other tests have now: the limit on processes is one per user."""

DRIVER = """
import json, sys
from pathlib import Path
from patchbay_runners.sandbox import RESULT, Rules, SandboxError, interpreter_folders, run_confined

asked = json.loads(sys.argv[1])
folder = Path(asked["folder"])
rules = Rules(readable=interpreter_folders(), writable=(folder,), **asked["rules"])
command = [sys.executable, "-c", asked["code"], RESULT]
try:
    outcome = run_confined(command, rules, cwd=folder, seconds=asked["seconds"])
except SandboxError as error:
    print(json.dumps({"error": error.message}))
else:
    print(json.dumps({
        "failure": outcome.failure, "output": outcome.output, "protections": outcome.protections.to_json(),
        "peak_memory": outcome.peak_memory, "result": outcome.result.decode(),
    }))
"""


@dataclass(frozen=True)
class Ended:
    """How the code ended. `said`: what it printed, a Python value per line."""

    failure: str
    output: str
    protections: Protections
    peak_memory: int
    result: str

    @property
    def said(self) -> list[Any]:
        return [ast.literal_eval(line) for line in self.output.splitlines()]


@dataclass(frozen=True)
class Sandbox:
    """A folder that the code may write, and who starts the sandbox."""

    folder: Path
    as_root: bool

    def start(self, code: str, *, seconds: float = 60, **rules: Any) -> subprocess.Popen[str]:
        """The process of a platform that confines this code."""
        asked = {"code": code, "folder": str(self.folder), "seconds": seconds, "rules": rules}
        return subprocess.Popen(
            [sys.executable, "-c", DRIVER, json.dumps(asked)],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "SECRET": "of the platform"},
            preexec_fn=None if self.as_root else self._become_ordinary,
            text=True,
        )

    def run(self, code: str, *, seconds: float = 60, **rules: Any) -> Ended:
        """Run code confined and wait for its end."""
        with self.start(code, seconds=seconds, **rules) as platform:
            output, _ = platform.communicate()
        return Ended(**(raw := json.loads(output)) | {"protections": Protections(**raw["protections"])})

    def tries(self, action: str, *values: object, **rules: Any) -> list[str]:
        """What comes of an action (a lambda's text) with each value: ``done``, or the name of the error."""
        return self.run(TRIES.format(action=action, values=[*map(str, values)]), **rules).said

    def _become_ordinary(self) -> None:
        if os.geteuid() != 0:
            return
        namespaces.enter(network=True)
        closed = namespaces.closed_folders([*interpreter_folders(), ROOT, self.folder])
        os.chown(self.folder, USER, USER)
        namespaces.open_up(closed)
        os.setgroups([])
        os.setresgid(USER, USER, USER)
        os.setresuid(USER, USER, USER)


TRIES = """
import os, socket, ctypes, signal
for value in {values}:
    try:
        ({action})(value)
        print(repr("done"))
    except OSError as error:
        print(repr(type(error).__name__))
"""
