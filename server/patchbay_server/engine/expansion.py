"""A map over data: the body becomes tasks, once for each item, in the transaction that commits what made the items."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from patchbay_server.engine import events, skip
from patchbay_server.engine.claim import TaskRow
from patchbay_server.engine.task_rows import EdgeRow, Place, insert_edges, insert_tasks, parents_of
from patchbay_server.graph.planned import ITEM, ITEM_PORT
from patchbay_server.store.database import Transaction
from patchbay_server.store.statement import Statement

EXPANSION = Statement("SELECT expansion, $now FROM task WHERE id = :id")
OPEN = Statement("UPDATE run SET open_tasks = open_tasks + :count WHERE id = :run_id")
WAIT_FOR_MORE = Statement("UPDATE task SET remaining = remaining + :more WHERE id = :id")
ITEM_PREFIX = ITEM_PORT.removesuffix(ITEM)


@dataclass(slots=True)
class Expanded:
    """`ready`: pool -> tasks that are ready now."""

    tasks: int = 0
    ready: dict[str, int] = field(default_factory=dict)
    skipped: skip.Skipped = field(default_factory=skip.Skipped)


def expand(transaction: Transaction, task: TaskRow, outputs: Collection[str]) -> Expanded:
    """Make the tasks for the items among the outputs of a task that is done. The caller holds the run's row."""
    row = transaction.one(EXPANSION, {"id": task.id})
    assert row is not None
    if row[0] is None:
        return Expanded()
    template, items = json.loads(row[0]), sum(port.startswith(ITEM_PREFIX) for port in outputs)
    rows = [made for number in range(items) for made in _at(template["tasks"], number)]
    edges = [_edge(edge, number) for number in range(items) for edge in template["edges"]]
    edges += _lanes(template, items)
    exits = [_edge(leaving, number) for number in range(items) for leaving in template["exits"]]
    own = {
        "run_id": task.run_id, "flow_id": task.flow_id, "project_id": task.project_id, "created_at": row[1],
        "origin_id": task.id,
    }  # fmt: skip
    new = {(made["path"], made["task_index"]) for made in rows}
    waits_for = {child: parents & new for child, parents in parents_of(edges).items()}  # the others have all ended
    found = Expanded(len(rows), insert_tasks(transaction, own, rows, waits_for))
    ids = insert_edges(transaction, task.run_id, [*edges, *exits])
    for child, parents in parents_of(exits).items():
        transaction.run(WAIT_FOR_MORE, {"id": ids[child], "more": len(parents)})
    if not items:
        readers = {(ids[_place(out["child"])], out["port"]) for out in template["exits"] if out["need"] == "port"}
        found.skipped = skip.behind_nothing(transaction, task.run_id, readers)
    transaction.run(OPEN, {"run_id": task.run_id, "count": len(rows)})
    data = {"path": task.path.rpartition("/")[0], "index": task.task_index, "items": items, "tasks": len(rows)}
    events.append(transaction, task.run_id, [("expanded", data)])
    return found


def _lanes(template: dict[str, Any], items: int) -> list[EdgeRow]:
    """Bounded parallelism: an item waits for the end of the one that many places before it, however it ended."""
    lanes = template["parallel"] or items
    waits = Counter(_place(edge["child"]) for edge in template["edges"] if edge["port"] == "")
    return [
        {
            "child": _place(first, number), "port": "", "position": waits[_place(first)] + position,
            "parent": _place(last, number - lanes), "output_port": "", "need": "optional", "tolerant": True,
        }
        for number in range(lanes, items)
        for first in template["first"]
        for position, last in enumerate(template["last"])
    ]  # fmt: skip


def _edge(edge: EdgeRow, number: int) -> EdgeRow:
    """An edge of the body, or one out of it, for one item. One from outside comes from where it came."""
    position, output_port = edge["position"], edge["output_port"]
    if edge["output_port"] == ITEM_PORT and ITEM not in edge["parent"][1]:
        output_port = f"{ITEM_PREFIX}{number}"
    if ITEM not in edge["child"][1]:
        position += number
    child, parent = _place(edge["child"], number), _place(edge["parent"], number)
    return {**edge, "child": child, "parent": parent, "position": position, "output_port": output_port}


def _at(tasks: list[dict[str, Any]], number: int) -> list[dict[str, Any]]:
    """The tasks of a body for one item; a map within it keeps its own items open."""
    return [
        {
            **task,
            "task_index": _index(task["task_index"], number),
            "stops": None if task["stops"] is None else _index(task["stops"], number),
            "expansion": None if task["expansion"] is None else _inner(task["expansion"], number),
        }
        for task in tasks
    ]


def _inner(template: dict[str, Any], number: int) -> dict[str, Any]:
    def placed(edges: list[EdgeRow]) -> list[EdgeRow]:
        return [
            {**edge, "child": _place(edge["child"], number), "parent": _place(edge["parent"], number)} for edge in edges
        ]

    return {
        **template,
        "tasks": _at(template["tasks"], number),
        "edges": placed(template["edges"]),
        "exits": placed(template["exits"]),
        "first": [_place(key, number) for key in template["first"]],
        "last": [_place(key, number) for key in template["last"]],
    }


def _place(place: Any, number: int | None = None) -> Place:
    path, index = place
    return path, index if number is None else _index(index, number)


def _index(index: str, number: int) -> str:
    """The outermost item that is still open gets its number."""
    return index.replace(ITEM, str(number), 1)
