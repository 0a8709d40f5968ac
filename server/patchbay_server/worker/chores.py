"""What is to be done every now and then beside the reconciler's rounds, each in a thread of its own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Chore:
    """`act` is called every so many seconds, and must be safe to repeat and to run in several processes at once.

    `first`: seconds until it is called for the first time.
    """

    name: str
    every: float
    act: Callable[[], object]
    first: float = 0.0


class Chores:
    """Does chores while the context is open. One that fails is logged and tried again when it is due next."""

    def __init__(self, chores: Sequence[Chore]) -> None:
        self._ended = threading.Event()
        self._threads = [
            threading.Thread(target=self._work, args=(chore,), name=chore.name, daemon=True) for chore in chores
        ]

    def __enter__(self) -> Chores:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Waits for the chores that are being done."""
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def _work(self, chore: Chore) -> None:
        pause = chore.first
        while not self._ended.wait(pause):
            self._do(chore)
            pause = chore.every

    def _do(self, chore: Chore) -> None:
        try:
            chore.act()
        except Exception:
            logger.exception("chore %s", chore.name)
