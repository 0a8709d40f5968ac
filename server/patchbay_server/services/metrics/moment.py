"""What a subject is asked about: the database at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from patchbay_server.services.metrics import queries
from patchbay_server.store.database import Transaction
from patchbay_server.store.statement import Row, Statement


@dataclass(frozen=True, slots=True)
class Moment:
    """`now`: seconds since 1970 by the database's clock. `projects`: id -> name. `pools`: their names."""

    transaction: Transaction
    now: float
    projects: Mapping[int, str]
    pools: tuple[str, ...]

    @classmethod
    def of(cls, transaction: Transaction) -> Moment:
        """The moment of this transaction."""
        row = transaction.one(queries.NOW, {})
        assert row is not None
        projects: dict[int, str] = dict(transaction.all(queries.PROJECTS, {}))
        pools = tuple(name for name, *_ in transaction.all(queries.POOLS, {}))
        return cls(transaction, row[0], projects, pools)

    def rows(self, statement: Statement, **parameters: Any) -> list[Row]:
        """All rows of a statement."""
        return self.transaction.all(statement, parameters)
