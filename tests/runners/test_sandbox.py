"""The sandbox: what hostile code tries, from inside."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from patchbay_runners.sandbox import Rules, SandboxError, interpreter_folders, landlock, run_confined
from tests.runners.desk import eventually, is_alive
from tests.runners.sandboxed import Sandbox

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's")
REFUSED = {"PermissionError", "FileNotFoundError", "ConnectionRefusedError"}
CONNECT = "lambda port: socket.create_connection(('127.0.0.1', int(port)))"
NEEDS_LANDLOCK = pytest.mark.skipif(landlock.version() < 6, reason="this kernel's Landlock is too old, or not there")


@pytest.fixture(params=["root", "user"])
def sandbox(request: pytest.FixtureRequest, tmp_path: Path) -> Sandbox:
    """Started by a platform that runs as root, and by one that runs as an ordinary user."""
    if request.param == "root" and os.geteuid() != 0:
        pytest.skip("only root can start it as root")
    folder = tmp_path / "temp"
    folder.mkdir()
    return Sandbox(folder, as_root=request.param == "root")


def test_every_wall_stands(sandbox: Sandbox) -> None:
    if landlock.version() < 6:
        pytest.skip("this kernel's Landlock is too old, or not there")
    protections = sandbox.run("").protections
    assert protections.missing == ([] if sandbox.as_root else ["user"])
    assert protections.network == ("namespace" if sandbox.as_root else "system calls")


def test_a_user_of_its_own(sandbox: Sandbox) -> None:
    [user, groups] = sandbox.run("import os; print(os.getuid()); print(os.getgroups())").said
    assert groups == []
    if sandbox.as_root:
        assert user not in (0, os.getuid())


@NEEDS_LANDLOCK
def test_files_of_others_cannot_be_read(sandbox: Sandbox, tmp_path: Path) -> None:
    private = tmp_path / "private"
    private.write_text("secret")
    private.chmod(0o644)  # even where its permissions would let others
    assert set(sandbox.tries("open", "/etc/shadow", private, Path.home() / ".bashrc")) <= REFUSED
    assert set(sandbox.tries("os.listdir", tmp_path, Path.home())) <= REFUSED


@NEEDS_LANDLOCK
def test_nothing_is_written_but_in_its_folder(sandbox: Sandbox, tmp_path: Path) -> None:
    outside = [tmp_path / "x", "/tmp/patchbay-x", "/usr/x", Path(sys.prefix) / "x", "/proc/self/oom_score_adj"]
    assert set(sandbox.tries("lambda path: open(path, 'w')", *outside)) <= REFUSED
    assert sandbox.tries("lambda path: open(path, 'w')", "x", "/dev/null") == ["done", "done"]
    assert sandbox.tries("lambda path: os.symlink('/etc', path) or open(f'{path}/x', 'w')", "link") == [
        "PermissionError"
    ]


@pytest.fixture
def servers() -> Iterator[list[str]]:
    """Addresses on which this machine answers: TCP, an abstract Unix socket, and none."""
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX) as unix:
        name = f"\0patchbay-{os.getpid()}"
        unix.bind(name)
        unix.listen()
        yield [str(tcp.getsockname()[1]), name]


def test_no_server_can_be_reached(sandbox: Sandbox, servers: list[str]) -> None:
    port, name = servers
    assert set(sandbox.tries(CONNECT, port)) <= REFUSED
    assert set(sandbox.tries("lambda name: socket.socket(socket.AF_UNIX).connect(name)", name)) <= REFUSED
    udp = "lambda port: socket.socket(type=socket.SOCK_DGRAM).connect(('127.0.0.1', int(port)))"
    assert set(sandbox.tries(udp, port)) <= REFUSED


def test_a_network_that_is_allowed(sandbox: Sandbox, servers: list[str]) -> None:
    assert sandbox.tries(CONNECT, servers[0], network=True) == ["done"]


def test_the_platform_can_neither_be_signalled_nor_traced(sandbox: Sandbox) -> None:
    assert set(sandbox.tries("lambda pid: os.kill(int(pid), 0)", os.getpid(), 1)) == {"PermissionError"}
    code = "import os, ctypes\ntry: os.kill(os.getppid(), 9)\nexcept PermissionError: print(True)\n"
    ended = sandbox.run(code + "print(ctypes.CDLL(None).ptrace(16, os.getppid(), 0, 0))")
    assert (ended.failure, ended.said) == ("", [True, -1])


def test_the_platforms_environment_is_out_of_reach(sandbox: Sandbox) -> None:
    code = "import os\nprint('SECRET' in os.environ)\nfor pid in (os.getppid(), 1):\n"
    code += " try: print(open(f'/proc/{pid}/environ').read())\n except OSError: print(None)"
    assert sandbox.run(code).said == [False, None, None]


@pytest.mark.parametrize("call", [(101, "ptrace"), (272, "unshare"), (165, "mount"), (425, "io_uring")], ids=str)
def test_system_calls_of_attacks_are_refused(sandbox: Sandbox, call: tuple[int, str]) -> None:
    if os.uname().machine != "x86_64":
        pytest.skip("the numbers are of x86-64")
    code = f"import ctypes; libc = ctypes.CDLL(None, use_errno=True); libc.syscall({call[0]}, 0x10000000, 0, 0, 0, 0)"
    assert sandbox.run(code + "; print(ctypes.get_errno())").said == [1]


def test_forks_without_end(sandbox: Sandbox) -> None:
    code = "import os\nwhile True:\n try: os.fork()\n except OSError: pass"
    ended = sandbox.run(code, seconds=2)
    assert "was ended" in ended.failure


def test_allocates_without_end(sandbox: Sandbox) -> None:
    ended = sandbox.run("x = []\nwhile True: x.append(bytearray(1 << 20))", memory=256 << 20)
    assert ended.failure == "was ended: it used more than 256 MiB of memory"
    assert ended.peak_memory > 256 << 20


def test_allocates_in_many_processes(sandbox: Sandbox) -> None:
    code = "import os, time\nfor _ in range(8):\n if os.fork() == 0: x = os.urandom(64 << 20); break\ntime.sleep(60)"
    assert sandbox.run(code, memory=256 << 20).failure == "was ended: it used more than 256 MiB of memory"


def test_one_allocation_that_is_too_large(sandbox: Sandbox) -> None:
    ended = sandbox.run("try: bytearray(1 << 40)\nexcept MemoryError: print(True)")
    assert ended.said == [True]


def test_a_file_that_is_too_large(sandbox: Sandbox) -> None:
    write = "lambda path: open(path, 'wb').write(bytes(2 << 20))"
    assert sandbox.tries(write, "x", file_size=1 << 20) == ["OSError"]


def test_fills_the_disk_with_many_files(sandbox: Sandbox) -> None:
    code = "import itertools\nfor n in itertools.count(): open(str(n), 'wb').write(bytes(1 << 20)) if n < 200 else None"
    assert sandbox.run(code, disk=16 << 20).failure == "was ended: it wrote more than 16 MiB to the disk"


def test_uses_the_processor_without_end(sandbox: Sandbox) -> None:
    assert "SIGKILL" in sandbox.run("while True: pass", cpu_seconds=1).failure


def test_hangs(sandbox: Sandbox) -> None:
    ended = sandbox.run("import signal, time\nsignal.signal(signal.SIGTERM, print)\ntime.sleep(1000)", seconds=1)
    assert ended.failure == "was ended: it took longer than 1 s"


DAEMON = """
import os, sys, time
if os.fork() == 0:
    try: os.setsid()
    except OSError: pass
    if os.fork() == 0:
        time.sleep(1000)
    os._exit(0)
