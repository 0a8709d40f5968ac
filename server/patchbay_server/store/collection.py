"""Tables of what was collected from the artifact store."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column, Table

from patchbay_server.store.tables import Text, Time, metadata

artifact_store = Table(
    "artifact_store",
    metadata,
    Column("id", sa.Integer, primary_key=True, autoincrement=False),  # there is one row
    Column("epoch", sa.BigInteger, nullable=False),  # odd: artifacts are being collected
)

collected_artifact = Table(
    "collected_artifact",
    metadata,
    Column("id", Text, primary_key=True),
    Column("at", Time, nullable=False),
    sqlite_with_rowid=False,
)
