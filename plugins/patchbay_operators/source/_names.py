"""Column names of a file made usable: none empty, none twice."""

from __future__ import annotations

from collections.abc import Sequence

from patchbay_operators.advice import Text


def unique_names(names: Sequence[str | None]) -> tuple[list[str], list[str]]:
    """The names in use, blanks trimmed, and a line about each that had to change.

    An empty name becomes ``column_<position>``; the second "a" becomes "a_2".
    """
    stripped = [(name or "").strip() for name in names]
    taken, result, changes = set(stripped), [], []
    seen: set[str] = set()
    for position, name in enumerate(stripped, start=1):
        unique, number = name or f"column_{position}", 1
        base = unique
        while unique in seen or (unique != name and unique in taken):
            number += 1
            unique = f"{base}_{number}"
        if not name:
            changes.append(f"column {position} has no name and is called {unique!r}")
        elif unique != name:
            changes.append(f"a further column {name!r} (position {position}) is called {unique!r}")
        seen.add(unique)
        result.append(unique)
    return result, changes


def changed(changes: Sequence[str]) -> Text:
    """The first of such lines, as a warning."""
    return Text(
        f"Column names were changed: {'; '.join(changes[:10])}.",
        f"有 {len(changes)} 个列名为空或重复，已加上编号。",
    )
