"""What a confined process may use up."""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path

from patchbay_runners.sandbox.rules import CPUS, Rules

RESERVED = (3 << 30) + CPUS * (192 << 20)
"""Address space that numpy, polars, pyarrow and scikit-learn reserve together and do not use (2.8 GiB on 2 cores)."""


def limit(rules: Rules, *, own_user: bool) -> None:
    """Set the kernel's limits, never above those that hold already. Raises OSError, ValueError."""
    processes = rules.processes + (0 if own_user else _running())
    _set(resource.RLIMIT_CORE, 0)
    _set(resource.RLIMIT_CPU, rules.cpu_seconds)
    _set(resource.RLIMIT_AS, rules.memory + RESERVED)
    _set(resource.RLIMIT_FSIZE, rules.file_size)
    _set(resource.RLIMIT_NOFILE, rules.open_files)
    _set(resource.RLIMIT_NPROC, processes)


def _set(which: int, value: int) -> None:
    hard = resource.getrlimit(which)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    try:
        resource.setrlimit(which, (value, value))
    except (OSError, ValueError):
        if sys.platform == "linux":  # elsewhere some limits can only be read
            raise


def _running() -> int:
    """Threads that this user has running: the kernel counts them all against one limit."""
    mine, threads = os.getuid(), 0
    for folder in Path("/proc").glob("[0-9]*/task"):
        try:
            if folder.stat().st_uid == mine:
                threads += sum(1 for _ in folder.iterdir())
        except OSError:
            continue  # it has just ended
    return threads