open("started", "w").close()
"""


def test_leaves_a_daemon_behind(sandbox: Sandbox) -> None:
    mark = f"sandbox-daemon-{sandbox.folder}"
    assert sandbox.run(DAEMON.replace("1000", f"1000 or {mark!r}")).failure == ""
    assert running_with(mark) == []


def running_with(mark: str) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (folder / "cmdline").read_text() and (pid := int(folder.name)) != os.getpid() and is_alive(pid):
                found.append(pid)
        except OSError:
            continue
    return found


def test_nothing_outlives_a_platform_that_is_killed(sandbox: Sandbox) -> None:
    mark = f"sandbox-orphan-{sandbox.folder}"
    with sandbox.start(f"{DAEMON}\ntime.sleep(1000 or {mark!r})") as platform:
        assert eventually((sandbox.folder / "started").exists)
        assert running_with(mark)
        platform.send_signal(signal.SIGKILL)
    assert eventually(lambda: running_with(mark) == [])


def test_what_it_prints_is_cut(sandbox: Sandbox) -> None:
    ended = sandbox.run("print('x' * 1_000_000 + 'the end')")
    assert ended.output.endswith("the end\n")
    assert len(ended.output) <= 1 << 16


def test_a_result_beside_what_it_prints(sandbox: Sandbox) -> None:
    ended = sandbox.run("import os, sys\nprint('noise')\nos.write(int(sys.argv[1]), b'result')")
    assert (ended.output, ended.result) == ("noise\n", "result")


@pytest.mark.parametrize(("code", "failure"), [("exit(3)", "exited with code 3"), ("import os; os.abort()", "SIGABRT")])
def test_how_it_ended_is_told(sandbox: Sandbox, code: str, failure: str) -> None:
    assert failure in sandbox.run(code).failure


def test_the_libraries_of_operators_work_inside(sandbox: Sandbox) -> None:
    code = """
import numpy, polars, pyarrow, sklearn.ensemble
print(polars.DataFrame({"a": [1, 1, 2]}).group_by("a").len().height)
x = numpy.random.default_rng(0).random((200, 3))
forest = sklearn.ensemble.RandomForestClassifier(n_estimators=5, n_jobs=2)
print(len(forest.fit(x, x[:, 0] > 0.5).estimators_))
"""
    assert sandbox.run(code).said == [2, 5]


def test_a_program_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match="cannot be started"):
        run_confined(["/usr/bin/no-such-program"], Rules(writable=(tmp_path,)), cwd=tmp_path, seconds=60)


def test_a_process_with_threads_is_not_confined() -> None:
    code = "import threading\nfrom patchbay_runners.sandbox import Rules, confine\n"
    code += "threading.Thread(target=threading.Event().wait, daemon=True).start()\nconfine(Rules())"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert "Only a process with a single thread can be confined" in done.stderr


def test_another_interpreter_tells_its_folders_without_being_started() -> None:
    assert Path(sys.base_prefix) in interpreter_folders(Path(sys.executable))
