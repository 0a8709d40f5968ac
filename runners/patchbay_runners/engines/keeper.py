"""Keeps one engine running on this machine: ``python -m patchbay_runners.engines.keeper NAME FOLDER IDLE SIZE``.

Whoever needs the engine starts a keeper; the first one holds the folder, the others leave. It ends the engine when
nobody has used it for IDLE seconds, and the engine ends with it, whatever ends it.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from patchbay_runners.engines.engine import HeavyEngine, Room, Size, engine_named
from patchbay_runners.preloader_client import scrubbed
from patchbay_runners.processes import adopt_orphans, kill_children, runs, signal_group

KEEPER, USERS = "keeper.lock", "users.lock"
"""The keeper holds the first one; whoever uses the engine shares the second one."""
STATE, FAILURE, SCRATCH, LOG = "state.json", "failure", "scratch", "log"
LOOK = 0.1
"""Seconds between two looks."""
START_TIMEOUT = 180.0
END_TIMEOUT = 15.0
PR_SET_PDEATHSIG = 1


class Ending(Exception):
    """The keeper was asked to end."""


def keep(engine: HeavyEngine, folder: Path, idle: float, size: Size) -> None:
    """Run the engine until nobody has used it for `idle` seconds, it ends by itself, or SIGTERM."""
    with _held(folder / KEEPER) as held, contextlib.suppress(Ending):
        if not held:
            return
        signal.signal(signal.SIGTERM, _end)
        adopt_orphans()
        _forget(folder)
        room = Room(Path(tempfile.mkdtemp(prefix="pb-")), folder / SCRATCH, folder / LOG)
        room.scratch.mkdir(mode=0o700)
        process = _started(engine, room, size)
        try:
            state = {"keeper": os.getpid(), "work": str(room.work)}
            _publish(folder / STATE, state | {"address": ""})
            _publish(folder / STATE, state | {"address": _address(engine, room, process)})
            _wait_until_idle(folder / USERS, process, idle)
        except TimeoutError as error:
            _publish(folder / FAILURE, str(error))
        finally:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            _end_process(process)
            _forget(folder)


def state_of(folder: Path) -> tuple[str, Path]:
    """Address and work folder of the engine that is kept in a folder; no address: it is not ready."""
    try:
        found = json.loads((folder / STATE).read_text(encoding="utf-8"))
        return found["address"], Path(found["work"])
    except (FileNotFoundError, ValueError):
        return "", Path()


def address_of(folder: Path) -> str:
    """Address of the engine that is kept in a folder; empty: it is not ready, or what is said is of a dead keeper."""
    try:
        found = json.loads((folder / STATE).read_text(encoding="utf-8"))
        keeper, address = int(found["keeper"]), str(found["address"])
    except (FileNotFoundError, ValueError, KeyError):
        return ""
    return address if runs(keeper) else ""


def _forget(folder: Path) -> None:
    """Remove what an engine has left, also one whose keeper was killed."""
    _, work = state_of(folder)
    (folder / STATE).unlink(missing_ok=True)
    if work.name.startswith("pb-"):
        shutil.rmtree(work, ignore_errors=True)
    shutil.rmtree(folder / SCRATCH, ignore_errors=True)


def _started(engine: HeavyEngine, room: Room, size: Size) -> subprocess.Popen[bytes]:
    """In a process group of its own; it gets SIGTERM when this process ends, whatever ends it."""
    libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

    def tie() -> None:
        if libc is not None:
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)

    launch = engine.launch(room, size)
    environment = scrubbed(os.environ) | dict(launch.environment)
    with room.log.open("wb") as log:
        return subprocess.Popen(
            launch.command,
            env=environment,
            cwd=room.work,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=tie,
        )


def _address(engine: HeavyEngine, room: Room, process: subprocess.Popen[bytes]) -> str:
    """Raises TimeoutError: the engine has ended, or takes too long."""
    until = time.monotonic() + START_TIMEOUT
    while time.monotonic() < until:
        if process.poll() is not None:
            raise TimeoutError(f"it ended with status {process.returncode} while it was started")
        address = engine.address(room)
        if address is not None:
            return address
        time.sleep(LOOK)
    raise TimeoutError(f"it was not ready after {START_TIMEOUT:g} s")


def _wait_until_idle(users: Path, process: subprocess.Popen[bytes], idle: float) -> None:
    """Returns with the users' lock held, so that nobody comes while the engine ends."""
    lock = os.open(users, os.O_RDWR | os.O_CREAT, 0o600)
    unused_since = time.monotonic()
    while process.poll() is None:
        if _locked(lock):
            if time.monotonic() - unused_since >= idle:
                return
            fcntl.flock(lock, fcntl.LOCK_UN)
        else:
            unused_since = time.monotonic()
        time.sleep(LOOK)


def _end_process(process: subprocess.Popen[bytes]) -> None:
    """End the engine and everything that it has started."""
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(END_TIMEOUT)
    signal_group(process.pid, signal.SIGKILL)
    process.wait()
    kill_children(keep=set())


def _publish(file: Path, value: object) -> None:
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(value), encoding="utf-8")
    draft.replace(file)


@contextlib.contextmanager
def _held(file: Path) -> Iterator[bool]:
    """Whether this process holds the lock file; one that is ending gets the time for it."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    until = time.monotonic() + END_TIMEOUT
    while not (held := _locked(descriptor)) and not state_of(file.parent)[0] and time.monotonic() < until:
        time.sleep(LOOK)
    if held:
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())
        (file.parent / FAILURE).unlink(missing_ok=True)
    yield held


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except BlockingIOError:
        return False


def _end(number: int, frame: FrameType | None) -> None:
    raise Ending


def main() -> None:
    """The command line."""
    name, folder, idle, size = sys.argv[1:]
    keep(engine_named(name), Path(folder), float(idle), Size(**json.loads(size)))


if __name__ == "__main__":
    main()
