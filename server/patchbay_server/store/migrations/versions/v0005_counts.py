"""What /metrics counts: attempts by how they ended, latencies of deployments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attempt_count",
        sa.Column("pool", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("shard", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("pool", "state", "shard", name=op.f("pk_attempt_count")),
        sqlite_with_rowid=False,
    )
    op.add_column("deployment", sa.Column("latencies", sa.Text(), server_default="[]", nullable=False))
    op.add_column("deployment", sa.Column("seconds", sa.Double(), server_default="0", nullable=False))
