"""Pages of a list, by a cursor that does not skip or repeat when rows come and go."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

from patchbay_server.errors import ServerError
from patchbay_server.store.database import Transaction

T = TypeVar("T")
U = TypeVar("U")


class CursorError(ServerError):
    """The cursor is not one that this list gave."""

    code = "cursor_invalid"


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items of a list. `next`: the cursor of those that follow; None: there are none."""

    items: list[T]
    next: str | None

    def map(self, make: Callable[[T], U]) -> Page[U]:
        """The same page of other things."""
        return Page([make(item) for item in self.items], self.next)


def page(
    transaction: Transaction,
    statement: sa.Select[Any],
    key: sa.Column[Any],
    *,
    cursor: str | None,
    limit: int,
    descending: bool = False,
) -> Page[sa.RowMapping]:
    """A page of a statement, in the order of `key`: a selected column, unique among its rows.

    Raises:
        CursorError: the cursor is not one that this list gave.
    """
    if cursor is not None:
        after = _decode(cursor, key)
        statement = statement.where(key < after if descending else key > after)
    statement = statement.order_by(key.desc() if descending else key).limit(limit + 1)
    rows = list(transaction.core.execute(statement).mappings())
    more = len(rows) > limit
    return Page(rows[:limit], _encode(rows[limit - 1][key.name]) if more else None)


def _encode(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _decode(cursor: str, key: sa.Column[Any]) -> Any:
    try:
        value = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError:
        value = None
    if isinstance(key.type, sa.Integer):
        fits = type(value) is int and abs(value) < 1 << 63
    else:
        fits = isinstance(value, str) and "\0" not in value
    if not fits:
        raise CursorError("The cursor is not one that this list gave: begin without one.")
    return value
