"""Where the nodes of a document stand in a run: within which bodies, in which iteration, behind which gates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from patchbay_server.graph.planned import After


@dataclass(frozen=True, slots=True)
class Scope:
    """`prefix`: path of the body, ending in ``/``, or empty. `gates`: what every task in here waits for.

    `reuse_only`, `tolerated`, `stops`: see `PlannedTask`.
    """

    prefix: str = ""
    index: str = ""
    gates: tuple[After, ...] = ()
    reuse_only: bool = False
    tolerated: bool = False
    stops: str | None = None

    def key(self, name: str) -> str:
        """The key of a task in here."""
        return f"{self.prefix}{name}[{self.index}]" if self.index else self.prefix + name

    def behind(self, gates: Sequence[After]) -> Scope:
        """The same place behind more gates."""
        return replace(self, gates=tuple(dict.fromkeys([*self.gates, *gates]))) if gates else self

    def iteration(self, number: int | str) -> Scope:
        """The same place in an iteration."""
        return replace(self, index=f"{self.index}.{number}" if self.index else str(number))

    def inside(self, node: str) -> Scope:
        """The body of a node in here."""
        return replace(self, prefix=f"{self.prefix}{node}/")
