"""Drivers that are killed in the middle of tuning, and that are told to end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.processes import command_line, wait_for
from tests.ray_head import RayHead

pytestmark = [pytest.mark.heavy, pytest.mark.xdist_group("ray")]
TRIALS = 6


@contextmanager
def driver(head: RayHead, folder: Path, trials: int) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "tests.operators.on_ray.tune_driver", str(folder), str(trials)],
        env={**os.environ, **head.environment, "RAY_ADDRESS": head.address},
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def said(process: subprocess.Popen[str]) -> Iterator[dict[str, Any]]:
    """The JSON lines of a driver; Ray prints others between them."""
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("{"):
            yield json.loads(line)


def wait_for_trials(process: subprocess.Popen[str], count: int) -> None:
    """Read on until so many trials have ended."""
    for event in said(process):
        count -= event.get("name") == "trial_auc"
        if not count:
            return
    raise AssertionError("The driver has ended.")


def trial_processes(head: RayHead) -> list[int]:
    """Processes of the head's session that run a trial."""
    pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [pid for pid in pids if session(pid) == head.process.pid and "ray::ImplicitFunc" in command_line(pid)]


def session(pid: int) -> int | None:
    try:
        return os.getsid(pid)
    except ProcessLookupError:
        return None


def journal(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "trials.jsonl").read_text().splitlines()]


def test_a_killed_tuning_leaves_nothing_and_goes_on_where_it_was(head: RayHead, tmp_path: Path) -> None:
    with driver(head, tmp_path, TRIALS) as first:
        wait_for_trials(first, 3)
        assert trial_processes(head)
        first.kill()
    wait_for(lambda: not trial_processes(head), what="the trials' processes to end")
    before = {trial["number"]: trial["seconds"] for trial in journal(tmp_path)}
    assert len(before) >= 3
    with driver(head, tmp_path, TRIALS) as second:
        events = list(said(second))
        assert second.wait() == 0
    trials = events[-1]["rows"]
    assert [trial["trial"] for trial in trials] == list(range(1, TRIALS + 1))
    assert {trial["state"] for trial in trials} == {"complete"}
    assert {number: trials[number - 1]["seconds"] for number in before} == before
    ended = [event["step"] for event in events if event.get("name") == "trial_auc"]
    assert ended == list(range(len(before) + 1, TRIALS + 1))
    assert not trial_processes(head)


def test_a_cancelled_tuning_ends_with_its_processes(head: RayHead, tmp_path: Path) -> None:
    with driver(head, tmp_path, 100) as process:
        wait_for_trials(process, 1)
        process.terminate()
        assert [event["kind"] for event in said(process)][-1] == "cancelled"
        assert process.wait() == 0
    wait_for(lambda: not trial_processes(head), what="the trials' processes to end")
