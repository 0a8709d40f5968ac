"""A Ray head for tests, started and ended by hand."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

CPUS = 8
"""Logical ones: workers that wait for each other must all have one."""


@dataclass(frozen=True)
class Head:
    """A running head: where drivers connect to, and its process."""

    address: str
    pid: int

    def train_workers(self) -> list[psutil.Process]:
        """The processes of Ray Train's workers."""
        below = psutil.Process(self.pid).children(recursive=True)
        return [process for process in below if "RayTrainWorker" in _title(process)]


def _title(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


@contextmanager
def ray_head() -> Iterator[Head]:
    """A head of its own; everything it started has ended afterwards. Its workers have the priority of this process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="ray", ignore_cleanup_errors=True) as folder:
        command = [
            Path(sys.executable).with_name("ray"), "start", "--head", "--block", f"--port={port}",
            "--node-ip-address=127.0.0.1", f"--num-cpus={CPUS}", '--resources={"pool_train": 8}',
            "--include-dashboard=false", f"--temp-dir={folder}", "--object-store-memory=200000000",
            "--disable-usage-stats",
        ]  # fmt: skip
        environment = {
            **os.environ,
            "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",
            "RAY_memory_monitor_refresh_ms": "0",
            "RAY_worker_niceness": "0",
        }
        head = subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        try:
            _wait_for(port, head)
            yield Head(f"127.0.0.1:{port}", head.pid)
        finally:
            head.terminate()
            try:
                head.wait(5)
            except subprocess.TimeoutExpired:
                os.killpg(head.pid, signal.SIGKILL)
                head.wait()


def _wait_for(port: int, head: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert head.poll() is None, "the Ray head has ended"
        time.sleep(0.1)
    raise AssertionError("the Ray head does not listen")
