"""Tables of people and what they may do: users, sign-in, tokens, members, audit, secrets.

Ids in `*_by` columns name a `user_account`; users are never deleted, only deactivated.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Table, UniqueConstraint

from patchbay_server.store.tables import Id, Json, Text, Time, metadata

user_account = Table(
    "user_account",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", Text, nullable=False, unique=True),  # for signing in, case-folded
    Column("title", Text, nullable=False),  # for people
    Column("email", Text),
    Column("password_hash", Text),  # None: signs in through a provider, or not yet
    Column("is_admin", sa.Boolean, nullable=False, server_default=sa.false()),  # of the whole platform
    Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
    Column("version", sa.Integer, nullable=False, server_default="1"),
    Column("created_at", Time, nullable=False),
    Column("signed_in_at", Time),
)

external_identity = Table(
    "external_identity",
    metadata,
    Column("issuer", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("user_id", ForeignKey("user_account.id"), nullable=False),
    Column("created_at", Time, nullable=False),
    Index(None, "user_id"),
    sqlite_with_rowid=False,
)

user_session = Table(
    "user_session",
    metadata,
    Column("digest", Text, primary_key=True),  # SHA-256 of the cookie
    Column("user_id", ForeignKey("user_account.id"), nullable=False),
    Column("address", Text, nullable=False),
    Column("agent", Text, nullable=False),
    Column("created_at", Time, nullable=False),
    Column("seen_at", Time, nullable=False),
    Column("expires_at", Time, nullable=False),
    Index(None, "user_id"),
    Index(None, "expires_at"),
    sqlite_with_rowid=False,
)

one_time_link = Table(
    "one_time_link",
    metadata,
    Column("digest", Text, primary_key=True),  # SHA-256 of the link's token
    Column("purpose", Text, nullable=False),  # first_admin, password
    Column("user_id", ForeignKey("user_account.id")),  # None: the link makes the first admin
    Column("created_at", Time, nullable=False),
    Column("expires_at", Time, nullable=False),
    Column("used_at", Time),
    sqlite_with_rowid=False,
)

api_token = Table(
    "api_token",
    metadata,
    Column("id", Id, primary_key=True),
    Column("user_id", ForeignKey("user_account.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("digest", Text, nullable=False, unique=True),  # SHA-256 of the token
    Column("scopes", Json, nullable=False),  # permissions, or ["*"]
    Column("project_id", ForeignKey("project.id")),  # None: every project of its user
    Column("created_at", Time, nullable=False),
    Column("expires_at", Time, nullable=False),
    Column("used_at", Time),
    Column("revoked_at", Time),
    Index(None, "user_id"),
)

member = Table(
    "member",
    metadata,
    Column("project_id", ForeignKey("project.id"), primary_key=True),
    Column("user_id", ForeignKey("user_account.id"), primary_key=True),
    Column("role", Text, nullable=False),
    Column("version", sa.Integer, nullable=False, server_default="1"),
    Column("created_at", Time, nullable=False),
    Index(None, "user_id"),
    sqlite_with_rowid=False,
)

restriction = Table(
    "restriction",
    metadata,
    Column("project_id", ForeignKey("project.id"), primary_key=True),
    Column("subject", Text, primary_key=True),  # operator:source.sql, family:export, engine:ray, gpu
    Column("roles", Json, nullable=False),  # only these may use it
    Column("created_at", Time, nullable=False),
    sqlite_with_rowid=False,
)

audit_entry = Table(
    "audit_entry",
    metadata,
    Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),  # 1, 2, 3, ... without a gap
    Column("at", Time, nullable=False),
    Column("actor_id", Id),  # None: the platform itself, or its command line
    Column("actor", Text, nullable=False),
    Column("via", Text, nullable=False),  # session, token:<name>, command, platform
    Column("address", Text, nullable=False),
    Column("project_id", Id),
    Column("action", Text, nullable=False),  # <thing>.<verb>
    Column("thing", Text, nullable=False),
    Column("before", Json),
    Column("after", Json),
    Column("previous", Text, nullable=False),  # hash of the entry before
    Column("hash", Text, nullable=False),
    Index(None, "project_id", "seq"),
    Index(None, "actor_id", "seq"),
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", sa.Integer, primary_key=True, autoincrement=False),  # 1: there is one row
    Column("seq", sa.BigInteger, nullable=False),  # of the latest entry
    Column("hash", Text, nullable=False),
)

secret = Table(
    "secret",
    metadata,
    Column("id", Id, primary_key=True),
    Column("project_id", ForeignKey("project.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("ciphertext", Text, nullable=False),
    Column("version", sa.Integer, nullable=False, server_default="1"),
    Column("created_at", Time, nullable=False),
    Column("created_by", Id),
    Column("changed_at", Time, nullable=False),
    UniqueConstraint("project_id", "name"),
)

idempotent_request = Table(
    "idempotent_request",
    metadata,
    Column("user_id", Id, primary_key=True, autoincrement=False),
    Column("key", Text, primary_key=True),
    Column("request", Text, nullable=False),  # SHA-256 of method, path and body
    Column("status", sa.Integer),  # None: still being carried out
    Column("body", Json),
    Column("etag", Text),
    Column("created_at", Time, nullable=False),
    Index(None, "created_at"),
    sqlite_with_rowid=False,
)
