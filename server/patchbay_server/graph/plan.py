"""What a run does: the tasks of a flow in order, with all that the engine needs to queue and start each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import networkx as nx

from patchbay_sdk.registry import Catalogue
from patchbay_sdk.spec import OperatorSpec
from patchbay_server.errors import PlanError
from patchbay_server.graph.document import FlowDocument, Node, NodeSettings
from patchbay_server.graph.flow_params import REFERENCE, bind, references
from patchbay_server.graph.problem import MOST_ERRORS, Problem, did_you_mean, error_of
from patchbay_server.graph.wiring import Wiring

Mode = Literal["all", "to", "from", "only"]
DEFAULT_SEED = 0


@dataclass(frozen=True, slots=True)
class PlannedTask:
    """One task of a run. `memory` in bytes; `settings` with the effective pool, priority and seed."""

    path: str
    index: str
    operator: str
    """``id@version``."""
    params: Mapping[str, Any]
    """Visible params, defaults and flow params filled in."""
    inputs: Mapping[str, tuple[tuple[str, str], ...]]
    """Input port -> (path of the task, output port) that feed it, in the document's order of edges."""
    outputs: tuple[str, ...]
    """Output ports that tasks of this plan read; every port when none is read."""
    pool: str
    cpu: float
    gpu: float
    memory: int
    priority: int
    settings: NodeSettings
    depends_on: frozenset[str]
    """Paths of the tasks that feed this one."""
    reuse_only: bool
    """Take an earlier result (cache, or the flow's last run); without one the run cannot go on. Never execute."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The tasks of a run, each after those that it depends on."""

    mode: Mode
    nodes: tuple[str, ...]
    """The nodes that the mode was asked for; empty for `all`."""
    tasks: tuple[PlannedTask, ...]

    def node_errors(self, problems: Iterable[Problem]) -> dict[str, list[Problem]]:
        """The errors that keep this plan from running: of its nodes, by path, and of the flow, under ``""``.

        A flow with an error elsewhere can still run up to a node that has nothing to do with it.
        """
        planned = {task.path for task in self.tasks}
        found: dict[str, list[Problem]] = {}
        for problem in problems:
            path = problem.node or ""
            if problem.level == "error" and (not path or path.partition("/")[0] in planned):
                found.setdefault(path, []).append(problem)
        return found


def plan(document: FlowDocument, catalogue: Catalogue, mode: Mode = "all", nodes: Sequence[str] = ()) -> Plan:
    """The plan of a flow that `bind` gave its values.

    `all`: every node. `to`: the nodes and what they depend on. `from`: the nodes and what depends on them. `only`:
    the nodes alone. What `from` and `only` need from other nodes is planned with `reuse_only`.
    Call `validate` too and look at `Plan.node_errors`: a plan does not check params, port types or required inputs.

    Raises:
        PlanError: a node or mode that does not exist, a cycle, an operator that is not installed, a flow param
            without value, or a node of a kind that cannot be executed yet, among the nodes to plan.
    """
    document = bind(document, {})
    wiring = Wiring(document, catalogue)
    chosen = _chosen(wiring, mode, nodes)
    planned = set().union(*nx.bfs_layers(wiring.graph.reverse(copy=False), chosen))
    problems = [problem for id in wiring.nodes if id in planned for problem in _obstacles(wiring, id)]
    problems += _cycles(wiring, planned)
    if problems:
        raise error_of(PlanError, problems)
    read = {
        (edge.source.node, edge.source.port) for edge in wiring.edges if {edge.source.node, edge.target.node} <= planned
    }
    tasks = (_task(wiring, id, read, reuse_only=id not in chosen) for id in wiring.order() if id in planned)
    return Plan(mode, tuple(nodes), tuple(tasks))


def _chosen(wiring: Wiring, mode: Mode, nodes: Sequence[str]) -> set[str]:
    """The nodes to execute; what else they need comes from earlier results."""
    if mode not in get_args(Mode):
        message = f"Run mode {mode!r} does not exist; there are: {', '.join(get_args(Mode))}."
        raise error_of(PlanError, [Problem("mode", message, None, "mode", mode, get_args(Mode))])
    if mode == "all":
        return set(wiring.nodes)
    if not nodes:
        message = f"Run mode {mode!r} needs the id of at least one node."
        raise error_of(PlanError, [Problem("mode", message, None, "nodes")])
    unknown = [id for id in nodes if id not in wiring.nodes][:MOST_ERRORS]
    if unknown:
        known = list(wiring.nodes)
        messages = {
            id: f"The flow has no node {id!r}; it has: {', '.join(known)}.{did_you_mean(id, known)}" for id in unknown
        }
        raise error_of(PlanError, [Problem("unknown_node", messages[id], None, "nodes", id, known) for id in unknown])
    if mode == "only":
        return set(nodes)
    graph = wiring.graph.reverse(copy=False) if mode == "to" else wiring.graph
    return set().union(*nx.bfs_layers(graph, nodes))


def _obstacles(wiring: Wiring, id: str) -> list[Problem]:
    node = wiring.nodes[id]
    if node.kind != "operator":
        message = f"{node.kind} cannot be executed yet; run the nodes before it with mode 'to'."
        return [Problem("not_executable", message, id, "kind", node.kind, ["operator"])]
    if id in wiring.unknown:
        error = wiring.unknown[id]
        return [Problem("unknown_operator", error.message, id, "operator", node.operator)]
    unbound = dict.fromkeys(reference[REFERENCE] for reference in references(node.params))
    return [
        Problem("flow_param_missing", f"Flow param {name!r} has no value; give it one.", id, "params", name)
        for name in unbound
    ]


def _cycles(wiring: Wiring, planned: AbstractSet[str]) -> list[Problem]:
    return [
        Problem("cycle", f"The nodes {' -> '.join([*cycle, cycle[0]])} form a cycle.", cycle[0], "edges", cycle)
        for cycle in wiring.cycles()
        if not planned.isdisjoint(cycle)
    ]


def _task(wiring: Wiring, id: str, read: AbstractSet[tuple[str, str]], reuse_only: bool) -> PlannedTask:
    node, ports = wiring.nodes[id], wiring.ports[id]
    assert ports.spec is not None
    inputs = {
        port: tuple((edge.source.node, edge.source.port) for edge in wiring.incoming[id][port])
        for port in ports.inputs
        if port in wiring.incoming[id]
    }
    settings = _effective(node, ports.spec)
    return PlannedTask(
        path=id,
        index="",
        operator=ports.spec.key,
        params=ports.spec.fill_params(node.params),
        inputs=inputs,
        outputs=tuple(port for port in ports.outputs if (id, port) in read) or tuple(ports.outputs),
        pool=settings.pool or ports.spec.runs.pool,
        cpu=ports.spec.runs.cpu,
        gpu=ports.spec.runs.gpu,
        memory=ports.spec.runs.memory,
        priority=settings.priority,
        settings=settings,
        depends_on=frozenset(source for sources in inputs.values() for source, _ in sources),
        reuse_only=reuse_only,
    )


def _effective(node: Node, spec: OperatorSpec) -> NodeSettings:
    settings = node.settings
    seed = DEFAULT_SEED if settings.seed is None else settings.seed
    return replace(settings, seed=seed, pool=settings.pool or spec.runs.pool)
