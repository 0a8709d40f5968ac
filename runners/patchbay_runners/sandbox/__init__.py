"""Runs code that nobody knows, confined: own user, no network, few files, limits, and nothing of it stays behind.

`confine` puts the walls around the current process, for a child that was just forked. `run_confined` starts a command
behind them, watches it from outside, and ends everything that it has started. Every wall is put up where the machine
allows it; `Protections` says which ones stand.
"""

from patchbay_runners.sandbox.confine import confine
from patchbay_runners.sandbox.rules import Protections, Rules, SandboxError, interpreter_folders
from patchbay_runners.sandbox.run import RESULT, Outcome, run_confined

__all__ = [
    "RESULT",
    "Outcome",
    "Protections",
    "Rules",
    "SandboxError",
    "confine",
    "interpreter_folders",
    "run_confined",
]
