"""What an output port hands on once bodies are in place: the value of one task, or those of a map's items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from patchbay_server.graph.document import PortRef
from patchbay_server.graph.planned import Exit, Expansion
from patchbay_server.graph.wiring import Wiring


@dataclass(frozen=True, slots=True)
class Source:
    """An output port of a task. `conditional`: the task may be skipped, or not hand this on, without a failure.

    `tolerant`: who reads it can do without when it fails.
    """

    key: str
    port: str
    conditional: bool = False
    tolerant: bool = False


@dataclass(slots=True)
class OpenItems:
    """The items of a map that are known only at run time, and where they go."""

    divide: str
    """Key of the task that makes them."""
    expansion: Expansion
    exits: list[Exit]

    def closed(self) -> Expansion:
        """The expansion, with every exit that there is now."""
        return replace(self.expansion, exits=tuple(self.exits))


@dataclass(frozen=True, slots=True)
class Outlet:
    """`value`: what one task hands on. Without it, the port is a map's: `items` one by one, or `open` ones."""

    value: Source | None
    items: tuple[Source, ...] = ()
    open: tuple[OpenItems, Source] | None = None


Feeds = Mapping[str, Sequence[Outlet]]
"""Input port of a node -> what its edges bring, in the document's order; what comes from outside of a body last."""


def feeding(
    wiring: Wiring, id: str, outlets: Mapping[PortRef, Outlet], entering: Mapping[PortRef, Sequence[Outlet]]
) -> dict[str, list[Outlet]]:
    """What feeds a node. Edges from or to ports that do not exist are left out: `validate` tells about them."""
    found: dict[str, list[Outlet]] = {}
    for port in wiring.ports[id].inputs:
        edges = wiring.incoming[id].get(port, ())
        sources = [outlets[edge.source] for edge in edges if edge.source in outlets]
        sources += entering.get(PortRef(id, port), ())
        if sources:
            found[port] = sources
    return found
