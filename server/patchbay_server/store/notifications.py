"""Tables of notifications: who is told about the ends of runs, and what was sent or is to be."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Table, UniqueConstraint

from patchbay_server.store.tables import Id, Json, Text, Time, metadata

notification = Table(
    "notification",
    metadata,
    Column("id", Id, primary_key=True),
    Column("project_id", ForeignKey("project.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),  # webhook, email
    Column("url", Text),
    Column("ciphertext", Text),  # what the webhook's messages are signed with
    Column("addresses", Json, nullable=False),
    Column("flow_id", ForeignKey("flow.id")),  # None: runs of every flow
    Column("on_done", sa.Boolean, nullable=False),
    Column("on_failed", sa.Boolean, nullable=False),
    Column("on_cancelled", sa.Boolean, nullable=False),
    Column("enabled", sa.Boolean, nullable=False),
    Column("version", sa.Integer, nullable=False, server_default="1"),
    Column("created_at", Time, nullable=False),
    Column("created_by", Id),
    UniqueConstraint("project_id", "name"),
)

delivery = Table(
    "delivery",
    metadata,
    Column("id", Id, primary_key=True),
    Column("notification_id", Id, nullable=False),  # no foreign key: a run must end while its target is being deleted
    Column("run_id", ForeignKey("run.id")),  # None: a test
    Column("state", Text, nullable=False),  # pending, delivered, failed
    Column("tries", sa.Integer, nullable=False),
    Column("next_at", Time),
    Column("lease_until", Time),  # until then somebody is sending it
    Column("status", Text),  # what the latest try gave
    Column("created_at", Time, nullable=False),
    Column("ended_at", Time),
    Index(None, "notification_id", "id"),
    Index(
        "ix_delivery_due",
        "next_at",
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    ),
    Index(
        "ix_delivery_leased",
        "notification_id",
        sqlite_where=sa.text("lease_until IS NOT NULL"),
        postgresql_where=sa.text("lease_until IS NOT NULL"),
    ),
)
