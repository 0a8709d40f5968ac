"""Tables of datasets, uploads and schedules."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Table, UniqueConstraint

from patchbay_server.store.tables import Id, Json, Text, Time, metadata

dataset = Table(
    "dataset",
    metadata,
    Column("id", Id, primary_key=True),
    Column("project_id", ForeignKey("project.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("meta", Json, nullable=False),  # title, description, owner, target, ...: the domain's dataset_meta
    Column("keep_versions", sa.Integer),  # None: all
    Column("keep_days", sa.Integer),  # None: for ever
    Column("version", sa.Integer, nullable=False, server_default="1"),
    Column("created_at", Time, nullable=False),
    Column("created_by", Id),
    Column("deleted_at", Time),
    UniqueConstraint("project_id", "name"),
)

dataset_version = Table(
    "dataset_version",
    metadata,
    Column("id", Id, primary_key=True),
    Column("dataset_id", ForeignKey("dataset.id"), nullable=False),
    Column("number", sa.Integer, nullable=False),
    Column("content_hash", Text, nullable=False),
    Column("rows", sa.BigInteger, nullable=False),
    Column("bytes", sa.BigInteger, nullable=False, server_default="0"),
    Column("schema", Json, nullable=False),
    Column("source", Json, nullable=False),  # {"kind": "upload" | "catalogue" | "run", ...}
    Column("statistics", Json),  # None: not computed yet
    Column("run_id", ForeignKey("run.id")),  # the run that made it, where known
    Column("created_at", Time, nullable=False),
    Column("created_by", Id),
    Column("expired_at", Time),  # its rows are gone, its description stays
    UniqueConstraint("dataset_id", "number"),
    Index(None, "run_id"),
)

feature_meta = Table(
    "feature_meta",
    metadata,
    Column("dataset_id", ForeignKey("dataset.id"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("meta", Json, nullable=False),  # meaning, owner, unit, group, ...
    Column("version", sa.Integer, nullable=False, server_default="1"),
    Column("changed_at", Time, nullable=False),
    Column("changed_by", Id),
    sqlite_with_rowid=False,
)

dataset_use = Table(
    "dataset_use",
    metadata,
    Column("run_id", ForeignKey("run.id"), primary_key=True),
    Column("path", Text, primary_key=True),
    Column("param", Text, primary_key=True),
    Column("dataset_id", ForeignKey("dataset.id"), primary_key=True),  # the items of a map may name several
    Column("number", sa.Integer),  # None: the latest at that time
    Index(None, "dataset_id", "run_id"),
    sqlite_with_rowid=False,
)

upload = Table(
    "upload",
    metadata,
    Column("id", Text, primary_key=True),
    Column("project_id", ForeignKey("project.id"), nullable=False),
    Column("file_name", Text, nullable=False),
    Column("size", sa.BigInteger, nullable=False),
    Column("received", sa.BigInteger, nullable=False, server_default="0"),
    Column("sha256", Text),  # what the client says the whole file has; checked at the end
    Column("state", Text, nullable=False),  # open, complete, used, failed
    Column("source", Json),  # None: a person's upload; else where the platform itself gets the file
    Column("error", Text),  # why it failed
    Column("run_id", ForeignKey("run.id")),  # the latest run that imported it
    Column("created_at", Time, nullable=False),
    Column("created_by", Id),
    Column("expires_at", Time, nullable=False),
    Index(None, "project_id"),
    Index(None, "expires_at"),
    Index(None, "run_id"),
)

schedule = Table(
    "schedule",
    metadata,
    Column("id", Id, primary_key=True),
    Column("project_id", ForeignKey("project.id"), nullable=False),
    Column("flow_id", ForeignKey("flow.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("cron", Text, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("params", Json, nullable=False),
    Column("enabled", sa.Boolean, nullable=False),
    Column("catch_up", Text, nullable=False, server_default="latest"),  # none, latest, all
    Column("overlap", Text, nullable=False, server_default="skip"),  # skip, queue, allow
    Column("priority", sa.Integer, nullable=False, server_default="0"),
    Column("next_at", Time),
    Column("waits_for", Id),  # the run whose end the due time waits for
    Column("last_run_id", ForeignKey("run.id")),
    Column("last_error", Text),
    Column("last_skip", Json),  # {"at", "reason", "times", "run"}: due times that were left out
    Column("version", sa.Integer, nullable=False, server_default="1"),
    Column("created_at", Time, nullable=False),
    Column("created_by", Id),
    Column("deleted_at", Time),  # its runs go on naming it
    UniqueConstraint("project_id", "name"),
    Index(None, "next_at"),
)
