"""The processes of the plugin host: one per environment."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from patchbay_runners.guarded import GuardedProcess
from patchbay_sdk.spec import Home
from patchbay_server.config import plugin_environment

MOST_FOREIGN = 4
"""Processes of published operators that are kept; the ones used longest ago are ended."""

LIMITS = {"DATA": 2 << 30, "AS": 16 << 30}
"""Bytes of memory, and of address space: libraries reserve more than they use."""

LARGEST_ANSWER = 8 << 20
"""Bytes."""


class Processes:
    """Finds the process that holds the code of a home; it starts when it is asked something."""

    def __init__(self, readable: Sequence[Path], idle: float) -> None:
        self._readable = json.dumps([str(folder) for folder in readable])
        self._idle = idle
        self._lock = threading.Lock()
        self._processes: dict[Home | None, GuardedProcess] = {}

    def of(self, home: Home | None) -> GuardedProcess:
        """The process of a release's home, or (None) of what is installed."""
        with self._lock:
            if home not in self._processes:
                self._processes[home] = self._new(home)
            process = self._processes[home]
            running = [each for key, each in self._processes.items() if key is not None and each.running]
        if home is not None and not process.running:
            surplus = max(0, len(running) + 1 - MOST_FOREIGN)
            for unused in sorted(running, key=lambda each: each.used)[:surplus]:
                unused.end_if_idle()
        return process

    def close(self) -> None:
        """End them all."""
        with self._lock:
            processes = list(self._processes.values())
        for process in processes:
            process.close()

    def _new(self, home: Home | None) -> GuardedProcess:
        environment = plugin_environment()
        python = sys.executable
        if home is not None and home.python is not None:
            python = str(home.python)
            for name in ("PYTHONPATH", "VIRTUAL_ENV"):  # those of the platform's own Python
                environment.pop(name, None)
        raw = json.dumps(home.to_json() if home else None)
        command = (python, "-P", "-m", "patchbay_runners.plugin_program", raw, self._readable)
        return GuardedProcess(command, environment, limits=LIMITS, largest=LARGEST_ANSWER, idle=self._idle)
