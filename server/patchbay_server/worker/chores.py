"""What is to be done every now and then beside the reconciler's rounds, in a thread of its own."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType

logger = logging.getLogger(__name__)

PAUSE = 0.5
"""Seconds between two looks at what is due."""


@dataclass(frozen=True, slots=True)
class Chore:
    """`act` is called every so many seconds, and must be safe to repeat and to run in several processes at once."""

    name: str
    every: float
    act: Callable[[], object]


class Chores:
    """Does chores while the context is open. One that fails is logged and tried again when it is due next."""

    def __init__(self, chores: Sequence[Chore]) -> None:
        self._due = {chore: time.monotonic() for chore in chores}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._work, name="chores", daemon=True)

    def __enter__(self) -> Chores:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Waits for the chore that is being done."""
        self._ended.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._ended.wait(PAUSE):
            for chore, due in self._due.items():
                if due <= time.monotonic() and not self._ended.is_set():
                    self._do(chore)
                    self._due[chore] = time.monotonic() + chore.every

    def _do(self, chore: Chore) -> None:
        try:
            chore.act()
        except Exception:
            logger.exception("chore %s", chore.name)
