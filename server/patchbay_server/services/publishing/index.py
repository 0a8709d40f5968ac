"""The index of published operators, derived from SQL: what every process of the platform may use at this moment."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from patchbay_runners.durable import storage_errors, sync
from patchbay_sdk.published import FORMAT
from patchbay_server.services.platform import Platform
from patchbay_server.services.publishing.environment import python_of
from patchbay_server.services.publishing.folder import OperatorsFolder
from patchbay_server.services.publishing.versions import number
from patchbay_server.store.releases import package, release, release_operator

VISIBLE = ("published", "deprecated")
EVER_PUBLISHED = (*VISIBLE, "withdrawn")


def rewrite(platform: Platform) -> None:
    """Write the index anew, in one step. Safe to repeat, and from several processes at once.

    Raises:
        ArtifactError: the disk is full, or the folder cannot be written.
    """
    folder = OperatorsFolder(platform.settings.operators)
    with storage_errors(f"write {folder.index}"):
        folder.root.mkdir(parents=True, exist_ok=True)
        with (folder.root / "index.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # so that an older state never replaces a newer one
            text = json.dumps(_content(platform, folder), ensure_ascii=False, indent=1)
            if folder.index.exists() and folder.index.read_text(encoding="utf-8") == text:
                return
            draft = folder.index.with_name(f".index.{os.getpid()}")
            draft.write_text(text, encoding="utf-8")
            sync(draft)
            draft.replace(folder.index)


def _content(platform: Platform, folder: OperatorsFolder) -> dict[str, Any]:
    columns = (
        package.c.name, release.c.version.label("release_version"), release.c.state, release.c.digest,
        release.c.environment, release.c.note, release_operator.c.operator, release_operator.c.version,
        release_operator.c.spec, release_operator.c.path,
    )  # fmt: skip
    statement = (
        sa.select(*columns)
        .select_from(release_operator.join(release).join(package))
        .where(release.c.state.in_(EVER_PUBLISHED))
        .order_by(release.c.id, release_operator.c.operator, release_operator.c.version)
    )
    with platform.database.read() as transaction:
        rows = list(transaction.core.execute(statement).mappings())
    chosen: dict[str, sa.RowMapping] = {}
    for state in VISIBLE:  # a release that is deprecated stands back for another that brings the same operator
        for row in rows:
            if row["state"] == state:
                chosen.setdefault(f"{row['operator']}@{row['version']}", row)
    withdrawn = {f"{row['operator']}@{row['version']}": row for row in rows if row["state"] == "withdrawn"}
    return {
        "format": FORMAT,
        "operators": [_entry(row, folder) for row in chosen.values()],
        "withdrawn": dict(_notices(withdrawn, chosen)),
    }


def _entry(row: sa.RowMapping, folder: OperatorsFolder) -> dict[str, Any]:
    root = folder.release(row["name"], row["release_version"]).relative_to(folder.root)
    python = python_of(folder.environment(row["environment"])) if row["environment"] else None
    return {
        "spec": row["spec"],
        "path": str(root / row["path"]),
        "release": f"{row['name']}@{row['release_version']}",
        "root": str(root),
        "python": str(python.relative_to(folder.root)) if python else None,
        "digest": row["digest"],
        "state": row["state"],
    }


def _notices(withdrawn: Mapping[str, sa.RowMapping], chosen: Mapping[str, sa.RowMapping]) -> Iterator[tuple[str, str]]:
    for key, row in withdrawn.items():
        if key not in chosen:
            why = row["note"].rstrip(".")
            successor = _successor(row["operator"], chosen.values())
            yield (
                key,
                (
                    f"Operator {key} was withdrawn{f': {why}' if why else ''}. "
                    + (f"Use {successor} instead." if successor else "There is nothing that takes its place yet.")
                ),
            )


def _successor(id: str, offered: Iterable[sa.RowMapping]) -> str | None:
    """The newest published version of an operator, or else of one that says that it took its place."""
    published = [row for row in offered if row["state"] == "published"]
    fitting = [row for row in published if row["operator"] == id]
    fitting = fitting or [row for row in published if id in row["spec"].get("replaces", ())]
    newest = max(fitting, key=lambda row: number(row["version"]), default=None)
    return f"{newest['operator']}@{newest['version']}" if newest is not None else None
