"""Faults of operators: listed, and operators that were disabled for them enabled again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from patchbay_server.engine.errors import NotFound
from patchbay_server.graph.problem import Problem
from patchbay_server.services.people import audit
from patchbay_server.services.people.actor import Actor
from patchbay_server.services.platform import Platform
from patchbay_server.store.database import Transaction
from patchbay_server.store.faults import disabled
from patchbay_server.store.paging import Page, page
from patchbay_server.store.releases import operator_fault


@dataclass(frozen=True, slots=True)
class Fault:
    """What an operator (``id@version``) or a plugin (``plugin:<name>``) has done to its process.

    `faults`: since it was enabled. `last_error` continues its name. `disabled_at`: None while it may be asked.
    """

    operator: str
    faults: int
    last_error: str
    last_at: float
    disabled_at: float | None


def listed(platform: Platform, *, cursor: str | None = None, limit: int = 50) -> Page[Fault]:
    """All that ever had a fault, by name. Raises CursorError."""
    with platform.database.read() as transaction:
        found = page(transaction, sa.select(operator_fault), operator_fault.c.operator, cursor=cursor, limit=limit)
    return found.map(lambda row: Fault(**row))


def problems(transaction: Transaction, nodes: Iterable[tuple[str, str | None]]) -> list[Problem]:
    """A problem for each node (path and operator) whose operator was disabled."""
    reasons = disabled(transaction)
    return [
        Problem("operator_disabled", reasons[operator], path, "operator", operator)
        for path, operator in nodes
        if operator in reasons
    ]


def enable(platform: Platform, actor: Actor, operator: str) -> Fault:
    """Ask it again from now on, and count its faults anew.

    Raises:
        NotFound: it never had a fault.
    """

    def write(transaction: Transaction) -> Fault:
        this = operator_fault.c.operator == operator
        row = transaction.core.execute(sa.select(operator_fault).where(this)).mappings().first()
        if row is None:
            raise NotFound(f"There is no fault of {operator!r}.")
        changed = {"faults": 0, "disabled_at": None}
        transaction.core.execute(operator_fault.update().where(this).values(changed))
        before = {"faults": row["faults"], "disabled_at": row["disabled_at"], "last_error": row["last_error"]}
        audit.append(transaction, actor, "operator.enabled", f"operator:{operator}", before=before, after=changed)
        return Fault(**{**row, **changed})

    return platform.database.transact(write)
