"""The tables. SQL is the only truth: what is not here is not known.

Times are seconds since 1970 by the database's clock. CPUs and GPUs are counted in thousandths, so that sums of
slots stay exact; memory in bytes.
"""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, UniqueConstraint

from patchbay_server.store.statement import to_json

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
Time = sa.Double
Text = sa.Text


class Json(sa.types.TypeDecorator[Any]):
    """JSON kept as text: both databases and both ways of reading (Core, raw) see the same bytes."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> str | None:
        return None if value is None else to_json(value)

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> Any:
        return None if value is None else json.loads(value)


def _slots(prefix: str = "", *, default: int | None = None) -> tuple[Column[Any], Column[Any], Column[Any]]:
    names = ("cpu_milli", "gpu_milli", "memory")
    server_default = None if default is None else str(default)
    cpu, gpu, memory = (
        Column(prefix + name, sa.BigInteger, nullable=False, server_default=server_default) for name in names
    )
    return cpu, gpu, memory


project = Table(
    "project",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("title", Text, nullable=False, server_default=""),
    Column("description", Text, nullable=False, server_default=""),
    Column("version", sa.Integer, nullable=False, server_default="1"),
    Column("created_at", Time, nullable=False),
)

flow = Table(
    "flow",
    metadata,
    Column("id", Id, primary_key=True),
    Column("project_id", ForeignKey("project.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("created_at", Time, nullable=False),
    Column("system", sa.Boolean, nullable=False, server_default=sa.false()),  # made by the platform, not listed
    Column("deleted_at", Time),
    Column("max_open_runs", sa.Integer),  # None: as many as there are
    UniqueConstraint("project_id", "name"),
)

flow_revision = Table(
    "flow_revision",
    metadata,
    Column("id", Id, primary_key=True),
    Column("flow_id", ForeignKey("flow.id"), nullable=False),
    Column("number", sa.Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("document", Json, nullable=False),
    # of the document, so that lists need not read it
    Column("title", Json),
    Column("nodes", sa.Integer, nullable=False, server_default="0"),
    Column("search", Text, nullable=False, server_default=""),  # name and titles, case-folded
    Column("wizard", Text),  # "published": others can start from it; "started": a wizard made it
    Column("wizard_kind", Text),
    Column("created_at", Time, nullable=False),
    Column("created_by", Id),
    UniqueConstraint("flow_id", "number"),
)

run = Table(
    "run",
    metadata,
    Column("id", Id, primary_key=True),
    Column("project_id", ForeignKey("project.id"), nullable=False),
    Column("flow_id", ForeignKey("flow.id"), nullable=False),
    Column("revision_id", ForeignKey("flow_revision.id"), nullable=False),
    Column("state", Text, nullable=False),
    Column("mode", Json, nullable=False),
    Column("params", Json, nullable=False),
    Column("data_roots", Json, nullable=False),
    Column("priority", sa.Integer, nullable=False),
    Column("bypass_cache", sa.Boolean, nullable=False),
    Column("cancel_requested", sa.Boolean, nullable=False, server_default=sa.false()),
    Column("resumed_from", ForeignKey("run.id")),
    Column("event_seq", sa.BigInteger, nullable=False, server_default="0"),
    Column("open_tasks", sa.Integer, nullable=False),
    Column("created_at", Time, nullable=False),
    Column("started_at", Time),
    Column("ended_at", Time),
    Column("announced", sa.Boolean, nullable=False, server_default=sa.false()),
    Column("created_by", Id),
    Column("held", sa.Boolean, nullable=False, server_default=sa.false()),  # its flow has as many open runs as it may
    # what made it, where that was no person, and the time that it was made for
    Column("schedule_id", Id),
    Column("backfill_id", Id),
    Column("scheduled_at", Time),
    Index(None, "flow_id", "id"),
    Index(None, "project_id", "id"),
    Index(None, "project_id", "state", "id"),
    Index(
        "ix_run_unannounced",
        "id",
        sqlite_where=sa.text("ended_at IS NOT NULL AND NOT announced"),
        postgresql_where=sa.text("ended_at IS NOT NULL AND NOT announced"),
    ),
    Index(
        "ix_run_unfinished",
        "id",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    ),
    Index(
        "ix_run_open_of_flow",
        "flow_id",
        "held",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    ),
    Index(
        "ix_run_open_of_schedule",
        "schedule_id",
        sqlite_where=sa.text("ended_at IS NULL AND schedule_id IS NOT NULL"),
        postgresql_where=sa.text("ended_at IS NULL AND schedule_id IS NOT NULL"),
    ),
)

CLAIMABLE = "state IN ('ready', 'admitted')"

task = Table(
    "task",
    metadata,
    Column("id", Id, primary_key=True),
    Column("run_id", ForeignKey("run.id"), nullable=False),
    Column("project_id", ForeignKey("project.id"), nullable=False),
    Column("flow_id", ForeignKey("flow.id"), nullable=False),
    Column("path", Text, nullable=False),
    Column("task_index", Text, nullable=False),
    Column("operator", Text, nullable=False),
    Column("params", Json, nullable=False),
    Column("engine", Text, nullable=False),
    Column("engine_choice", Json),  # which, and why, where that was left to the platform
    Column("seed", sa.BigInteger),
    Column("use_cache", sa.Boolean, nullable=False),
    Column("reuse_only", sa.Boolean, nullable=False),
    Column("timeout", sa.Double),
    Column("retries", sa.Integer, nullable=False),
    Column("retries_left", sa.Integer, nullable=False),
    Column("retry_delay", sa.Double, nullable=False),
    # control flow
    Column("expansion", Json),  # what becomes tasks when this one has made the items of a map
    Column("origin_id", Id),  # the task whose expansion this is one of
    Column("tolerated", sa.Boolean, nullable=False, server_default=sa.false()),  # may fail without failing the run
    Column("stops", Text),  # key of the map that is given up when this task fails
    Column("decision", Json),  # what a person said who was asked
    Column("infra_retries", sa.Integer, nullable=False, server_default="0"),
    # where and when it runs
    Column("pool", ForeignKey("pool.name"), nullable=False),
    *_slots(),
    Column("priority", sa.Integer, nullable=False),
    Column("isolated", sa.Boolean, nullable=False, server_default=sa.false()),  # a load test
    Column("checkpoints", sa.Boolean, nullable=False, server_default=sa.false()),  # it can be stopped and go on later
    Column("finishable", sa.Boolean, nullable=False, server_default=sa.false()),  # it can end with the best so far
    Column("finish_requested", sa.Boolean, nullable=False, server_default=sa.false()),  # somebody wants it to
    Column("training", sa.Boolean, nullable=False, server_default=sa.false()),  # its operator trains networks
    Column("live", Json),  # of a training: what it has reported last, see engine.trainings
    Column("give_back_to", Id),  # the task that it is to give its place to, or gave it to since it ran last
    Column("promised", sa.Boolean, nullable=False, server_default=sa.false()),  # others were asked to make place for it
    Column("state", Text, nullable=False),
    Column("remaining", sa.Integer, nullable=False),
    Column("not_before", Time),
    # the attempt that holds it
    Column("attempt", sa.Integer, nullable=False, server_default="0"),
    Column("token", Text),
    Column("lease_until", Time),
    Column("deadline", Time),
    # what came of it
    Column("cache_key", Text),
    Column("cache_parts", Json),
    Column("reasons", Json),
    Column("cached", sa.Boolean, nullable=False, server_default=sa.false()),
    Column("metrics", Json),
    Column("warnings", Json),
    Column("error", Json),
    Column("created_at", Time, nullable=False),
    Column("started_at", Time),
    Column("ended_at", Time),
    UniqueConstraint("run_id", "path", "task_index"),
    Index(
        "ix_task_claim",
        "pool",
        sa.desc("priority"),
        "id",
        sqlite_where=sa.text(CLAIMABLE),
        postgresql_where=sa.text(CLAIMABLE),
    ),
    Index(
        "ix_task_line",
        "pool",
        "project_id",
        sa.desc("priority"),
        "id",
        sqlite_where=sa.text(CLAIMABLE),
        postgresql_where=sa.text(CLAIMABLE),
    ),
    Index(
        "ix_task_held",
        "state",
        "lease_until",
        sqlite_where=sa.text("state IN ('running', 'delayed', 'waiting_cache')"),
        postgresql_where=sa.text("state IN ('running', 'delayed', 'waiting_cache')"),
    ),
    Index(
        "ix_task_failed",
        "ended_at",
        sqlite_where=sa.text("state = 'failed'"),
        postgresql_where=sa.text("state = 'failed'"),
    ),
    Index(
        "ix_task_training",
        "project_id",
        "id",
        sqlite_where=sa.text("training"),
        postgresql_where=sa.text("training"),
    ),
    Index(
        "ix_task_training_state",
        "project_id",
        "state",
        "id",
        sqlite_where=sa.text("training"),
        postgresql_where=sa.text("training"),
    ),
    Index("ix_task_history", "flow_id", "path", "task_index", "id"),
    Index(None, "project_id", "cache_key"),
)

task_edge = Table(
    "task_edge",
    metadata,
    Column("child_id", ForeignKey("task.id"), primary_key=True),
    Column("port", Text, primary_key=True),
    Column("position", sa.Integer, primary_key=True),
    Column("parent_id", ForeignKey("task.id"), nullable=False),
    Column("output_port", Text, nullable=False),
    # whether the child can do without: of this edge, while another of the port delivers, or of the whole port
    Column("need", Text, nullable=False, server_default="edge"),
    Column("tolerant", sa.Boolean, nullable=False, server_default=sa.false()),  # ... also when the parent failed
    Index(None, "parent_id", "child_id"),
    sqlite_with_rowid=False,
)

attempt = Table(
    "attempt",
    metadata,
    Column("task_id", ForeignKey("task.id"), primary_key=True),
    Column("number", sa.Integer, primary_key=True),
    Column("state", Text, nullable=False),
    Column("worker", Text, nullable=False),
    Column("log_path", Text),
    Column("external_id", Text),
    Column("abandoned", sa.Boolean, nullable=False, server_default=sa.false()),  # that job may go on without a worker
    Column("error", Json),
    Column("started_at", Time, nullable=False),
    Column("ended_at", Time),
    Index("ix_attempt_abandoned", "task_id", sqlite_where=sa.text("abandoned"), postgresql_where=sa.text("abandoned")),
    sqlite_with_rowid=False,
)

attempt_count = Table(
    "attempt_count",
    metadata,
    Column("pool", Text, primary_key=True),
    Column("state", Text, primary_key=True),  # that the attempts ended with
    Column("shard", sa.Integer, primary_key=True),  # tasks that end at once seldom wait for each other's row
    Column("number", sa.BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

output = Table(
    "output",
    metadata,
    Column("task_id", ForeignKey("task.id"), primary_key=True),
    Column("port", Text, primary_key=True),
    Column("artifact_id", Text, nullable=False),
    Column("rows", sa.BigInteger),
    Index(None, "artifact_id"),
    sqlite_with_rowid=False,
)

stored_artifact = Table(
    "stored_artifact",
    metadata,
    Column("project_id", ForeignKey("project.id"), primary_key=True),
    Column("artifact_id", Text, primary_key=True),
    Column("bytes", sa.BigInteger, nullable=False),
    Index(None, "artifact_id"),
    sqlite_with_rowid=False,
)

cache_entry = Table(
    "cache_entry",
    metadata,
    Column("project_id", ForeignKey("project.id"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("task_id", ForeignKey("task.id"), nullable=False),
    Column("token", Text),
    Column("created_at", Time, nullable=False),
    Column("used_at", Time, nullable=False),
    Index(None, "task_id"),
    sqlite_with_rowid=False,
)

event = Table(
    "event",
    metadata,
    Column("run_id", ForeignKey("run.id"), primary_key=True),
    Column("seq", sa.BigInteger, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("data", Json, nullable=False),
    Column("at", Time, nullable=False),
    sqlite_with_rowid=False,
)

pool = Table(
    "pool",
    metadata,
    Column("name", Text, primary_key=True),
    Column("policy", Text, nullable=False),
    *_slots(),
    *_slots("used_", default=0),
    *_slots("isolated_", default=0),  # of a mixed pool: the part that is for load tests alone
    Column("edited", sa.Boolean, nullable=False, server_default=sa.false()),  # by a person: settings do not apply
    Column("version", sa.Integer, nullable=False, server_default="1"),
    CheckConstraint("used_cpu_milli >= 0 AND used_gpu_milli >= 0 AND used_memory >= 0", name="used"),
)

quota = Table(
    "quota",
    metadata,
    Column("project_id", ForeignKey("project.id"), primary_key=True),
    Column("weight", sa.Double, nullable=False),
    # over all pools; null: no limit
    Column("cpu_milli", sa.BigInteger),
    Column("gpu_milli", sa.BigInteger),
    Column("trainings", sa.Integer),
    Column("storage", sa.BigInteger),
    Column("borrows", sa.Boolean, nullable=False),
)

worker = Table(
    "worker",
    metadata,
    Column("id", Text, primary_key=True),
    Column("pool", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("pid", sa.Integer, nullable=False),
    Column("task_id", Id),
    Column("started_at", Time, nullable=False),
    Column("seen_at", Time, nullable=False),
)

scheduler_lock = Table(
    "scheduler_lock",
    metadata,
    Column("name", Text, primary_key=True),
)
