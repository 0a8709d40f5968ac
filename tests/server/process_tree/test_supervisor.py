"""The supervisor with real programs: restart, order of ending, nothing left behind, also after SIGKILL."""

import os
import signal
import subprocess
import sys

import pytest

from tests.processes import command_line, descendants, leaving_nothing_behind, wait_for

SCRIPT = """
import sys
from pathlib import Path
from patchbay_server.process_tree.supervisor import Program, Supervisor

folder = Path(sys.argv[1])
deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)"
stubborn = deaf + "; print('deaf', flush=True); time.sleep(600)"
programs = [
    Program("first", ("sleep", "600"), {}, folder / "first.log", ends_last=True),
    Program("second", ("sleep", "601"), {}, folder / "second.log"),
    Program("parent", ("sh", "-c", "sleep 602 & wait"), {"PATH": "/usr/bin:/bin"}, folder / "parent.log"),
    Program("stubborn", (sys.executable, "-c", stubborn), {}, folder / "stubborn.log"),
]
supervisor = Supervisor(programs, grace=0.5, report=lambda line: print(line, flush=True))
supervisor.start("first")
supervisor.run(lambda: print("started", flush=True))
"""


@pytest.fixture
def tree(tmp_path):
    with leaving_nothing_behind():
        process = subprocess.Popen((sys.executable, "-c", SCRIPT, str(tmp_path)), stdout=subprocess.PIPE, text=True)
        assert process.stdout.readline() == "started\n"
        wait_for(lambda: (tmp_path / "stubborn.log").read_text() == "deaf\n", what="the deaf program to be deaf")
        yield process
        process.terminate()
        process.communicate()


def find(tree, text):
    found = [pid for pid in descendants(tree.pid) if text in command_line(pid)]
    return found[0] if found else None


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_all(tree, signum):
    tree.send_signal(signum)
    output, _ = tree.communicate(timeout=60)
    assert tree.returncode == 0
    assert output == ""


def test_what_dies_is_started_again(tree):
    killed = find(tree, "sleep 601")
    os.kill(killed, signal.SIGKILL)
    assert tree.stdout.readline().startswith("second was killed by SIGKILL; starting it again.")
    wait_for(lambda: find(tree, "sleep 601") not in (None, killed), what="a new process")
    assert find(tree, "sleep 600")


def test_what_a_dead_program_left_behind_is_swept(tree):
    shell = find(tree, "sh -c")
    orphan = next(iter(descendants(shell)))
    os.kill(shell, signal.SIGKILL)
    assert tree.stdout.readline().startswith("parent was killed")
    wait_for(lambda: not command_line(orphan), what="the orphan to end")


def test_the_ties_end_even_programs_of_a_killed_supervisor(tree):
    tied = find(tree, "sleep 601")
    deaf = find(tree, "deaf")
    tree.kill()
    wait_for(lambda: not command_line(tied), what="the tied program to end")
    os.kill(deaf, signal.SIGKILL)  # tied by SIGTERM only, and deaf to it
    os.kill(find_orphan("sleep 602"), signal.SIGKILL)  # a program ties its own children


def find_orphan(text):
    return next(pid for pid in descendants(os.getpid()) if text in command_line(pid))
