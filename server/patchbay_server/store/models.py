"""Tables of registered models, their versions, and deployments."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Table, UniqueConstraint

from patchbay_server.store.tables import Id, Json, Text, Time, metadata

registered_model = Table(
    "registered_model",
    metadata,
    Column("id", Id, primary_key=True),
    Column("project_id", ForeignKey("project.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False, server_default=""),
    Column("version", sa.Integer, nullable=False, server_default="1"),
    Column("created_at", Time, nullable=False),
    Column("created_by", Id),
    Column("archived_at", Time),  # not listed any more; its versions stay
    UniqueConstraint("project_id", "name"),
)

model_version = Table(
    "model_version",
    metadata,
    Column("id", Id, primary_key=True),
    Column("model_id", ForeignKey("registered_model.id"), nullable=False),
    Column("number", sa.Integer, nullable=False),
    Column("artifact_id", Text, nullable=False),
    Column("about", Json, nullable=False),  # task, features, target, classes, ...: of the model's own document
    Column("metrics", Json, nullable=False),
    Column("input_schema", Json, nullable=False),  # a `patchbay_sdk.Schema`, without the target
    # where it comes from
    Column("run_id", ForeignKey("run.id"), nullable=False),
    Column("task_id", ForeignKey("task.id"), nullable=False),
    Column("port", Text, nullable=False),
    Column("lineage", Json, nullable=False),  # datasets, operators and files that it was made with
    Column("note", Text, nullable=False, server_default=""),
    Column("created_at", Time, nullable=False),
    Column("created_by", Id),
    Column("archived_at", Time),  # cannot be deployed any more; its files stay
    UniqueConstraint("model_id", "number"),
    Index(None, "artifact_id"),
)

model_alias = Table(
    "model_alias",
    metadata,
    Column("model_id", ForeignKey("registered_model.id"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("version_id", ForeignKey("model_version.id"), nullable=False),
    sqlite_with_rowid=False,
)

deployment = Table(
    "deployment",
    metadata,
    Column("id", Id, primary_key=True),
    Column("project_id", ForeignKey("project.id"), nullable=False),
    Column("name", Text, nullable=False),
    # what is wanted
    Column("version_id", ForeignKey("model_version.id"), nullable=False),
    Column("replicas", sa.Integer, nullable=False),
    Column("cpu_milli", sa.BigInteger, nullable=False),  # of one replica, as `memory`
    Column("memory", sa.BigInteger, nullable=False),
    Column("pool", ForeignKey("pool.name"), nullable=False),
    Column("key_digest", Text, nullable=False),
    Column("removed", sa.Boolean, nullable=False, server_default=sa.false()),
    Column("version", sa.Integer, nullable=False, server_default="1"),
    # what there is
    Column("held", sa.Integer, nullable=False),  # replicas whose slots the pool counts as used
    Column("state", Text, nullable=False),  # starting, serving, changing, failing, stopping
    Column("message", Text, nullable=False, server_default=""),
    Column("live_version_id", ForeignKey("model_version.id")),  # the one that answers
    Column("live_replicas", sa.Integer, nullable=False, server_default="0"),
    Column("requests", sa.BigInteger, nullable=False, server_default="0"),
    Column("refused", sa.BigInteger, nullable=False, server_default="0"),  # what the client did wrong, of `requests`
    Column("errors", sa.BigInteger, nullable=False, server_default="0"),  # what the endpoint did wrong
    Column("latencies", Json, nullable=False, server_default="[]"),  # as those of a minute; none yet: empty
    Column("seconds", sa.Double, nullable=False, server_default="0"),  # sum of all latencies
    Column("seen", Json, nullable=False),  # replica -> what it had counted when it was last asked
    Column("created_at", Time, nullable=False),
    Column("created_by", Id),
    Column("changed_at", Time, nullable=False),
    UniqueConstraint("project_id", "name"),
)

deployment_minute = Table(
    "deployment_minute",
    metadata,
    Column("deployment_id", ForeignKey("deployment.id"), primary_key=True),
    Column("minute", sa.BigInteger, primary_key=True),  # since 1970
    Column("requests", sa.BigInteger, nullable=False),
    Column("refused", sa.BigInteger, nullable=False),
    Column("errors", sa.BigInteger, nullable=False),
    Column("latencies", Json, nullable=False),  # requests per bucket of `patchbay_runners.serving.counts.BOUNDS`
    sqlite_with_rowid=False,
)
