"""Tables of backfills."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Table

from patchbay_server.store.tables import Id, Json, Text, Time, metadata

backfill = Table(
    "backfill",
    metadata,
    Column("id", Id, primary_key=True),
    Column("project_id", ForeignKey("project.id"), nullable=False),
    Column("flow_id", ForeignKey("flow.id"), nullable=False),
    Column("schedule_id", ForeignKey("schedule.id")),  # whose times they are; None: those of its own cron expression
    Column("cron", Text, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("params", Json, nullable=False),
    Column("from_at", Time, nullable=False),
    Column("until_at", Time, nullable=False),
    Column("parallel", sa.Integer, nullable=False),
    Column("priority", sa.Integer, nullable=False),
    Column("flows", Json, nullable=False),  # [{"flow_id", "revision_id", "after": [flow_id]}], each after what it needs
    Column("state", Text, nullable=False),  # running, paused, cancelled, done, failed
    Column("error", Text),  # why the platform paused it
    Column("version", sa.Integer, nullable=False, server_default="1"),
    Column("created_at", Time, nullable=False),
    Column("created_by", Id),  # with whose rights it makes runs
    Column("ended_at", Time),
    Index(None, "project_id", "id"),
    Index(
        "ix_backfill_running",
        "id",
        sqlite_where=sa.text("state = 'running'"),
        postgresql_where=sa.text("state = 'running'"),
    ),
)

backfill_item = Table(
    "backfill_item",
    metadata,
    Column("backfill_id", ForeignKey("backfill.id"), primary_key=True),
    Column("due_at", Time, primary_key=True),
    Column("position", sa.Integer, primary_key=True),  # of the flow in `backfill.flows`
    Column("state", Text, nullable=False),  # pending, running, done, failed, cancelled, skipped
    Column("run_id", ForeignKey("run.id")),  # the latest
    Column("error", Text),  # why no run could be made
    Index(
        "ix_backfill_item_running",
        "run_id",
        sqlite_where=sa.text("state = 'running'"),
        postgresql_where=sa.text("state = 'running'"),
    ),
    sqlite_with_rowid=False,
)
