"""What a run does: the tasks of a flow in order, with all that the engine needs to queue and start each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Literal, get_args

import networkx as nx

from patchbay_sdk.registry import Catalogue
from patchbay_server.errors import PlanError
from patchbay_server.graph.document import FlowDocument
from patchbay_server.graph.expand import Expander
from patchbay_server.graph.flow_params import REFERENCE, bind, body_of, references
from patchbay_server.graph.planned import PlannedTask, everything
from patchbay_server.graph.problem import MOST_ERRORS, Problem, did_you_mean, error_of
from patchbay_server.graph.scope import Scope
from patchbay_server.graph.wiring import Wiring

__all__ = ["Mode", "Plan", "PlannedTask", "plan"]

Mode = Literal["all", "to", "from", "only"]


@dataclass(frozen=True, slots=True)
class Plan:
    """The tasks of a run, each after those that it depends on."""

    mode: Mode
    nodes: tuple[str, ...]
    """The nodes that the mode was asked for; empty for `all`."""
    tasks: tuple[PlannedTask, ...]
    done: frozenset[str] = frozenset()
    """Nodes that another run has done; their tasks are here as far as they feed others, and feed on nothing."""

    def node_errors(self, problems: Iterable[Problem]) -> dict[str, list[Problem]]:
        """The errors that keep this plan from running: of its nodes, by path, and of the flow, under ``""``.

        A flow with an error elsewhere can still run up to a node that has nothing to do with it.
        """
        planned = {task.path.partition("/")[0] for task in self.tasks} - self.done
        found: dict[str, list[Problem]] = {}
        for problem in problems:
            path = problem.node or ""
            if problem.level == "error" and (not path or path.partition("/")[0] in planned):
                found.setdefault(path, []).append(problem)
        return found


def plan(
    document: FlowDocument,
    catalogue: Catalogue,
    mode: Mode = "all",
    nodes: Sequence[str] = (),
    done: AbstractSet[str] = frozenset(),
) -> Plan:
    """The plan of a flow that `bind` gave its values.

    `all`: every node. `to`: the nodes and what they depend on. `from`: the nodes and what depends on them. `only`:
    the nodes alone. What `from` and `only` need from other nodes is planned with `reuse_only`.
    `done`: nodes of which another run has the results. They are not executed, unless they are among `nodes`; of what
    they depend on, nothing is planned.
    Call `validate` too and look at `Plan.node_errors`: a plan does not check params, port types or required inputs.

    Raises:
        PlanError: a node or mode that does not exist, a cycle, an operator that is not installed, a flow param
            without value, a map without items, or too many tasks, among the nodes to plan.
    """
    document = bind(document, {})
    wiring = Wiring(document, catalogue)
    done = done - set(nodes)
    chosen = _chosen(wiring, mode, nodes) - done
    planned = set().union(*nx.bfs_layers(wiring.graph.reverse(copy=False), chosen))
    problems = list(_obstacles(wiring, planned, catalogue, ""))
    if problems:
        raise error_of(PlanError, problems)
    expander = Expander(catalogue)
    ids = [id for id in wiring.order() if id in planned]
    tasks, _ = expander.document(wiring, ids, Scope(), {}, executed=chosen)
    made = expander.maker.finished(tasks)
    return Plan(mode, tuple(nodes), tuple(_beside(made)) if done else made, frozenset(done))


def _beside(tasks: Sequence[PlannedTask]) -> Iterator[PlannedTask]:
    """The tasks to execute, and those that feed them, cut off from what feeds those."""
    executed = [task for task in everything(tasks) if not task.reuse_only]
    keys = {task.key for task in executed}
    read = {source for task in executed for source in (*task.depends_on, *(after.source for after in task.after))}
    for task in tasks:
        exits = task.expansion.exits if task.expansion is not None and task.reuse_only else ()
        open_to = next((leaving.child for leaving in exits if leaving.child in keys), None)
        if open_to is not None:
            message = "It takes the items of a map over a table one by one, which an earlier run does not hand on."
            raise error_of(PlanError, [Problem("map_output", message, open_to)])
        if not task.reuse_only:
            yield task
        elif task.key in read:
            yield replace(
                task, inputs={}, needs={}, positions={}, tolerant=frozenset(), after=(), depends_on=frozenset(),
                expansion=None,
            )  # fmt: skip


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


def _obstacles(wiring: Wiring, planned: AbstractSet[str], catalogue: Catalogue, prefix: str) -> Iterator[Problem]:
    """What keeps nodes of a document from being planned, and those of their bodies."""
    for id, node in wiring.nodes.items():
        if id not in planned:
            continue
        if id in wiring.unknown:
            yield Problem("unknown_operator", wiring.unknown[id].message, prefix + id, "operator", node.operator)
            continue
        unbound = list(dict.fromkeys(reference[REFERENCE] for reference in references(node.params)))
        for name in unbound:
            message = f"Flow param {name!r} has no value; give it one."
            yield Problem("flow_param_missing", message, prefix + id, "params", name)
        if node.body is not None and not unbound:
            inner = Wiring(body_of(node), catalogue)
            yield from _obstacles(inner, inner.nodes.keys(), catalogue, f"{prefix}{id}/")
    for cycle in wiring.cycles():
        if not planned.isdisjoint(cycle):
            path = [prefix + id for id in [*cycle, cycle[0]]]
            message = f"The nodes {' -> '.join(path)} form a cycle."
            yield Problem("cycle", message, path[0], "edges", path[:-1])
