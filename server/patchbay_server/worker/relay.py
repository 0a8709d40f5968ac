"""Carries a task's progress, metrics and messages into the run's events, not more often than they are worth."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from patchbay_runners.protocol import TaskEvent
from patchbay_server.engine import Claim, Engine
from patchbay_server.store.database import DatabaseError

MOST_MESSAGES = 200
"""Log events kept per attempt; the attempt's log file has all of them."""
MOST_WARNINGS, MOST_LANGUAGES, LONGEST = 10, 10, 500
"""Warnings of an attempt that its node shows, languages of each, and letters."""


class Relay:
    """Events of one attempt: of several progress reports within an interval, only the last is kept.

    `warnings`: what the attempt has warned of, each once: {"message", "texts": by language}.
    """

    def __init__(self, engine: Engine, claim: Claim) -> None:
        self._engine = engine
        self._claim = claim
        self._interval = 1 / engine.settings.progress_per_second
        self._progress: dict[str, Any] | None = None
        self._others: list[tuple[str, dict[str, Any]]] = []
        self._messages = 0
        self.warnings: list[dict[str, Any]] = []
        self._due = 0.0

    def add(self, event: TaskEvent) -> None:
        """Take an event that is not the last one of its attempt."""
        if event.kind == "progress":
            self._progress = event.data
        elif event.kind == "metric":
            self._others.append((event.kind, event.data))
        elif event.kind == "log":
            if event.data.get("level") == "warning":
                self._warn(event.data)
            self._messages += 1
            if self._messages <= MOST_MESSAGES:
                self._others.append((event.kind, event.data))
            elif self._messages == MOST_MESSAGES + 1:
                note = {"level": "info", "message": "further messages are in the attempt's log"}
                self._others.append(("log", note))

    def _warn(self, data: Mapping[str, Any]) -> None:
        """Keep a warning. A task process may send anything."""
        texts = data.get("texts")
        languages = list(texts.items())[:MOST_LANGUAGES] if isinstance(texts, dict) else []
        by_language = {str(tag)[:LONGEST]: str(text)[:LONGEST] for tag, text in languages}
        warning = {"message": str(data.get("message", ""))[:LONGEST], "texts": by_language}
        if warning not in self.warnings and len(self.warnings) < MOST_WARNINGS:
            self.warnings.append(warning)

    @property
    def due(self) -> float | None:
        """When `flush` has something to do, on the monotonic clock; None: nothing is kept back."""
        return self._due if self._progress is not None or self._others else None

    def flush(self, *, last: bool = False) -> None:
        """Write what is due. A database that is away is the lease's concern: what it missed is written later."""
        now = time.monotonic()
        if self.due is None or (now < self._due and not last):
            return
        progress = [] if self._progress is None else [("progress", self._progress)]
        try:
            self._engine.report(self._claim, [*self._others, *progress])
        except DatabaseError:
            self._due = now + self._interval
            return
        self._progress, self._others, self._due = None, [], now + self._interval
