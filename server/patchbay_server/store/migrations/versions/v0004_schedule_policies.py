"""Policies of schedules, what made a run, limits of flows, backfills."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.add_column("flow", sa.Column("max_open_runs", sa.Integer(), nullable=True))
    op.add_column("run", sa.Column("held", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("run", sa.Column("schedule_id", ID, nullable=True))
    op.add_column("run", sa.Column("backfill_id", ID, nullable=True))
    op.add_column("run", sa.Column("scheduled_at", sa.Double(), nullable=True))
    _partial_index("ix_run_open_of_flow", "run", ["flow_id", "held"], "ended_at IS NULL")
    _partial_index("ix_run_open_of_schedule", "run", ["schedule_id"], "ended_at IS NULL AND schedule_id IS NOT NULL")
    op.add_column("schedule", sa.Column("catch_up", sa.Text(), server_default="latest", nullable=False))
    op.add_column("schedule", sa.Column("overlap", sa.Text(), server_default="skip", nullable=False))
    op.add_column("schedule", sa.Column("priority", sa.Integer(), server_default="0", nullable=False))
    op.add_column("schedule", sa.Column("waits_for", ID, nullable=True))
    op.add_column("schedule", sa.Column("last_skip", sa.Text(), nullable=True))
    op.add_column("schedule", sa.Column("deleted_at", sa.Double(), nullable=True))
    op.create_table(
        "backfill",
        sa.Column("id", ID, nullable=False),
        sa.Column("project_id", ID, nullable=False),
        sa.Column("flow_id", ID, nullable=False),
        sa.Column("schedule_id", ID, nullable=True),
        sa.Column("cron", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("params", sa.Text(), nullable=False),
        sa.Column("from_at", sa.Double(), nullable=False),
        sa.Column("until_at", sa.Double(), nullable=False),
        sa.Column("parallel", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("flows", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("created_by", ID, nullable=True),
        sa.Column("ended_at", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_backfill_project_id")),
        sa.ForeignKeyConstraint(["flow_id"], ["flow.id"], name=op.f("fk_backfill_flow_id")),
        sa.ForeignKeyConstraint(["schedule_id"], ["schedule.id"], name=op.f("fk_backfill_schedule_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backfill")),
    )
    op.create_index(op.f("ix_backfill_project_id_id"), "backfill", ["project_id", "id"], unique=False)
    _partial_index("ix_backfill_running", "backfill", ["id"], "state = 'running'")
    op.create_table(
        "backfill_item",
        sa.Column("backfill_id", ID, nullable=False),
        sa.Column("due_at", sa.Double(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("run_id", ID, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["backfill_id"], ["backfill.id"], name=op.f("fk_backfill_item_backfill_id")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_backfill_item_run_id")),
        sa.PrimaryKeyConstraint("backfill_id", "due_at", "position", name=op.f("pk_backfill_item")),
        sqlite_with_rowid=False,
    )
    _partial_index("ix_backfill_item_running", "backfill_item", ["run_id"], "state = 'running'")


def _partial_index(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, unique=False, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
