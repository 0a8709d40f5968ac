"""The web process with 500 operators installed: from its start to the first answers, against the bare imports.

The bare imports: the same Python, which only imports Flask, flask-smorest and SQLAlchemy.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.request import Request, urlopen

from patchbay_server.config import load
from patchbay_server.services.people import tokens, users
from patchbay_server.services.people.actor import COMMAND
from patchbay_server.services.platform import Platform, prepare
from tests.bench.figure import in_turn, report
from tests.sdk.installed import install, write_specs

OPERATORS = 500


def main() -> bool:
    """Medians of nine rounds in turn, each start a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        write_specs(install(Path(folder), "many_operators"), OPERATORS)
        path = os.pathsep.join(filter(None, [folder, os.environ.get("PYTHONPATH")]))
        environment = {**os.environ, "PATCHBAY_HOME": str(Path(folder) / "home"), "PYTHONPATH": path}
        settings = load(environment)
        prepare(settings)
        with Platform.open(settings) as platform:
            user, _ = users.create(platform, COMMAND, name="bench", is_admin=True)
            _, key = tokens.create(platform, COMMAND, user.id, name="bench")

        def bare() -> None:
            subprocess.run((sys.executable, "-c", "import flask, flask_smorest, sqlalchemy"), check=True)

        works = [lambda: _start(environment, "/health", key), lambda: _start(environment, "/api/v1/operators", key)]
        first, listed, imports = in_turn([*works, bare], rounds=9)
    details = {"imports_seconds": imports}
    quick = report("web_start_until_health_against_imports", bound=4.0, ratio=first / imports, seconds=first, **details)
    ready = report(
        "web_start_until_500_operators_are_listed_against_imports",
        bound=6.0,
        ratio=listed / imports,
        seconds=listed,
        **details,
    )
    return quick and ready


def _start(environment: dict[str, str], path: str, key: str) -> None:
    """Start the web process, ask for one answer, end it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        descriptor, (host, port) = listener.fileno(), listener.getsockname()
        command = (sys.executable, "-m", "patchbay_server.cli", "web", "--fd", str(descriptor))
        process = subprocess.Popen(command, env=environment, pass_fds=[descriptor], stderr=subprocess.DEVNULL)
        try:
            request = Request(f"http://{host}:{port}{path}", headers={"Authorization": f"Bearer {key}"})
            with urlopen(request, timeout=120) as answer:
                answer.read()
        finally:
            process.kill()
            process.wait()
