"""Puts bodies in place: all tasks that a document stands for, each with what feeds it.

A sub-flow becomes the tasks of its body. A loop becomes its rounds, one behind the other; where it may end early, a
task decides after each round, and one more hands on what the last round made. Maps: `map_items`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from patchbay_sdk.registry import Catalogue
from patchbay_sdk.spec import InputPort, OperatorSpec
from patchbay_server.errors import PlanError
from patchbay_server.graph import map_items
from patchbay_server.graph.document import Node, PortRef
from patchbay_server.graph.flow_params import body_of
from patchbay_server.graph.planned import APPROVAL, BRANCH, LOOP, After, PlannedTask
from patchbay_server.graph.problem import Problem, error_of
from patchbay_server.graph.scope import Scope
from patchbay_server.graph.sources import Feeds, Outlet, Source, feeding
from patchbay_server.graph.task_maker import TaskMaker
from patchbay_server.graph.wiring import Wiring

MOST_TASKS = 20_000
"""Tasks of one run, as far as they are known when it is planned; also, passages through bodies."""
VALUE = InputPort("value", "any")

Made = tuple[list[PlannedTask], dict[str, Outlet]]
"""The tasks of a node, and what its output ports hand on."""


@dataclass(slots=True)
class Expander:
    """Makes tasks, each after those that it depends on. Raises PlanError where an edge cannot carry what a map makes,
    and when there are too many tasks."""

    catalogue: Catalogue
    maker: TaskMaker = field(default_factory=TaskMaker)
    counted: int = 0
    """Tasks so far, those of expansions included."""
    passages: int = 0
    """Bodies put in place so far; one may be empty."""

    def document(
        self,
        wiring: Wiring,
        ids: Sequence[str],
        scope: Scope,
        entering: Mapping[PortRef, Sequence[Outlet]],
        executed: set[str] | None = None,
    ) -> tuple[list[PlannedTask], dict[PortRef, Outlet]]:
        """The tasks of these nodes of a document, in their order, and what its output ports hand on.

        `entering`: input port -> what comes into it from outside of a body. `executed`: nodes that are not
        `reuse_only`; None: all are as `scope` says.
        """
        tasks: list[PlannedTask] = []
        outlets: dict[PortRef, Outlet] = {}
        within = set(ids)
        read = {edge.source for edge in wiring.edges if edge.target.node in within} | {
            *wiring.document.outputs.values()
        }
        reusing = scope if executed is None else replace(scope, reuse_only=True)
        for id in ids:
            own = scope if executed is None or id in executed else reusing
            made, found = self._node(wiring, wiring.nodes[id], own, feeding(wiring, id, outlets, entering), read)
            tasks += made
            outlets |= {PortRef(id, port): outlet for port, outlet in found.items()}
        return tasks, outlets

    def inside(self, wiring: Wiring, scope: Scope, feeds: Feeds) -> Made:
        """The tasks of one passage through a body, whose node gets `feeds`."""
        body = wiring.document
        self.passages += 1
        if self.passages > MOST_TASKS:
            raise too_many(scope.prefix.rstrip("/"))
        entering: dict[PortRef, list[Outlet]] = {}
        for port, refs in body.inputs.items():
            for ref in refs:
                entering.setdefault(ref, []).extend(feeds.get(port, ()))
        tasks, outlets = self.document(wiring, wiring.order(), scope, entering)
        return tasks, {port: outlets[ref] for port, ref in body.outputs.items() if ref in outlets}

    def task(
        self,
        node: Node,
        scope: Scope,
        operator: str,
        feeds: Mapping[str, tuple[InputPort, Sequence[Outlet]]],
        *,
        name: str | None = None,
        params: Mapping[str, Any] | None = None,
        spec: OperatorSpec | None = None,
        outputs: Sequence[str] = (),
    ) -> PlannedTask:
        """One task of a node; `name`: its own, if it is not the node's."""
        self.counted += 1
        if self.counted > MOST_TASKS:
            raise too_many(scope.prefix + node.id)
        return self.maker.make(node, scope, name or node.id, operator, params or {}, feeds, spec, tuple(outputs))

    def may_be_missing(self, task: PlannedTask) -> bool:
        """Whether a task may be skipped without a failure."""
        return task.key in self.maker.conditional

    def _node(self, wiring: Wiring, node: Node, scope: Scope, feeds: Feeds, read: set[PortRef]) -> Made:
        if node.body is None:
            return self._single(wiring, node, scope, feeds, read)
        scope = scope.behind(_gates(wiring, node, feeds))
        match node.kind:
            case "loop":
                return self._loop(node, scope, feeds)
            case "map":
                expand = map_items.closed_map if node.by is None else map_items.open_map
                return expand(self, node, scope, feeds)
            case _:
                return self.inside(Wiring(body_of(node), self.catalogue), scope.inside(node.id), feeds)

    def _single(self, wiring: Wiring, node: Node, scope: Scope, feeds: Feeds, read: set[PortRef]) -> Made:
        """An operator, a branch or an approval."""
        ports = wiring.ports[node.id]
        inputs = {port: (ports.inputs[port], outlets) for port, outlets in feeds.items()}
        operator, params = APPROVAL, {}
        if node.kind == "branch":
            operator = BRANCH
            params = {"cases": [{"port": case.port, "when": case.when} for case in node.cases]}
        elif ports.spec is not None:
            operator, params = ports.spec.key, ports.spec.fill_params(node.params)
        outputs = [port for port in ports.outputs if PortRef(node.id, port) in read] or list(ports.outputs)
        task = self.task(node, scope, operator, inputs, params=params, spec=ports.spec, outputs=outputs)
        conditional = node.kind == "branch" or self.may_be_missing(task)
        return [task], {port: Outlet(Source(task.key, port, conditional)) for port in ports.outputs}

    def _loop(self, node: Node, scope: Scope, feeds: Feeds) -> Made:
        """The rounds; each output feeds the input of the same name of the next. `until` decides after each."""
        wiring = Wiring(body_of(node), self.catalogue)
        tasks: list[PlannedTask] = []
        rounds: list[dict[str, Outlet]] = []
        entering, started = dict(feeds), scope
        for number in range(node.times or 1):
            made, outlets = self.inside(wiring, started.iteration(number).inside(node.id), entering)
            tasks += made
            rounds.append(outlets)
            entering |= {port: [outlet] for port, outlet in outlets.items() if port in wiring.document.inputs}
            if node.until is None or node.until.output not in outlets or number + 1 == node.times:
                continue
            value = {"value": (VALUE, [outlets[node.until.output]])}
            params = {"until": node.until.when}
            tasks.append(self.task(node, started.iteration(number), LOOP, value, params=params, outputs=["next"]))
            started = scope.behind([After(tasks[-1].key, "next")])
        if node.until is None or len(rounds) == 1:
            return tasks, rounds[-1]
        last, found = self._last_round(node, scope, rounds)
        return [*tasks, last], found

    def _last_round(
        self, node: Node, scope: Scope, rounds: Sequence[Mapping[str, Outlet]]
    ) -> tuple[PlannedTask, dict[str, Outlet]]:
        """The task that hands on what the last of the rounds that took place has made."""
        sure = {port: outlet.value for port, outlet in rounds[0].items() if outlet.value is not None}
        joined = {
            port: (InputPort(port, "any", required=False, many=True), [outlets[port] for outlets in rounds])
            for port in sure
        }
        task = self.task(node, scope, LOOP, joined, outputs=list(joined))
        missing = self.may_be_missing(task)
        found = {port: Outlet(Source(task.key, port, missing or first.conditional)) for port, first in sure.items()}
        return task, {**rounds[-1], **found}


def too_many(path: str) -> PlanError:
    message = f"The run would have more than {MOST_TASKS:,} tasks; give maps fewer items, loops fewer rounds."
    return error_of(PlanError, [Problem("limit", message, path)])


def _gates(wiring: Wiring, node: Node, feeds: Feeds) -> list[After]:
    """What a node with a body waits for as a whole, as a single task would: required inputs that may be skipped."""
    found = []
    for port, outlets in feeds.items():
        value = outlets[0].value if len(outlets) == 1 else None
        if value is not None and value.conditional and wiring.ports[node.id].inputs[port].required:
            found.append(After(value.key, value.port))
    return found
