"""The side of the table reader that the services hold."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from patchbay_runners.guarded import GuardedProcess, ProcessFault
from patchbay_server.config import plugin_environment
from patchbay_server.errors import ServerError

Format = Literal["ipc", "parquet"]

MEMORY = 4 << 30
"""Bytes of memory that the reader may take; files that it maps do not count."""

LARGEST_ANSWER = 64 << 20
"""Bytes."""

MOST_WAITING = 4
"""Questions that wait for an answer at once; each of them holds a thread of the web process."""

REMEMBERED = 100
"""Statistics and histograms that are kept: tables do not change."""


class TableReaderError(ServerError):
    """A table cannot be read: its file is broken, or looking at it takes too long or too much memory."""

    code = "table_unreadable"


class TableQuestionError(ServerError):
    """The question does not fit the table; the message names the column and what is allowed."""

    code = "table_question_invalid"


class TableReaderBusy(ServerError):
    """Too many want to look into tables at once; later it works."""

    code = "tables_busy"


class TableReader:
    """Pages, statistics, histograms and exports of tables on disk.

    A table is a list of files, `format` that of all of them: ``ipc`` (Arrow, memory-mapped) or ``parquet``. How values
    are written as JSON: `patchbay_runners.tables.cells`. Two processes, started at the first question and ended when
    idle: exports, which take long, do not keep anybody waiting. Safe to share between threads.

    Every method raises:
        TableQuestionError: there is no such column, or it cannot be used like this.
        TableReaderError: the table cannot be read, or not in `seconds`.
        TableReaderBusy: too many ask at once, or somebody else exports a table.
    """

    def __init__(self, seconds: float = 30.0, export_seconds: float = 600.0) -> None:
        self._seconds = seconds
        self._export_seconds = export_seconds
        self._reader = _process()
        self._exporter = _process()
        self._free = threading.BoundedSemaphore(MOST_WAITING)
        self._free_to_export = threading.BoundedSemaphore(1)
        self._lock = threading.Lock()
        self._remembered: dict[str, Any] = {}

    def page(
        self,
        paths: Sequence[Path],
        *,
        format: Format = "ipc",
        offset: int = 0,
        limit: int = 100,
        columns: Sequence[str] | None = None,
        sort: str | None = None,
        descending: bool = False,
        search: str = "",
        where: Sequence[Mapping[str, Any]] = (),
        longest: int = 256,
    ) -> dict[str, Any]:
        """Rows from number `offset` on, of those that hold `search` and meet every condition in `where`.

        `where`: ``{"column", "operator", "value"}``, operators in `patchbay_runners.tables.rows`. `longest`:
        characters of a value; what is longer is cut. The answer: `patchbay_runners.tables.page`.
        """
        selection = {"sort": sort, "descending": descending, "search": search, "where": [dict(each) for each in where]}
        asked = {"offset": offset, "limit": limit, "columns": None if columns is None else list(columns), **selection}
        asked["longest"] = longest
        with _one_of(self._free):
            found: dict[str, Any] = self._ask(self._reader, self._seconds, "page", paths, format, **asked)
        return found

    def statistics(self, paths: Sequence[Path], *, format: Format = "ipc") -> list[dict[str, Any]]:
        """One object per column: `patchbay_runners.tables.statistics`."""
        found: list[dict[str, Any]] = self._remember("statistics", paths, format)
        return found

    def histogram(
        self, paths: Sequence[Path], column: str, bins: int = 20, by: str | None = None, *, format: Format = "ipc"
    ) -> dict[str, Any]:
        """Counts of a column's values, as a whole or per value of `by`: `patchbay_runners.tables.histogram`."""
        found: dict[str, Any] = self._remember("histogram", paths, format, column=column, bins=bins, by=by)
        return found

    def export(
        self, paths: Sequence[Path], target: Path, to: Literal["csv", "parquet"], *, format: Format = "ipc"
    ) -> None:
        """Write the whole table to the file `target`."""
        with _one_of(self._free_to_export):
            self._ask(self._exporter, self._export_seconds, "export", paths, format, target=str(target), to=to)

    def close(self) -> None:
        """End the processes."""
        self._reader.close()
        self._exporter.close()

    def _remember(self, what: str, paths: Sequence[Path], format: Format, **asked: Any) -> Any:
        stamps = [(str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in paths if path.exists()]
        question = json.dumps([what, format, stamps, asked])
        with self._lock:
            if question in self._remembered:
                return self._remembered[question]
        with _one_of(self._free):
            found = self._ask(self._reader, self._seconds, what, paths, format, **asked)
        with self._lock:
            self._remembered[question] = found
            if len(self._remembered) > REMEMBERED:
                del self._remembered[next(iter(self._remembered))]
        return found

    def _ask(
        self, process: GuardedProcess, seconds: float, what: str, paths: Sequence[Path], format: Format, **asked: Any
    ) -> Any:
        question = {"do": what, "paths": [str(path) for path in paths], "format": format, **asked}
        try:
            answer = process.ask(question, seconds)
        except ProcessFault as fault:
            raise TableReaderError(f"The table cannot be read: its reader {fault.message}") from None
        if "refused" in answer:
            raise TableQuestionError(answer["refused"])
        if "error" in answer:
            raise TableReaderError(f"The table cannot be read: {answer['error']}.")
        return answer["found"]


@contextmanager
def _one_of(places: threading.BoundedSemaphore) -> Iterator[None]:
    """Take a place, or raise TableReaderBusy."""
    if not places.acquire(blocking=False):
        raise TableReaderBusy("Others are looking into tables, which takes a while: try again in a moment.")
    try:
        yield
    finally:
        places.release()


def _process() -> GuardedProcess:
    command = (sys.executable, "-P", "-m", "patchbay_runners.table_reader")
    return GuardedProcess(command, plugin_environment(), limits={"DATA": MEMORY}, largest=LARGEST_ANSWER)
