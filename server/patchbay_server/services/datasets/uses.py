"""Where a dataset is used: the runs that read it, the flows and schedules that will, the models made from it."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from patchbay_sdk.registry import Catalogue
from patchbay_server.config import Settings
from patchbay_server.engine.flows import shown_name
from patchbay_server.graph.plan import Plan
from patchbay_server.graph.planned import everything
from patchbay_server.services.datasets import datasets
from patchbay_server.services.datasets.adopt import adopt_within
from patchbay_server.services.datasets.pins import Pin, dataset_params, pins_of
from patchbay_server.services.platform import Platform
from patchbay_server.store.data import dataset, dataset_use, dataset_version
from patchbay_server.store.database import Transaction
from patchbay_server.store.paging import Page, page
from patchbay_server.store.tables import flow, output, run, task, task_edge


@dataclass(frozen=True, slots=True)
class Model:
    """A model that a run made downstream of the dataset. `node`: the task's path."""

    node: str
    port: str
    artifact: str


@dataclass(frozen=True, slots=True)
class Use:
    """A node of a run that read the dataset. `number`: the version, as far as it is known."""

    run: int
    flow: str
    state: str
    created_at: float
    node: str
    number: int | None
    models: list[Model]


def note_uses(
    transaction: Transaction, settings: Settings, catalogue: Catalogue, project_id: int, run_id: int, plan: Plan
) -> None:
    """Keep which datasets a run reads, in the transaction that submits it."""
    wanted = [
        (task.path, param, name, version)
        for task in everything(plan.tasks)
        if task.operator in catalogue
        for param, name, version in dataset_params(catalogue.get(task.operator), task.params)
    ]
    if not wanted:
        return
    for name in {name for _, _, name, _ in wanted}:
        adopt_within(transaction, settings, project_id, name)
    known = sa.select(dataset.c.name, dataset.c.id).where(dataset.c.project_id == project_id)
    ids = {row.name: row.id for row in transaction.core.execute(known)}
    rows = [
        {"run_id": run_id, "path": path, "param": param, "dataset_id": ids[name], "number": version}
        for (path, param, name), version in {
            (path, param, name): number for path, param, name, number in wanted
        }.items()
        if name in ids  # one that the run itself saves first is not used from outside
    ]
    if rows:
        transaction.core.execute(dataset_use.insert(), rows)


def copy_uses(transaction: Transaction, run_id: int, resumed_id: int) -> None:
    """A run that resumes another reads the same datasets."""
    others = [dataset_use.c[name] for name in ("path", "param", "dataset_id", "number")]
    same = sa.select(sa.literal(resumed_id), *others).where(dataset_use.c.run_id == run_id)
    transaction.core.execute(dataset_use.insert().from_select(["run_id", *(column.name for column in others)], same))


def readers(platform: Platform, project_id: int, name: str) -> list[Pin]:
    """The nodes of flows, and of schedules, that read a dataset from now on. Raises NotFound."""
    datasets.find(platform, project_id, name)
    with platform.database.read() as transaction:
        return [pin for pin in pins_of(transaction, project_id, platform.catalogue) if pin.dataset == name]


def uses(
    platform: Platform,
    project_id: int,
    name: str,
    *,
    number: int | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[Use]:
    """The runs that read a dataset, or one of its versions, latest first. Raises NotFound, CursorError."""
    known = datasets.find(platform, project_id, name)
    c = dataset_use.c
    version_then = (
        sa.select(sa.func.max(dataset_version.c.number))
        .where(dataset_version.c.dataset_id == c.dataset_id, dataset_version.c.created_at <= run.c.created_at)
        .scalar_subquery()
    )
    version = sa.func.coalesce(c.number, version_then)
    per_run = (
        sa.select(c.run_id.label("id"), sa.func.min(c.path).label("path"), sa.func.max(version).label("number"))
        .join(run, run.c.id == c.run_id)
        .where(c.dataset_id == known.id)
        .group_by(c.run_id)
    )
    if number is not None:
        per_run = per_run.where(version == number)
    first = per_run.subquery()
    statement = (
        sa.select(run.c.id, flow.c.name, run.c.state, run.c.created_at, first.c.path, first.c.number)
        .join(run, run.c.id == first.c.id)
        .join(flow, flow.c.id == run.c.flow_id)
    )
    with platform.database.read() as transaction:
        found = page(transaction, statement, run.c.id, cursor=cursor, limit=limit, descending=True)
        models = {row["id"]: models_of(transaction, platform.catalogue, row["id"], known.id) for row in found.items}
    return found.map(
        lambda row: Use(
            run=row["id"],
            flow=shown_name(row["name"]),
            state=row["state"],
            created_at=row["created_at"],
            node=row["path"],
            number=row["number"],
            models=models[row["id"]],
        )
    )


def models_of(transaction: Transaction, catalogue: Catalogue, run_id: int, dataset_id: int) -> list[Model]:
    """The models that a run made from a dataset: outputs of type ``model`` of the nodes below those that read it."""
    edges = transaction.core.execute(
        sa.select(task_edge.c.parent_id, task_edge.c.child_id)
        .join(task, task.c.id == task_edge.c.child_id)
        .where(task.c.run_id == run_id)
    ).all()
    readers = sa.select(dataset_use.c.path).where(
        dataset_use.c.run_id == run_id, dataset_use.c.dataset_id == dataset_id
    )
    tasks = transaction.core.execute(
        sa.select(task.c.id, task.c.path, task.c.operator, task.c.path.in_(readers)).where(task.c.run_id == run_id)
    ).all()
    children: dict[int, list[int]] = {}
    for parent, child in edges:
        children.setdefault(parent, []).append(child)
    below: set[int] = set()
    waiting = [id for id, _, _, reads in tasks if reads]
    while waiting:
        id = waiting.pop()
        if id not in below:
            below.add(id)
            waiting.extend(children.get(id, ()))
    operators = {id: (path, operator) for id, path, operator, _ in tasks if id in below}
    made = transaction.core.execute(
        sa.select(output.c.task_id, output.c.port, output.c.artifact_id)
        .join(task, task.c.id == output.c.task_id)
        .where(task.c.run_id == run_id)
        .order_by(output.c.task_id, output.c.port)
    )
    return [
        Model(operators[id][0], port, artifact)
        for id, port, artifact in made
        if id in operators and _type_of(catalogue, operators[id][1], port) == "model"
    ]


def _type_of(catalogue: Catalogue, operator: str, port: str) -> str | None:
    found = catalogue.get(operator).output(port) if operator in catalogue else None
    return None if found is None else found.type
