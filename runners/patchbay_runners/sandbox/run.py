"""Starts a command confined and waits for its end."""

from __future__ import annotations

import json
import os
import selectors
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from patchbay_runners.preloader_client import scrubbed
from patchbay_runners.processes import describe_exit
from patchbay_runners.sandbox.rules import Protections, Rules, SandboxError

RESULT = "{result}"
"""Stands in a command for the number of the descriptor on which the command may send its result."""

MOST_OUTPUT = 64 << 10
"""Bytes of what a command prints that are kept: the last ones."""
MOST_RESULT = 16 << 20
"""Bytes of a command's result; one that sends more is ended."""
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a confined command ended.

    `failure`: why it was ended or did not end well, empty when it exited with 0. `seconds`: wall clock.
    `peak_memory`: bytes, of all its processes together. `output`: the end of what it printed. `result`: what it sent.
    """

    failure: str
    protections: Protections
    seconds: float
    peak_memory: int
    output: str
    result: bytes


def run_confined(
    command: Sequence[str],
    rules: Rules,
    *,
    cwd: Path,
    seconds: float,
    environment: Mapping[str, str] | None = None,
) -> Outcome:
    """Run a command behind the walls of `rules`, and end everything that it has started.

    Args:
        command: absolute path of the program, and its arguments; `RESULT` among them is replaced.
        cwd: its working folder, home and folder for temporary files; one of the writable ones, usually.
        seconds: of wall-clock time that it may take.
        environment: variables beside PATH, HOME, TMPDIR and a language.

    Raises:
        SandboxError: the walls could not be put up, or the program not be started.
    """
    ours, theirs = socket.socketpair()
    result, sends = socket.socketpair()
    with theirs, sends:
        warden = subprocess.Popen(
            [sys.executable, "-P", "-m", "patchbay_runners.sandbox.warden", str(theirs.fileno())],
            pass_fds=[theirs.fileno(), sends.fileno()],
            env=scrubbed(os.environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd="/",
            start_new_session=True,
        )
        request = {
            "command": [str(sends.fileno()) if part == RESULT else part for part in command],
            "rules": rules.to_json(),
            "cwd": str(cwd),
            "seconds": seconds,
            "env": _minimal(cwd) | dict(environment or {}),
        }
    assert warden.stdout is not None
    with ours, result, warden, warden.stdout:
        try:
            ours.sendall(json.dumps(request).encode() + b"\n")
            answer, output, sent = _collect(ours, warden.stdout, result)
        finally:
            ours.close()  # the warden ends the command now, if it has not ended
    if "error" in answer:
        raise SandboxError(answer["error"])
    return Outcome(
        failure=_failure(answer),
        protections=Protections(**answer["protections"]),
        seconds=answer["seconds"],
        peak_memory=answer["peak_memory"],
        output=output.decode("utf-8", "replace"),
        result=sent,
    )


def _minimal(home: Path) -> dict[str, str]:
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "C.UTF-8",
        "HOME": str(home),
        "TMPDIR": str(home),
        "PYTHONUTF8": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",
        "JOBLIB_MULTIPROCESSING": "0",  # it needs semaphores in shared memory, and warns where there are none
    }


def _collect(control: socket.socket, prints: IO[bytes], result: socket.socket) -> tuple[dict[str, Any], bytes, bytes]:
    """The warden's answer, the end of what was printed, and the result; until all three have closed."""
    received: dict[socket.socket | IO[bytes], bytes] = {control: b"", prints: b"", result: b""}
    with selectors.DefaultSelector() as selector:
        for stream in received:
            selector.register(stream, selectors.EVENT_READ, stream)
        while selector.get_map():
            for key, _ in selector.select():
                chunk = _read(key.fd)
                received[key.data] += chunk
                if not chunk:
                    selector.unregister(key.fileobj)
            received[prints] = received[prints][-MOST_OUTPUT:]
            if len(received[result]) > MOST_RESULT:
                raise SandboxError(f"The command's result is larger than {MOST_RESULT >> 20} MiB.")
    line = received[control] or b'{"error": "The warden of the sandbox died."}'
    return json.loads(line), received[prints], received[result]


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, _CHUNK)
    except ConnectionResetError:
        return b""


def _failure(answer: Mapping[str, Any]) -> str:
    if answer["ended"]:
        return f"was ended: {answer['ended']}"
    return "" if answer["status"] == 0 else describe_exit(answer["status"])
