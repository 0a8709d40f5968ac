"""The key of a task within a run: which node, and which iteration of the maps and loops around it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class TaskKey:
    """``path``: node ids from the outermost to the innermost, ``outer/inner``. ``index``: one number per map or
    loop around the node, from the outside in, ``2.0``; empty outside of them."""

    path: str
    index: str = ""

    def inside(self, node: str, iteration: int | None = None) -> TaskKey:
        """The key of a node of this node's body; `iteration` counts from 0 in maps and loops, None in sub-flows."""
        counts = [self.index] if self.index else []
        counts += [] if iteration is None else [str(iteration)]
        return TaskKey(f"{self.path}/{node}", ".".join(counts))

    def __str__(self) -> str:
        return f"{self.path}[{self.index}]" if self.index else self.path

    @classmethod
    def of(cls, text: str) -> TaskKey:
        """The key that ``outer/inner[2.0]`` names."""
        path, bracket, index = text.partition("[")
        return cls(path, index[:-1] if bracket else "")
