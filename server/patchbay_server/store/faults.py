"""What plugins have done to their processes, counted; one that has done it too often is not asked any more."""

from __future__ import annotations

from patchbay_server.store.database import Database, Transaction
from patchbay_server.store.statement import Statement

MOST = 3
"""Faults after which an operator is disabled."""

_DISABLED = Statement(
    "SELECT faults, last_error FROM operator_fault WHERE operator = :operator AND disabled_at IS NOT NULL"
)
_ALL_DISABLED = Statement(
    "SELECT operator, faults, last_error FROM operator_fault WHERE disabled_at IS NOT NULL ORDER BY operator"
)
_RECORD = Statement("""
    INSERT INTO operator_fault (operator, faults, last_error, last_at) VALUES (:operator, 1, :error, $now)
    ON CONFLICT (operator) DO UPDATE SET
        faults = operator_fault.faults + 1,
        last_error = excluded.last_error,
        last_at = excluded.last_at,
        disabled_at = CASE WHEN operator_fault.faults + 1 < :most THEN NULL
            ELSE COALESCE(operator_fault.disabled_at, excluded.last_at) END
""")


class Faults:
    """The faults in a database. A plugin is ``id@version`` or ``plugin:<name>``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def why_disabled(self, plugin: str) -> str | None:
        """Why it is not to be asked, and what to do; None: it may be asked."""
        with self._database.read() as transaction:
            found = transaction.one(_DISABLED, {"operator": plugin})
        return _reason(plugin, *found) if found else None

    def record(self, plugin: str, error: str) -> None:
        """Count one more. `error` continues the plugin's name."""

        def write(transaction: Transaction) -> None:
            transaction.run(_RECORD, {"operator": plugin, "error": error, "most": MOST})

        self._database.transact(write)


def disabled(transaction: Transaction) -> dict[str, str]:
    """Why, for every plugin that is not to be asked."""
    found = transaction.all(_ALL_DISABLED, {})
    return {plugin: _reason(plugin, faults, error) for plugin, faults, error in found}


def _reason(plugin: str, faults: int, error: str) -> str:
    return (
        f"{plugin} was switched off after {faults} faults; the last time it {error.rstrip('.')}. "
        "An engineer can look at it and switch it on again, under Operators or with "
        f"POST /api/v1/operator-faults/{plugin}/enable."
    )
