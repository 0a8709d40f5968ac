"""SQL that is compiled once and then handed to the driver as it is."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa

from patchbay_server.store import locks

_MACROS = {
    "sqlite": {
        "$now": "((julianday('now') - 2440587.5) * 86400.0)",
        "$skip_locked": "",
        "$for_update": "",
        "$hold_artifacts": "NULL",
    },
    "postgresql": {
        "$now": "CAST(extract(epoch FROM clock_timestamp()) AS double precision)",
        "$skip_locked": "FOR UPDATE SKIP LOCKED",
        "$for_update": "FOR UPDATE",
        "$hold_artifacts": f"pg_advisory_xact_lock_shared({locks.ARTIFACTS})",
    },
}
"""``$now``: the database's clock, so that all hosts agree when a lease ends. SQLite needs no row locks: every
write transaction holds the whole database. ``$hold_artifacts``: no artifact is collected until the transaction ends
(`engine.collection`)."""


class Statement:
    """One SQL statement with ``:name`` parameters and the macros that `_MACROS` names.

    The same text serves both databases. SQLAlchemy translates it once per dialect; a call then costs what the
    driver costs (psycopg prepares it on the server by itself).
    """

    __slots__ = ("_compiled", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._compiled: dict[str, str] = {}

    def sql(self, dialect: sa.Dialect) -> str:
        """The statement in the driver's own parameter style."""
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            text = self.text
            for macro, replacement in _MACROS[dialect.name].items():
                text = text.replace(macro, replacement)
            compiled = self._compiled[dialect.name] = str(sa.text(text).compile(dialect=dialect))
        return compiled

    def __repr__(self) -> str:
        return f"Statement({self.text!r})"


Row = tuple[Any, ...]

to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
"""Compact JSON text for a column. (One encoder: `json.dumps` with options makes a new one at each call.)"""
