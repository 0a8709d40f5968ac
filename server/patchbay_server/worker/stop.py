"""A worker's wish to end, set by SIGTERM or SIGINT."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class StopRequested(Exception):
    """Raised by the signal handler within `Stop.interrupts`."""


class Stop:
    """Whether this process was asked to end. Call it to ask."""

    def __init__(self) -> None:
        self._requested = False
        self._interruptible = False

    def __call__(self) -> bool:
        return self._requested

    def request(self) -> None:
        """Ask to end, as a signal does, but interrupt nothing."""
        self._requested = True

    def install(self) -> None:
        """Listen to SIGTERM and SIGINT. Only in the main thread."""
        signal.signal(signal.SIGTERM, self._on_signal)
        signal.signal(signal.SIGINT, self._on_signal)

    @contextmanager
    def interrupts(self) -> Iterator[None]:
        """Within this block, which waits for something, the signal raises StopRequested."""
        self._interruptible = True
        try:
            if self._requested:
                raise StopRequested
            yield
        finally:
            self._interruptible = False

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._requested = True
        if self._interruptible:
            self._interruptible = False
            raise StopRequested
