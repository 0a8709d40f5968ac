"""People and rights, audit, secrets, datasets, schedules, published operators, quotas."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")

APPEND_ONLY = {
    "sqlite": [
        f"CREATE TRIGGER audit_entry_no_{verb.lower()} BEFORE {verb} ON audit_entry"
        " BEGIN SELECT RAISE(ABORT, 'audit entries cannot be changed'); END"
        for verb in ("UPDATE", "DELETE")
    ],
    "postgresql": [
        "CREATE FUNCTION audit_entry_is_append_only() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'audit entries cannot be changed'; END $$",
        "CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry"
        " FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_is_append_only()",
    ],
}


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("actor_id", ID, nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("via", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("project_id", ID, nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("thing", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_entry")),
    )
    op.create_index(op.f("ix_audit_entry_actor_id_seq"), "audit_entry", ["actor_id", "seq"], unique=False)
    op.create_index(op.f("ix_audit_entry_project_id_seq"), "audit_entry", ["project_id", "seq"], unique=False)
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "idempotent_request",
        sa.Column("user_id", ID, autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "key", name=op.f("pk_idempotent_request")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_idempotent_request_created_at"), "idempotent_request", ["created_at"], unique=False)
    op.create_table(
        "operator_fault",
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("faults", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("last_at", sa.Double(), nullable=False),
        sa.Column("disabled_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("operator", name=op.f("pk_operator_fault")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "package",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner_id", ID, nullable=True),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_package")),
        sa.UniqueConstraint("name", name=op.f("uq_package_name")),
    )
    op.create_table(
        "user_account",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("is_admin", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("signed_in_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("name", name=op.f("uq_user_account_name")),
    )
    op.create_table(
        "api_token",
        sa.Column("id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("project_id", ID, nullable=True),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.Column("used_at", sa.Double(), nullable=True),
        sa.Column("revoked_at", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_api_token_project_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_api_token_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_token_digest")),
    )
    op.create_index(op.f("ix_api_token_user_id"), "api_token", ["user_id"], unique=False)
    op.create_table(
        "dataset",
        sa.Column("id", ID, nullable=False),
        sa.Column("project_id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("meta", sa.Text(), nullable=False),
        sa.Column("keep_versions", sa.Integer(), nullable=True),
        sa.Column("keep_days", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("created_by", ID, nullable=True),
        sa.Column("deleted_at", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_dataset_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dataset")),
        sa.UniqueConstraint("project_id", "name", name=op.f("uq_dataset_project_id_name")),
    )
    op.create_table(
        "external_identity",
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_external_identity_user_id")),
        sa.PrimaryKeyConstraint("issuer", "subject", name=op.f("pk_external_identity")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_external_identity_user_id"), "external_identity", ["user_id"], unique=False)
    op.create_table(
        "member",
        sa.Column("project_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_member_project_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_member_user_id")),
        sa.PrimaryKeyConstraint("project_id", "user_id", name=op.f("pk_member")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_member_user_id"), "member", ["user_id"], unique=False)
    op.create_table(
        "one_time_link",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.Column("used_at", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_one_time_link_user_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_one_time_link")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "operator_owner",
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("package_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["package_id"], ["package.id"], name=op.f("fk_operator_owner_package_id")),
        sa.PrimaryKeyConstraint("operator", name=op.f("pk_operator_owner")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "release",
        sa.Column("id", ID, nullable=False),
        sa.Column("package_id", ID, nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("lock", sa.Text(), nullable=True),
        sa.Column("environment", sa.Text(), nullable=True),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("created_by", ID, nullable=True),
        sa.Column("reviewed_at", sa.Double(), nullable=True),
        sa.Column("reviewed_by", ID, nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("etag", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["package_id"], ["package.id"], name=op.f("fk_release_package_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release")),
        sa.UniqueConstraint("package_id", "version", name=op.f("uq_release_package_id_version")),
    )
    op.create_table(
        "restriction",
        sa.Column("project_id", ID, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_restriction_project_id")),
        sa.PrimaryKeyConstraint("project_id", "subject", name=op.f("pk_restriction")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "secret",
        sa.Column("id", ID, nullable=False),
        sa.Column("project_id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("ciphertext", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("created_by", ID, nullable=True),
        sa.Column("changed_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_secret_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secret")),
        sa.UniqueConstraint("project_id", "name", name=op.f("uq_secret_project_id_name")),
    )
    op.create_table(
        "upload",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("project_id", ID, nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("run_id", ID, nullable=True),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("created_by", ID, nullable=True),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_upload_project_id")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_upload_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
    )
    op.create_index(op.f("ix_upload_expires_at"), "upload", ["expires_at"], unique=False)
    op.create_index(op.f("ix_upload_project_id"), "upload", ["project_id"], unique=False)
    op.create_index(op.f("ix_upload_run_id"), "upload", ["run_id"], unique=False)
    op.create_table(
        "user_session",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("seen_at", sa.Double(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_user_session_user_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_user_session")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_user_session_expires_at"), "user_session", ["expires_at"], unique=False)
    op.create_index(op.f("ix_user_session_user_id"), "user_session", ["user_id"], unique=False)
    op.create_table(
        "feature_meta",
        sa.Column("dataset_id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("meta", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("changed_at", sa.Double(), nullable=False),
        sa.Column("changed_by", ID, nullable=True),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.id"], name=op.f("fk_feature_meta_dataset_id")),
        sa.PrimaryKeyConstraint("dataset_id", "name", name=op.f("pk_feature_meta")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "release_operator",
        sa.Column("release_id", ID, nullable=False),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("spec", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_release_operator_release_id")),
        sa.PrimaryKeyConstraint("release_id", "operator", "version", name=op.f("pk_release_operator")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_release_operator_operator_version"), "release_operator", ["operator", "version"], unique=False
    )
    op.create_table(
        "dataset_use",
        sa.Column("run_id", ID, nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("param", sa.Text(), nullable=False),
        sa.Column("dataset_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.id"], name=op.f("fk_dataset_use_dataset_id")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_dataset_use_run_id")),
        sa.PrimaryKeyConstraint("run_id", "path", "param", "dataset_id", name=op.f("pk_dataset_use")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_dataset_use_dataset_id_run_id"), "dataset_use", ["dataset_id", "run_id"], unique=False)
    op.create_table(
        "dataset_version",
        sa.Column("id", ID, nullable=False),
        sa.Column("dataset_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("schema", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("statistics", sa.Text(), nullable=True),
        sa.Column("run_id", ID, nullable=True),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("created_by", ID, nullable=True),
        sa.Column("expired_at", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.id"], name=op.f("fk_dataset_version_dataset_id")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_dataset_version_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dataset_version")),
        sa.UniqueConstraint("dataset_id", "number", name=op.f("uq_dataset_version_dataset_id_number")),
    )
    op.create_index(op.f("ix_dataset_version_run_id"), "dataset_version", ["run_id"], unique=False)
    op.create_table(
        "schedule",
        sa.Column("id", ID, nullable=False),
        sa.Column("project_id", ID, nullable=False),
        sa.Column("flow_id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("cron", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("params", sa.Text(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("next_at", sa.Double(), nullable=True),
        sa.Column("last_run_id", ID, nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("created_by", ID, nullable=True),
        sa.ForeignKeyConstraint(["flow_id"], ["flow.id"], name=op.f("fk_schedule_flow_id")),
        sa.ForeignKeyConstraint(["last_run_id"], ["run.id"], name=op.f("fk_schedule_last_run_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_schedule_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule")),
        sa.UniqueConstraint("project_id", "name", name=op.f("uq_schedule_project_id_name")),
    )
    op.create_index(op.f("ix_schedule_next_at"), "schedule", ["next_at"], unique=False)
    op.create_table(
        "artifact_store",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_artifact_store")),
    )
    op.execute("INSERT INTO artifact_store (id, epoch) VALUES (1, 0)")
    op.create_table(
        "collected_artifact",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collected_artifact")),
        sqlite_with_rowid=False,
    )
    op.add_column("flow", sa.Column("system", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("flow", sa.Column("deleted_at", sa.Double(), nullable=True))
    op.add_column("flow_revision", sa.Column("created_by", ID, nullable=True))
    op.add_column("flow_revision", sa.Column("title", sa.Text(), nullable=True))
    op.add_column("flow_revision", sa.Column("nodes", sa.Integer(), server_default="0", nullable=False))
    op.add_column("flow_revision", sa.Column("search", sa.Text(), server_default="", nullable=False))
    op.add_column("flow_revision", sa.Column("wizard", sa.Text(), nullable=True))
    op.add_column("flow_revision", sa.Column("wizard_kind", sa.Text(), nullable=True))
    _summarise_revisions()
    _restrict_projects()
    op.add_column("pool", sa.Column("edited", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("pool", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    for slots in ("isolated_cpu_milli", "isolated_gpu_milli", "isolated_memory"):
        op.add_column("pool", sa.Column(slots, sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("project", sa.Column("title", sa.Text(), server_default="", nullable=False))
    op.add_column("project", sa.Column("description", sa.Text(), server_default="", nullable=False))
    op.add_column("project", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.add_column("run", sa.Column("created_by", ID, nullable=True))
    op.add_column("task", sa.Column("expansion", sa.Text(), nullable=True))
    op.add_column("task", sa.Column("origin_id", ID, nullable=True))
    op.add_column("task", sa.Column("tolerated", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("task", sa.Column("stops", sa.Text(), nullable=True))
    op.add_column("task", sa.Column("decision", sa.Text(), nullable=True))
    op.add_column("task", sa.Column("isolated", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("task", sa.Column("checkpoints", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("task", sa.Column("finishable", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("task", sa.Column("finish_requested", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("task", sa.Column("training", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("task", sa.Column("live", sa.Text(), nullable=True))
    for name, columns in (("ix_task_training", []), ("ix_task_training_state", ["state"])):
        op.create_index(
            name,
            "task",
            ["project_id", *columns, "id"],
            unique=False,
            sqlite_where=sa.text("training"),
            postgresql_where=sa.text("training"),
        )
    op.add_column("task", sa.Column("give_back_to", ID, nullable=True))
    op.add_column("task", sa.Column("promised", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("task_edge", sa.Column("need", sa.Text(), server_default="edge", nullable=False))
    op.add_column("task_edge", sa.Column("tolerant", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index(op.f("ix_run_project_id_id"), "run", ["project_id", "id"], unique=False)
    op.create_index(op.f("ix_run_project_id_state_id"), "run", ["project_id", "state", "id"], unique=False)
    op.drop_index(op.f("ix_task_claim"), table_name="task", sqlite_where=sa.text("state IN ('ready', 'admitted')"))
    op.create_index(
        "ix_task_claim",
        "task",
        ["pool", sa.literal_column("priority DESC"), "id"],
        unique=False,
        sqlite_where=sa.text("state IN ('ready', 'admitted')"),
        postgresql_where=sa.text("state IN ('ready', 'admitted')"),
    )
    op.create_index(
        "ix_task_line",
        "task",
        ["pool", "project_id", sa.literal_column("priority DESC"), "id"],
        unique=False,
        sqlite_where=sa.text("state IN ('ready', 'admitted')"),
        postgresql_where=sa.text("state IN ('ready', 'admitted')"),
    )
    op.create_index(
        "ix_task_failed",
        "task",
        ["ended_at"],
        unique=False,
        sqlite_where=sa.text("state = 'failed'"),
        postgresql_where=sa.text("state = 'failed'"),
    )
    op.add_column("task", sa.Column("engine_choice", sa.Text(), nullable=True))
    op.add_column("attempt", sa.Column("abandoned", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index(
        "ix_attempt_abandoned",
        "attempt",
        ["task_id"],
        unique=False,
        sqlite_where=sa.text("abandoned"),
        postgresql_where=sa.text("abandoned"),
    )
    op.create_table(
        "quota",
        sa.Column("project_id", ID, nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("cpu_milli", sa.BigInteger(), nullable=True),
        sa.Column("gpu_milli", sa.BigInteger(), nullable=True),
        sa.Column("trainings", sa.Integer(), nullable=True),
        sa.Column("storage", sa.BigInteger(), nullable=True),
        sa.Column("borrows", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_quota_project_id")),
        sa.PrimaryKeyConstraint("project_id", name=op.f("pk_quota")),
    )
    op.create_table(
        "stored_artifact",
        sa.Column("project_id", ID, nullable=False),
        sa.Column("artifact_id", sa.Text(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_stored_artifact_project_id")),
        sa.PrimaryKeyConstraint("project_id", "artifact_id", name=op.f("pk_stored_artifact")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_stored_artifact_artifact_id"), "stored_artifact", ["artifact_id"], unique=False)
    # ### end Alembic commands ###

    for statement in APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)


def _summarise_revisions() -> None:
    """The columns that lists read, for revisions that were saved before there were any."""
    bind = op.get_bind()
    update = sa.text("UPDATE flow_revision SET title = :title, nodes = :nodes, search = :search WHERE id = :id")
    for id, text in bind.execute(sa.text("SELECT id, document FROM flow_revision")).all():
        document = json.loads(text)
        title = document.get("title")
        texts = [document["name"], *(title.values() if isinstance(title, dict) else filter(None, [title]))]
        row = {
            "id": id,
            "title": None if title is None else json.dumps(title, ensure_ascii=False),
            "nodes": len(document["nodes"]),
            "search": "\n".join(texts).casefold(),
        }
        bind.execute(update, row)


def _restrict_projects() -> None:
    """What new projects begin with, for those that are there."""
    bind = op.get_bind()
    insert = sa.text(
        "INSERT INTO restriction (project_id, subject, roles, created_at)"
        " SELECT id, :subject, :roles, created_at FROM project"
    )
    builders = ["admin", "engineer", "scientist"]
    for subject in ("operator:source.sql", "operator:export.sql_table", "engine:ray", "engine:deepspeed", "gpu"):
        bind.execute(insert, {"subject": subject, "roles": json.dumps(builders)})
    bind.execute(insert, {"subject": "family:code", "roles": json.dumps(["admin", "engineer"])})
