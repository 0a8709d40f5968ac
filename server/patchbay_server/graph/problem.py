"""One thing that is wrong with a flow, named so that a person can fix it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Literal, TypeVar

from patchbay_server.errors import GraphError

Level = Literal["error", "warning"]

MOST_ERRORS = 100
"""Errors of one flow that are told at once; whoever has more begins with these."""
LONGEST_VALUE = 300
"""Characters of a value within a message."""
MOST_ALLOWED = 200
"""Allowed values that a problem lists."""
ALIKE_AMONG = 1000
"""Known names among which a similar one is looked for: it takes 10 us for each."""

SomeGraphError = TypeVar("SomeGraphError", bound=GraphError)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, where, with which value, and what would be allowed there."""

    code: str
    """Stable name for programs: ``unknown_port``, ``cycle``, ``leak``, ..."""
    message: str
    """English, complete by itself but for the node's name."""
    node: str | None = None
    """Path of the node (``outer/inner`` inside of bodies); None: the flow itself."""
    field: str | None = None
    """``params.columns``, ``settings.engine``, ``inputs.table``, ..."""
    value: Any = None
    allowed: Any = None
    level: Level = "error"
    texts: Mapping[str, str] | None = None
    """What is wrong, by language, where code, value and what is allowed do not say it."""

    def text(self) -> str:
        """``Node 'fill': columns is 5; it must be of type array.``"""
        return self.message if self.node is None else f"Node {self.node!r}: {self.message}"

    def to_json(self) -> dict[str, Any]:
        """All fields as plain JSON; of many allowed values the first."""
        json = {name: getattr(self, name) for name in self.__slots__}
        if isinstance(self.allowed, list | tuple):
            json["allowed"] = list(self.allowed[:MOST_ALLOWED])
        return json


def error_of(kind: type[SomeGraphError], problems: Sequence[Problem]) -> SomeGraphError:
    """One error that says every problem: a line each in the message, plain JSON in ``details["problems"]``."""
    message = "\n".join(problem.text() for problem in problems)
    return kind(message, problems=[problem.to_json() for problem in problems])


def shown(value: Any) -> str:
    """A value within a message: as Python writes it, without the middle of what is long."""
    text = repr(value)
    half = LONGEST_VALUE // 2
    return text if len(text) <= LONGEST_VALUE else f"{text[:half]} ... {text[-half:]}"


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`` Did you mean 'x'?`` or nothing: the end of a message about an unknown name."""
    names = list(known)
    close = get_close_matches(name, names, n=3) if len(names) <= ALIKE_AMONG else ()
    return f" Did you mean {' or '.join(repr(match) for match in close)}?" if close else ""
