"""Tables of published operators."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Table, UniqueConstraint

from patchbay_server.store.tables import Id, Json, Text, Time, metadata

package = Table(
    "package",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", Text, nullable=False, unique=True),  # normalized as PyPI does
    Column("owner_id", Id),  # only its owner or an admin publishes further versions; None: the command line
    Column("created_at", Time, nullable=False),
)

release = Table(
    "release",
    metadata,
    Column("id", Id, primary_key=True),
    Column("package_id", ForeignKey("package.id"), nullable=False),
    Column("version", Text, nullable=False),
    Column("state", Text, nullable=False),  # draft, in_review, published, deprecated, withdrawn
    Column("digest", Text, nullable=False),  # SHA-256 over the package's files and its lock
    Column("lock", Text),  # hash-pinned requirements; None: the platform's own environment
    Column("environment", Text),  # digest of the lock, name of the environment's folder
    Column("report", Json, nullable=False),  # what its tests said
    Column("created_at", Time, nullable=False),
    Column("created_by", Id),
    Column("reviewed_at", Time),
    Column("reviewed_by", Id),
    Column("note", Text, nullable=False, server_default=""),  # of the reviewer, or why it was withdrawn
    Column("etag", sa.Integer, nullable=False, server_default="1"),
    UniqueConstraint("package_id", "version"),
)

release_operator = Table(
    "release_operator",
    metadata,
    Column("release_id", ForeignKey("release.id"), primary_key=True),
    Column("operator", Text, primary_key=True),  # id
    Column("version", Text, primary_key=True),
    Column("spec", Json, nullable=False),
    Column("path", Text, nullable=False),  # of the spec's file in the release
    Column("content", Text, nullable=False),  # SHA-256 over the spec and the code that it runs
    Index(None, "operator", "version"),
    sqlite_with_rowid=False,
)

operator_owner = Table(
    "operator_owner",
    metadata,
    Column("operator", Text, primary_key=True),  # an id belongs to the package that published it first
    Column("package_id", ForeignKey("package.id"), nullable=False),
    sqlite_with_rowid=False,
)

operator_fault = Table(
    "operator_fault",
    metadata,
    Column("operator", Text, primary_key=True),  # id@version, or plugin:<name>
    Column("faults", sa.Integer, nullable=False),
    Column("last_error", Text, nullable=False),
    Column("last_at", Time, nullable=False),
    Column("disabled_at", Time),  # not asked any more until somebody enables it
    sqlite_with_rowid=False,
)
