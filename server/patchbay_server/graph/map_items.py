"""Maps: the body once for each item, and the tables that the items make put together.

Where the items are known, everything is. A map over the values of a column must wait for the table: its body is kept
with the task that divides the table (`planned.Expansion`) and becomes tasks when that one has ended.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from patchbay_sdk.spec import InputPort
from patchbay_server.errors import PlanError
from patchbay_server.graph.document import Node
from patchbay_server.graph.flow_params import body_of
from patchbay_server.graph.planned import COLLECT, DIVIDE, ITEM, ITEM_PORT, After, Exit, Expansion, PlannedTask
from patchbay_server.graph.problem import Problem, error_of
from patchbay_server.graph.scope import Scope
from patchbay_server.graph.sources import Feeds, OpenItems, Outlet, Source
from patchbay_server.graph.wiring import Wiring

if TYPE_CHECKING:
    from patchbay_server.graph.expand import Expander, Made

MOST_ITEMS = {2: 10_000, 10: 2_000, 100: 200}
"""Tasks of a body -> values of a column over which a map may run, so that they become tasks in a moment."""
LEAST_ITEMS = 20
"""... for a body with more tasks."""
TABLE = InputPort("table", "table")
TABLES = InputPort("tables", "table", many=True)


def closed_map(expander: Expander, node: Node, scope: Scope, feeds: Feeds) -> Made:
    """A map whose items are known: the values of a list, or what several edges bring. Raises PlanError."""
    assert node.body is not None and node.over is not None
    values = _values(node, scope) if node.over in node.body.params else None
    count = len(feeds.get(node.over, ())) if values is None else len(values)
    tasks: list[PlannedTask] = []
    items: list[dict[str, Outlet]] = []
    ends: list[list[str]] = []
    wiring = Wiring(body_of(node), expander.catalogue)
    for number in range(count):
        own, gates = dict(feeds), []
        if values is not None:
            wiring = Wiring(body_of(node, values[number]), expander.catalogue)
        else:
            own[node.over] = [feeds[node.over][number]]
            gates += [After(value.key, value.port) for value in _conditional(own[node.over])]
        made, outlets = expander.inside(wiring, _in_map(node, scope.behind(gates), number), own)
        tasks += _behind(made, ends[number - node.parallel]) if node.parallel and number >= node.parallel else made
        items.append(outlets)
        ends.append(_ends(made))
    found: dict[str, Outlet] = {}
    for port, is_table in _outputs(wiring).items():
        sources = [outlets[port].value for outlets in items if port in outlets]
        each = [_of_item(node, source) for source in sources if source is not None]
        found[port] = Outlet(None, tuple(each))
        if is_table and each:
            naming = {} if values is None else _naming(node, values)
            tasks.append(_collect(expander, node, scope, port, {"tables": (TABLES, [*map(Outlet, each)])}, naming))
            found[port] = Outlet(Source(tasks[-1].key, "table", expander.may_be_missing(tasks[-1])))
    return tasks, found


def open_map(expander: Expander, node: Node, scope: Scope, feeds: Feeds) -> Made:
    """A map over the values of a column; it starts when all that goes into it is there. Raises PlanError."""
    assert node.over is not None
    wiring = Wiring(body_of(node), expander.catalogue)
    declared = wiring.outer_ports().inputs
    gates = [
        After(value.key, value.port, "edge" if declared[port].required and len(outlets) == 1 else "optional")
        for port, outlets in feeds.items()
        for value in (_one_value(node, scope, port, outlet) for outlet in outlets if port != node.over)
    ]
    name = f"{node.id}/@items"
    item = Outlet(Source(scope.key(name), ITEM_PORT))
    body, outlets = expander.inside(wiring, replace(_in_map(node, scope, ITEM), gates=()), {**feeds, node.over: [item]})
    most = next((most for tasks, most in MOST_ITEMS.items() if len(body) <= tasks), LEAST_ITEMS)
    divide = expander.task(
        node,
        scope.behind(gates),
        DIVIDE,
        {"table": (TABLE, feeds.get(node.over, ()))},
        name=name,
        params={"column": node.by, "most": most},
        outputs=["items"],
    )
    expansion = Expansion(tuple(body), (), node.parallel, tuple(task.key for task in _first(body)), tuple(_ends(body)))
    opened = OpenItems(divide.key, expansion, [])
    expander.maker.opened[divide.key] = opened
    tasks, found = [divide], dict(outlets)
    behind = scope.behind([After(divide.key, "items")])
    for port, is_table in _outputs(wiring).items():
        value = outlets[port].value if port in outlets else None
        if value is None:
            continue
        source = _of_item(node, value)
        found[port] = Outlet(None, open=(opened, source))
        if is_table:
            task = _collect(expander, node, behind, port, {}, {})
            opened.exits.append(Exit(source.key, source.port, task.key, "tables", 0, "port", source.tolerant))
            tasks.append(task)
            found[port] = Outlet(Source(task.key, "table", conditional=True))
    return tasks, found


def _collect(
    expander: Expander,
    node: Node,
    scope: Scope,
    port: str,
    tables: Mapping[str, tuple[InputPort, Sequence[Outlet]]],
    naming: Mapping[str, Any],
) -> PlannedTask:
    """The task that puts the tables of an output port together."""
    name = f"{node.id}/@{port}"
    return expander.task(node, scope, COLLECT, tables, name=name, params=naming, outputs=["table"])


def _values(node: Node, scope: Scope) -> list[Any]:
    values = node.params.get(node.over or "")
    if not isinstance(values, list) or not values:
        message = f"{node.over} is what the map runs over: give a list of at least one value."
        raise error_of(PlanError, [Problem("over", message, scope.prefix + node.id, f"params.{node.over}", values)])
    return values


def _one_value(node: Node, scope: Scope, port: str, outlet: Outlet) -> Source:
    if outlet.value is None:
        message = f"Input {port!r} gets the items of another map one by one, which a map over a column cannot take."
        raise error_of(PlanError, [Problem("map_output", message, scope.prefix + node.id, f"inputs.{port}")])
    return outlet.value


def _conditional(outlets: Sequence[Outlet]) -> list[Source]:
    return [outlet.value for outlet in outlets if outlet.value is not None and outlet.value.conditional]


def _of_item(node: Node, source: Source) -> Source:
    return replace(source, tolerant=node.on_failure == "continue")


def _in_map(node: Node, scope: Scope, number: int | str) -> Scope:
    """The body in one iteration, and what a failure in there means."""
    inner = scope.iteration(number).inside(node.id)
    if node.on_failure == "continue":
        return replace(inner, tolerated=True, stops=None)
    return replace(inner, stops=scope.stops or scope.key(node.id))


def _behind(tasks: Sequence[PlannedTask], ends: Sequence[str]) -> list[PlannedTask]:
    """The tasks of an item that starts when these tasks of another have ended, however that went."""
    first = {task.key for task in _first(tasks)}
    waits = tuple(After(end, need="optional", tolerant=True) for end in ends)
    return [replace(task, after=(*task.after, *waits)) if task.key in first else task for task in tasks]


def _first(tasks: Sequence[PlannedTask]) -> list[PlannedTask]:
    """The tasks of an item that may start without any other of it."""
    keys = {task.key for task in tasks}

    def needs_another(task: PlannedTask) -> bool:
        sources = {
            source
            for port, edges in task.inputs.items()
            for source, _ in (edges if task.needs.get(port) != "optional" else ())
        }
        return not keys.isdisjoint(sources | {after.source for after in task.after if after.need == "edge"})

    return [task for task in tasks if not needs_another(task)]


def _ends(tasks: Sequence[PlannedTask]) -> list[str]:
    """The tasks of an item behind which there are no others of it."""
    inner = {key for task in tasks for key in (*task.depends_on, *(after.source for after in task.after))}
    return [task.key for task in tasks if task.key not in inner]


def _outputs(wiring: Wiring) -> dict[str, bool]:
    """The output ports of a body, and whether they carry tables."""
    ports = {name: wiring.output_port(ref) for name, ref in wiring.document.outputs.items()}
    return {name: port is not None and port.type == "table" for name, port in ports.items()}


def _naming(node: Node, values: Sequence[Any]) -> dict[str, Any]:
    """Params of COLLECT: the column that names the item, where the items are plain values."""
    assert node.body is not None and node.over is not None
    type = node.body.params[node.over].type
    return {} if type in ("array", "object") else {"column": node.over, "type": type, "items": list(values)}
