"""What Spark says when it fails, told as errors of Patchbay."""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from patchbay_sdk.errors import DataError, OperatorError, PatchbayError

if TYPE_CHECKING:
    from pyspark.errors import PySparkException

VALUES = ("ARITHMETIC_OVERFLOW", "CAST_", "DIVIDE_BY_ZERO", "NUMERIC_", "USER_RAISED_EXCEPTION", "INVALID_REGEXP")
"""How the conditions begin that a value of the table is to blame for.

https://spark.apache.org/docs/latest/sql-error-conditions.html
"""

ADVICE = {
    r"OutOfMemoryError|heap space|CANNOT_ACQUIRE_MEMORY|UNABLE_TO_ACQUIRE_MEMORY": (
        "The Spark server has too little memory for this step: give it more (PATCHBAY_SPARK_MEMORY), or let fewer "
        "rows share a key."
    ),
    r"No space left|DISK": "The disk is full where Spark keeps what does not fit into its memory: make room.",
    r"UNAVAILABLE|RETRIES_EXCEEDED|Connection refused|SESSION_CLOSED|SESSION_NOT_FOUND|INVALID_HANDLE": (
        "The Spark server ended, or cannot be reached: see its log (docs/spark.md), and run the step again."
    ),
    r"PATH_NOT_FOUND|FILE_NOT_EXIST|FileNotFound": (
        "Spark does not see the files of this task: server and tasks need the same folders (docs/spark.md)."
    ),
    r"PythonException|Traceback": (
        "Code in the Python processes of Spark failed: they need polars and pyarrow (docs/spark.md)."
    ),
}
"""Words of Spark -> what to do."""

OTHERWISE = "Run this step on the engine local, or change it; the log holds all that Spark said."


@contextlib.contextmanager
def told() -> Iterator[None]:
    """Raise PatchbayErrors for those of Spark: DataError where values are to blame, else OperatorError.

    All that Spark said goes to stderr, so into the attempt's log.
    """
    from pyspark.errors import PySparkException

    try:
        yield
    except PySparkException as error:
        sys.stderr.write(f"{error}\n")
        raise as_told(error) from error


def as_told(error: PySparkException) -> PatchbayError:
    """The error for people: the first sentence of Spark, and what to do. `condition` in its details."""
    condition, text = error.getCondition() or "", str(error)
    first = _first_sentence(text)
    if condition.startswith(VALUES):
        message = f"A value cannot be computed: {first} Change the step, or repair the values before it."
        return DataError(message, condition=condition)
    whole = f"{condition} {type(error).__name__} {text}"
    advice = next((advice for words, advice in ADVICE.items() if re.search(words, whole)), OTHERWISE)
    return OperatorError(f"Spark: {first} {advice}", condition=condition)


def _first_sentence(text: str) -> str:
    """The first line that says something, without the condition, the class of Java and advice about settings of Spark.

    They are no help to who has only Patchbay's form.
    """
    line = next((line.strip() for line in text.splitlines() if line.strip(" ()")), "it failed without a word.")
    line = re.sub(r"^\((\S+)\)\s*", "", line)
    line = re.sub(r"^\[[A-Z0-9_.]+\]\s*", "", line)
    line = re.sub(r"\s*SQLSTATE: \w+;?$", "", line)
    line = re.sub(r"(If necessary|Use [`']try_)[^.]*(\.|$).*", "", line).strip()
    return line if line.endswith((".", "!", "?")) else line + "."
