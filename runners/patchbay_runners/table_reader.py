"""The table reader's program: looks into tables that code of others has written, away from every other process.

Questions: ``{"do": "page" | "statistics" | "histogram" | "export", "paths": [...], "format": "ipc" | "parquet", ...}``
and the arguments of the function of that name in `tables`. Answers: ``{"found": ...}``, or ``{"refused": message}``
when the question does not fit the table.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from patchbay_runners.answering import serve
from patchbay_sdk.errors import DataError


def answer(question: dict[str, Any]) -> dict[str, Any]:
    """The answer to one question."""
    from patchbay_runners.tables.source import open_table

    try:
        return {"found": _found(question, open_table(question["paths"], question["format"]))}
    except DataError as error:
        return {"refused": error.message}


def _found(question: dict[str, Any], source: Any) -> Any:
    match question["do"]:
        case "page":
            from patchbay_runners.tables.page import page
            from patchbay_runners.tables.rows import Selection

            selection = Selection.from_json(question)
            asked = (question[name] for name in ("offset", "limit", "columns", "longest"))
            return page(source, selection, *asked)
        case "statistics":
            from patchbay_runners.tables.statistics import statistics

            return statistics(source)
        case "histogram":
            from patchbay_runners.tables.histogram import histogram

            return histogram(source, question["column"], question["bins"], question["by"])
        case "export":
            from patchbay_runners.tables.export import export

            return export(source, Path(question["target"]), question["to"])


if __name__ == "__main__":
    serve(int(sys.argv[-1]), answer)
