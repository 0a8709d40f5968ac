"""Plans for tests, in a few words: ``plan_of("a", "b <- a", "c <- a b")``."""

from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from patchbay_server.engine import Claim, Engine, EngineSettings, Result, Submission
from patchbay_server.engine.submit import now_of
from patchbay_server.graph.document import NodeSettings
from patchbay_server.graph.plan import Plan, PlannedTask
from patchbay_server.store.database import Transaction
from patchbay_server.store.tables import project

SETTINGS = EngineSettings(
    lease=2.0, beat=0.3, watch=0.05, grace=0.3, linger=0.02, idle_poll=0.2, min_run=0.0, checkpoint_grace=30.0
)


def plan_of(*nodes: str, **changes: dict[str, Any]) -> Plan:
    """Each node: ``name`` or ``name <- parent parent``; keyword: changes to the task of that name."""
    return Plan("all", (), tuple(_task(node, changes) for node in nodes))


def _task(node: str, changes: dict[str, dict[str, Any]]) -> PlannedTask:
    name, _, parents = node.partition(" <- ")
    settings = NodeSettings(seed=0)
    planned = PlannedTask(
        path=name,
        index="",
        operator="test.step@1.0.0",
        params={"name": name},
        inputs={f"in{n}": ((parent, "out"),) for n, parent in enumerate(parents.split())},
        outputs=("out",),
        pool="train",
        cpu=1,
        gpu=0,
        memory=1 << 20,
        priority=0,
        settings=settings,
        depends_on=frozenset(parents.split()),
        reuse_only=False,
    )
    for field, value in changes.get(name, {}).items():
        if hasattr(settings, field) and not hasattr(planned, field):
            settings = replace(settings, **{field: value})
        else:
            planned = replace(planned, **{field: value})
    return replace(planned, settings=settings)


def project_of(engine: Engine, name: str = "default") -> int:
    """The id of a project, made when it is new."""
    return engine.database.transact(_project_of, name)


def _project_of(transaction: Transaction, name: str) -> int:
    found = transaction.core.execute(sa.select(project.c.id).where(project.c.name == name)).scalar_one_or_none()
    if found is not None:
        return found
    row = {"name": name, "created_at": now_of(transaction)}
    return transaction.core.execute(project.insert().values(**row).returning(project.c.id)).scalar_one()


def submit(engine: Engine, plan: Plan, name: str = "flow", *, project: str = "default", **options: Any) -> int:
    """Submit a plan as a run of the flow `name`; returns the run's id."""
    revision = engine.save_revision(project_of(engine, project), {"format": 1, "name": name, "nodes": [], "edges": []})
    run_id, _ = engine.submit(Submission(revision.id, **options), plan)
    return run_id


def done(claim: Claim) -> Result:
    """What a step of these tests makes: one artifact named after its node."""
    return Result({"out": f"artifact-of-{claim.task.path}"})


def drain(engine: Engine, pool: str = "train", worker: str = "w") -> list[str]:
    """Claim and commit until nothing is left; the paths in order."""
    order = []
    claim = engine.claim(pool, worker)
    while claim is not None:
        order.append(claim.task.path)
        claim = engine.commit(claim, done(claim), worker, claim_next=True).next or engine.claim(pool, worker)
    return order


def states(engine: Engine, run_id: int) -> dict[str, str]:
    return {task.path: task.state for task in engine.tasks(run_id)}
