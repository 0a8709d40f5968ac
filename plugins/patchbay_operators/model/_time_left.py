"""What is left of the time that a search was given."""

from __future__ import annotations

from collections.abc import Callable

from patchbay_sdk import Context


class TimeLeft:
    """Lets a step begin only if it can end.

    Args:
        context: its log says what was left out, and it knows whether to finish now.
        clock: seconds that have passed.
        seconds: all of the time; None: there is no clock, as in a replay.
        reserved: seconds kept free for what has to be done at the end.
    """

    def __init__(
        self, context: Context, clock: Callable[[], float], seconds: float | None, reserved: float = 0.0
    ) -> None:
        self._context = context
        self._clock = clock
        self._seconds = seconds
        self.reserved = reserved

    def allows(self, seconds: float, what: str) -> bool:
        """Whether `what`, which takes about so many seconds, is to begin; the log says so if not."""
        if self._seconds is None:
            return True
        if self._context.finish_requested():
            return False
        if seconds <= self._left():
            return True
        self._context.log(f"For lack of time, this is left out: {what} (about {seconds:.0f} s).")
        return False

    def count(self, seconds: float, wanted: int) -> int:
        """How many of the `wanted` parts, each of about so many seconds, can end: at least one."""
        if self._seconds is None or seconds * wanted <= self._left():
            return wanted
        return max(1, min(wanted, int(self._left() / seconds)))

    def _left(self) -> float:
        return (self._seconds or 0.0) - self.reserved - self._clock()
