"""Schemas of tables: column names and logical types, known before any row exists.

A logical type is what a form or a check needs to know; the exact storage type stays Arrow's affair.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

TYPES = ("int", "float", "bool", "string", "date", "datetime", "duration", "category", "list", "other")
"""Every logical column type."""

KINDS: Mapping[str, tuple[str, ...]] = {
    "number": ("int", "float"),
    "text": ("string", "category"),
    "time": ("date", "datetime"),
    "boolean": ("bool",),
    "other": ("duration", "list", "other"),
}
"""Kinds that a column picker asks for, and the logical types each one takes."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column's name and logical type (one of `TYPES`)."""

    name: str
    type: str

    @property
    def kind(self) -> str:
        """The kind (a key of `KINDS`) that this column's type belongs to."""
        return next(kind for kind, types in KINDS.items() if self.type in types)


@dataclass(frozen=True, slots=True)
class Schema:
    """Ordered columns; `open` says that further columns may exist which are not known yet."""

    columns: tuple[Column, ...]
    open: bool = False
    _by_name: dict[str, Column] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def of(cls, columns: Mapping[str, str] | Iterable[Column], *, open: bool = False) -> Schema:
        """A schema from ``{"name": "type"}`` or from columns."""
        if isinstance(columns, Mapping):
            columns = [Column(name, kind) for name, kind in columns.items()]
        return cls(tuple(columns), open)

    @property
    def names(self) -> list[str]:
        """Column names in order."""
        return [column.name for column in self.columns]

    def get(self, name: str) -> Column | None:
        """The column of that name, or None."""
        if not self._by_name:
            self._by_name.update({column.name: column for column in reversed(self.columns)})
        return self._by_name.get(name)

    def of_kind(self, *kinds: str) -> list[str]:
        """Names of the columns of these kinds, in order."""
        return [column.name for column in self.columns if column.kind in kinds]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.get(name) is not None

    def __iter__(self) -> Iterator[Column]:
        return iter(self.columns)

    def to_json(self) -> dict[str, Any]:
        """``{"columns": [{"name", "type"}], "open": bool}``."""
        return {"columns": [{"name": c.name, "type": c.type} for c in self.columns], "open": self.open}

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Schema:
        """The inverse of `to_json`."""
        return cls(tuple(Column(c["name"], c["type"]) for c in raw["columns"]), bool(raw.get("open", False)))

    @classmethod
    def from_arrow(cls, schema: pa.Schema) -> Schema:
        """The logical schema of an Arrow schema."""
        return cls(tuple(Column(field.name, logical_type(field.type)) for field in schema))


def common_type(types: Iterable[str]) -> str | None:
    """The logical type that can hold values of all these types, or None; "other" (no values yet) fits any."""
    distinct = set(types) - {"other"}
    if len(distinct) <= 1:
        return next(iter(distinct), "other")
    return next((wider for narrower, wider in _WIDER if distinct <= narrower), None)


_WIDER = (({"int", "float"}, "float"), ({"string", "category"}, "string"))


def united(schemas: Sequence[Schema]) -> Schema:
    """Columns of all schemas, in order of first appearance, in types that hold the values of all of them."""
    types: dict[str, list[str]] = {}
    for schema in schemas:
        for column in schema:
            types.setdefault(column.name, []).append(column.type)
    columns = tuple(Column(name, common_type(found) or "other") for name, found in types.items())
    return Schema(columns, any(schema.open for schema in schemas))


def logical_type(arrow_type: pa.DataType) -> str:
    """The logical type (one of `TYPES`) of an Arrow type."""
    import pyarrow.types as t

    checks = (
        (t.is_boolean, "bool"),
        (t.is_integer, "int"),
        (t.is_floating, "float"),
        (t.is_decimal, "float"),
        (t.is_date, "date"),
        (t.is_timestamp, "datetime"),
        (t.is_duration, "duration"),
        (t.is_dictionary, "category"),
        (_is_text, "string"),
        (_is_list, "list"),
    )
    return next((name for check, name in checks if check(arrow_type)), "other")


def _is_text(arrow_type: pa.DataType) -> bool:
    import pyarrow.types as t

    return t.is_string(arrow_type) or t.is_large_string(arrow_type) or t.is_string_view(arrow_type)


def _is_list(arrow_type: pa.DataType) -> bool:
    import pyarrow.types as t

    return t.is_list(arrow_type) or t.is_large_list(arrow_type) or t.is_fixed_size_list(arrow_type)
