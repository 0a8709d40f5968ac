"""The parts of a spec that may be broken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class Sketch:
    """The parts of a spec as far as they are there: a broken one is looked at too."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.raw = raw
        self.inputs = self._ports("inputs")
        self.outputs = self._ports("outputs")
        fields = raw["params"].get("properties") if isinstance(raw.get("params"), dict) else None
        fields = fields if isinstance(fields, dict) else {}
        self.fields: dict[str, Any] = {name: field for name, field in fields.items() if isinstance(field, dict)}

    def has_param(self, name: object) -> bool:
        """Whether there is a param of that name; what is no text names none."""
        return isinstance(name, str) and name in self.fields

    def _ports(self, word: str) -> list[tuple[int, dict[str, Any]]]:
        """Position and content of each port."""
        return [(n, port) for n, port in enumerate(self.listed(word)) if isinstance(port, dict) and _is_name(port)]

    def listed(self, word: str) -> Sequence[Any]:
        found = self.raw.get(word)
        return found if isinstance(found, list) else ()


def _is_name(port: Mapping[str, Any]) -> bool:
    return isinstance(port.get("name"), str)


def names_of(ports: Sequence[tuple[int, Mapping[str, Any]]], type: str | None = None) -> list[str]:
    """Names of ports, of one type if it is given."""
    return [port["name"] for _, port in ports if type in (None, port.get("type"))]
