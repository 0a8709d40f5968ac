"""Calls pip, with this machine's configuration and nothing of the platform's secrets."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Sequence

from patchbay_server.config import pip_environment
from patchbay_server.services.publishing.errors import EnvironmentFailed

OPTIONS = ("--disable-pip-version-check", "--no-input", "--only-binary", ":all:")
"""Wheels only: nothing of a package's is executed while it is resolved or installed."""
MOST_REASON = 2000
"""Characters of pip's words that are passed on."""
_UNREACHABLE = re.compile(
    r"NewConnectionError|NameResolutionError|ConnectTimeoutError|ReadTimeoutError|ProxyError|Max retries exceeded"
)


def pip(arguments: Sequence[str], *, action: str, timeout: float) -> None:
    """Run pip; `action` says what for.

    Raises:
        EnvironmentFailed: it failed or took longer than `timeout` seconds; the message holds its reason.
    """
    command = (sys.executable, "-m", "pip", *arguments)
    try:
        done = subprocess.run(
            command,
            env=pip_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise EnvironmentFailed(f"Cannot {action}: pip took longer than {timeout:g} s.") from None
    if done.returncode != 0:
        raise EnvironmentFailed(f"Cannot {action}: {reason(done.stdout)}")


def reason(output: str) -> str:
    """What pip's output says about its failure, without warnings, hints and progress."""
    if "No space left on device" in output:
        return "the disk is full: free space on it, or move the folder of operators (PATCHBAY_OPERATORS)."
    lines = output.splitlines()
    if "No module named pip" in output:
        return "the platform's Python has no pip: install it there (python -m ensurepip)."
    errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
    errors = [line for line in errors if not line.startswith("ResolutionImpossible")]
    if _UNREACHABLE.search(output):
        errors.insert(0, "the package index cannot be reached")
    if "The conflict is caused by:" in lines:
        begin = lines.index("The conflict is caused by:") + 1
        errors += [line.strip() for line in lines[begin : begin + 20] if line.startswith("    ")]
    return "; ".join(error.rstrip(". ") for error in errors or lines[-3:])[:MOST_REASON] + "."
