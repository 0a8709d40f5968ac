"""The side of the table reader that the services hold."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
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


class TableReaderError(ServerError):
    """A table cannot be read: its file is broken, or looking at it takes too long or too much memory."""

    code = "table_unreadable"


class TableQuestionError(ServerError):
    """The question does not fit the table; the message names the column and what is allowed."""

    code = "table_question_invalid"


class TableReader:
    """Pages, statistics, histograms and exports of tables on disk.

    A table is a list of files, `format` that of all of them: ``ipc`` (Arrow, memory-mapped) or ``parquet``. How values
    are written as JSON: `patchbay_runners.tables.cells`. Two processes, started at the first question and ended when
    idle: exports, which take long, do not keep anybody waiting. Safe to share between threads.

    Every method raises:
        TableQuestionError: there is no such column, or it cannot be used like this.
        TableReaderError: the table cannot be read, or not in `seconds`.
    """

    def __init__(self, seconds: float = 30.0, export_seconds: float = 600.0) -> None:
        self._seconds = seconds
        self._export_seconds = export_seconds
        self._reader = _process()
        self._exporter = _process()

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
    ) -> dict[str, Any]:
        """Rows from number `offset` on, of those that hold `search` and meet every condition in `where`.

        `where`: ``{"column", "operator", "value"}``, operators in `patchbay_runners.tables.rows`. The answer:
        `patchbay_runners.tables.page`.
        """
        selection = {"sort": sort, "descending": descending, "search": search, "where": [dict(each) for each in where]}
        asked = {"offset": offset, "limit": limit, "columns": None if columns is None else list(columns), **selection}
        found: dict[str, Any] = self._ask(self._reader, self._seconds, "page", paths, format, **asked)
        return found

    def statistics(self, paths: Sequence[Path], *, format: Format = "ipc") -> list[dict[str, Any]]:
        """One object per column: `patchbay_runners.tables.statistics`."""
        found: list[dict[str, Any]] = self._ask(self._reader, self._seconds, "statistics", paths, format)
        return found

    def histogram(
        self, paths: Sequence[Path], column: str, bins: int = 20, by: str | None = None, *, format: Format = "ipc"
    ) -> dict[str, Any]:
        """Counts of a column's values, as a whole or per value of `by`: `patchbay_runners.tables.histogram`."""
        asked = {"column": column, "bins": bins, "by": by}
        found: dict[str, Any] = self._ask(self._reader, self._seconds, "histogram", paths, format, **asked)
        return found

    def export(
        self, paths: Sequence[Path], target: Path, to: Literal["csv", "parquet"], *, format: Format = "ipc"
    ) -> None:
        """Write the whole table to the file `target`."""
        self._ask(self._exporter, self._export_seconds, "export", paths, format, target=str(target), to=to)

    def close(self) -> None:
        """End the processes."""
        self._reader.close()
        self._exporter.close()

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


def _process() -> GuardedProcess:
    command = (sys.executable, "-P", "-m", "patchbay_runners.table_reader")
    return GuardedProcess(command, plugin_environment(), limits={"DATA": MEMORY}, largest=LARGEST_ANSWER)
