"""Makes one planned task out of a node and what feeds it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from patchbay_sdk.spec import InputPort, OperatorSpec
from patchbay_server.errors import PlanError
from patchbay_server.graph.document import Node, NodeSettings
from patchbay_server.graph.planned import CONTROL, After, Exit, Need, PlannedTask
from patchbay_server.graph.problem import Problem, error_of
from patchbay_server.graph.scope import Scope
from patchbay_server.graph.sources import OpenItems, Outlet, Source

DEFAULT_SEED = 0
DEFAULT_POOL = "train"
HELPER_MEMORY = 1 << 30
"""Bytes, for a task that divides or collects tables."""
ROOM = 100_000
"""Positions of a port that the items of one open map may take, and as many for the edges between two such maps."""


@dataclass(slots=True)
class TaskMaker:
    """`conditional`: keys of the tasks that may be skipped without a failure. `opened`: by key of who makes them."""

    conditional: set[str] = field(default_factory=set)
    opened: dict[str, OpenItems] = field(default_factory=dict)

    def make(
        self,
        node: Node,
        scope: Scope,
        name: str,
        operator: str,
        params: Mapping[str, Any],
        feeds: Mapping[str, tuple[InputPort, Sequence[Outlet]]],
        spec: OperatorSpec | None,
        outputs: tuple[str, ...],
    ) -> PlannedTask:
        """The task `name` of a node in `scope`. `spec`: None for what decides or collects. Raises PlanError."""
        path, key = scope.prefix + name, scope.key(name)
        inputs: dict[str, tuple[tuple[str, str], ...]] = {}
        needs: dict[str, Need] = {}
        positions: dict[str, tuple[int, ...]] = {}
        tolerant: set[str] = set()
        after = list(scope.gates)
        conditional = any(each.need == "edge" for each in after)
        for port, (declared, outlets) in feeds.items():
            sources, places, waits = self._sources(outlets, declared, path, key)
            after += waits
            if waits:
                positions[port] = places
            inputs[port] = tuple((source.key, source.port) for source in sources)
            missing = sum(source.conditional for source in sources)
            if any(source.tolerant for source in sources):
                tolerant.add(port)
            sure = not (waits or missing or port in tolerant)
            need = need_of(declared, several=declared.many or len(sources) > 1, sure=sure)
            if need != "edge":
                needs[port] = need
            conditional |= (need == "edge" and missing > 0) or (need == "port" and missing == len(sources))
        if conditional:
            self.conditional.add(key)
        settings = effective(node.settings, spec)
        control = operator in CONTROL
        members = spec.runs.members_of(params) if spec else 1
        return PlannedTask(
            path=path,
            index=scope.index,
            operator=operator,
            params=params,
            inputs=inputs,
            outputs=outputs,
            pool=settings.pool or DEFAULT_POOL,
            cpu=spec.runs.cpu * members if spec else 0 if control else 1,
            gpu=spec.runs.gpu * members if spec else 0,
            memory=spec.runs.memory * members if spec else 0 if control else HELPER_MEMORY,
            priority=settings.priority,
            settings=settings,
            depends_on=frozenset(source for sources in inputs.values() for source, _ in sources),
            reuse_only=scope.reuse_only,
            needs=needs,
            positions=positions,
            tolerant=frozenset(tolerant),
            after=tuple(dict.fromkeys(after)),
            tolerated=scope.tolerated,
            stops=scope.stops,
            checkpoints=spec is not None and spec.runs.checkpoints,
            finishable=spec is not None and spec.runs.finishable,
            training=spec is not None and "deepspeed" in spec.runs.engines,
        )

    def finished(self, tasks: Sequence[PlannedTask]) -> tuple[PlannedTask, ...]:
        """The tasks, each that divides a table with its expansion, now that all its exits are known."""
        return tuple(self._finished(task) for task in tasks)

    def _finished(self, task: PlannedTask) -> PlannedTask:
        opened = self.opened.get(task.key)
        if opened is None:
            return task
        expansion = opened.closed()
        return replace(task, expansion=replace(expansion, tasks=self.finished(expansion.tasks)))

    def _sources(
        self, outlets: Sequence[Outlet], port: InputPort, path: str, key: str
    ) -> tuple[list[Source], tuple[int, ...], list[After]]:
        """What feeds a port, at which positions, and what it must wait for where that is known only at run time."""
        sources: list[Source] = []
        places: list[int] = []
        waits: list[After] = []
        for outlet in outlets:
            if outlet.value is None and not port.many:
                message = f"Input {port.name!r} takes one {port.type}, but gets one from each item of a map."
                raise error_of(PlanError, [Problem("map_output", message, path, f"inputs.{port.name}")])
            if outlet.open is None:
                own = outlet.items if outlet.value is None else (outlet.value,)
                first = (2 * len(waits)) * ROOM + len(sources)
                places += range(first, first + len(own))
                sources += own
                continue
            opened, source = outlet.open
            waits.append(After(opened.divide, "items", "edge" if len(outlets) == 1 and port.required else "optional"))
            need: Need = "port" if port.required else "optional"
            position = (2 * len(waits) - 1) * ROOM
            opened.exits.append(Exit(source.key, source.port, key, port.name, position, need, source.tolerant))
        return sources, tuple(places), waits


def need_of(port: InputPort, *, several: bool, sure: bool) -> Need:
    """What a task needs of the edges of a port. `sure`: each of them delivers, or something has failed.

    `several`: it may have more than one; into a port that takes one value, they come from different cases of a branch.
    """
    if not port.required:
        return "optional"
    return "port" if several and not sure else "edge"


def effective(settings: NodeSettings, spec: OperatorSpec | None) -> NodeSettings:
    """The settings with the pool, the seed and the engine that count; a choice of engines is made later."""
    seed = DEFAULT_SEED if settings.seed is None else settings.seed
    pool = settings.pool or (spec.runs.pool if spec else DEFAULT_POOL)
    engine = settings.engine
    if engine == "auto" and spec is not None and "local" not in spec.runs.engines:
        engine = spec.runs.engines[0]
    return replace(settings, seed=seed, pool=pool, engine=engine)
