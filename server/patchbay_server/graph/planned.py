"""The tasks of a run as they are planned: what each runs, what feeds it, what it does without."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from patchbay_server.graph.document import NodeSettings

Need = Literal["edge", "port", "optional"]
"""What a task needs of an edge whose source was skipped: that very one; another one of the same port; nothing."""

BRANCH, LOOP, APPROVAL = "branch", "loop", "approval"
CONTROL = frozenset((BRANCH, LOOP, APPROVAL))
"""What stands for an operator in tasks that decide and compute nothing: an operator's key has an ``@``. What such a
task does not hand on is skipped behind it."""
DIVIDE, COLLECT = "map.divide@1.0.0", "map.collect@1.0.0"
"""The platform's own operators around a map: one table becomes its items, the items' tables become one again."""
ITEM = "#"
"""Stands, in the indexes of an `Expansion`, for the number of the item."""
ITEM_PORT = "artifact/#"
"""The output of a DIVIDE task that is one item, within the expansion that it feeds."""


@dataclass(frozen=True, slots=True)
class After:
    """An edge that carries nothing: the task starts when `source` (key of a task) has delivered `port`.

    `tolerant`: that it failed will do as well.
    """

    source: str
    port: str = ""
    need: Need = "edge"
    tolerant: bool = False


@dataclass(frozen=True, slots=True)
class Exit:
    """An edge from an item of a map to a task after the map; `position`: of the first item's edge in its port."""

    source: str
    output_port: str
    child: str
    port: str
    position: int
    need: Need
    tolerant: bool


@dataclass(frozen=True, slots=True)
class Expansion:
    """The body of a map whose items are known only when a DIVIDE task has ended: its tasks, once for each item.

    `parallel`: that many items at once; None: all. `first`, `last`: keys of the tasks that begin and end an item.
    """

    tasks: tuple[PlannedTask, ...]
    exits: tuple[Exit, ...]
    parallel: int | None = None
    first: tuple[str, ...] = ()
    last: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlannedTask:
    """One task of a run. `memory` in bytes; `settings` with the effective pool, priority and seed.

    A task is named by the text of its `TaskKey`: its path, and its index in brackets where it has one.
    """

    path: str
    index: str
    operator: str
    """``id@version``, or one of CONTROL."""
    params: Mapping[str, Any]
    """Visible params, defaults and flow params filled in."""
    inputs: Mapping[str, tuple[tuple[str, str], ...]]
    """Input port -> (key of the task, output port) that feed it, in the document's order of edges."""
    outputs: tuple[str, ...]
    """Output ports that tasks of this plan read; every port when none is read."""
    pool: str
    cpu: float
    gpu: float
    memory: int
    priority: int
    settings: NodeSettings
    depends_on: frozenset[str]
    """Keys of the tasks that feed this one."""
    reuse_only: bool
    """Take an earlier result (cache, or the flow's last run); without one the run cannot go on. Never execute."""
    needs: Mapping[str, Need] = field(default_factory=dict)
    """Input port -> what it needs of its edges; a port that is not here: every one of them."""
    positions: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Input port -> the places of its edges, where items that are not known yet lie between them."""
    tolerant: frozenset[str] = frozenset()
    """Input ports whose sources may have failed, as if they had been skipped."""
    after: tuple[After, ...] = ()
    tolerated: bool = False
    """Its failure does not make the run fail: it belongs to a map that goes on."""
    stops: str | None = None
    """Key of the map whose other items are given up when this task fails."""
    expansion: Expansion | None = None
    checkpoints: bool = False
    """It can be stopped and go on later: see `Context.checkpoint_dir`."""
    finishable: bool = False
    """Asked to, it ends with the best result so far: see `Context.finish_requested`."""
    training: bool = False
    """It trains a network: its operator can run on the engine deepspeed, wherever this task runs."""

    @property
    def key(self) -> str:
        """The text of its `TaskKey`."""
        return f"{self.path}[{self.index}]" if self.index else self.path


def everything(tasks: Iterable[PlannedTask]) -> Iterator[PlannedTask]:
    """These tasks, and those that they may expand into, once each."""
    for task in tasks:
        yield task
        if task.expansion is not None:
            yield from everything(task.expansion.tasks)
