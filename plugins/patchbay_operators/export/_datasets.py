"""Saved datasets: immutable, numbered versions under datasets/<name>/<version>/ of the first data folder."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.export._files import sync
from patchbay_sdk import ArtifactError, Context, DataError, Table

if TYPE_CHECKING:
    import polars as pl

DATA, DESCRIPTION = "data.parquet", "dataset.json"


@dataclass(frozen=True, slots=True)
class Description:
    """What dataset.json says: `schema` as `Schema.to_json`, `content_hash` as `content_hash` gives it."""

    name: str
    version: int
    rows: int
    schema: dict[str, Any]
    content_hash: str


def folder_of(context: Context, name: str) -> Path:
    """The folder of a dataset's versions, which need not exist."""
    return context.data_path(f"datasets/{name}", must_exist=False)


def versions(folder: Path) -> list[int]:
    """Numbers of the versions in a dataset's folder, in order."""
    if not folder.is_dir():
        return []
    return sorted(int(entry.name) for entry in folder.iterdir() if entry.name.isdigit())


def read_description(folder: Path, version: int) -> Description:
    """Raises ArtifactError when the version's description is missing or broken."""
    try:
        return Description(**json.loads((folder / str(version) / DESCRIPTION).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise ArtifactError(
            Text(
                f"Dataset {folder.name!r} version {version} has no readable {DESCRIPTION}: {error}.",
                f"数据集“{folder.name}”第 {version} 版的说明文件缺失或已损坏。请重新保存该数据集。",
            ).as_json()
        ) from error


def save(folder: Path, table: Table) -> tuple[Description, bool]:
    """Save a table as the next version, unless the latest holds the same; returns it, and whether it is new.

    Raises:
        ArtifactError: it cannot be written.
    """
    digest = content_hash(table.polars())
    draft = folder / f".draft-{uuid.uuid4().hex[:8]}"
    try:
        draft.mkdir(parents=True)
        while True:
            latest = max(versions(folder), default=0)
            if latest and (known := read_description(folder, latest)).content_hash == digest:
                return known, False
            description = Description(folder.name, latest + 1, table.num_rows, table.schema.to_json(), digest)
            _write(draft, table, description)
            try:
                os.rename(draft, folder / str(description.version))
            except OSError:
                if not (folder / str(description.version)).exists():
                    raise
                continue  # another run has just saved this version: look again
            sync(folder)
            return description, True
    except OSError as error:
        unwritten = Text(
            f"Dataset {folder.name!r} cannot be written: {error.strerror or error}.",
            f"无法写入数据集“{folder.name}”。请检查磁盘空间和权限。",
        )
        raise ArtifactError(unwritten.as_json()) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _write(draft: Path, table: Table, description: Description) -> None:
    if not (draft / DATA).exists():
        table.polars().write_parquet(draft / DATA)
    text = json.dumps(asdict(description), ensure_ascii=False, indent=1)
    (draft / DESCRIPTION).write_text(text, encoding="utf-8")
    for file in (draft / DATA, draft / DESCRIPTION, draft):
        sync(file)


def load(folder: Path, version: int | None) -> tuple[Table, Description]:
    """A version (None: the latest).

    Raises:
        DataError: there is no such dataset or version.
        ArtifactError: its files are missing, broken or were changed.
    """
    import polars as pl

    known = versions(folder)
    if not known:
        others = sorted(entry.name for entry in folder.parent.iterdir()) if folder.parent.is_dir() else []
        hint = Text("none has been saved yet", "还没有保存过任何数据集")
        if others:
            hint = Text(f"there are: {', '.join(others[:20])}", f"现有：{'、'.join(others[:20])}")
        none = Text(f"There is no dataset {folder.name!r}; {hint.en}.", f"没有数据集“{folder.name}”；{hint.zh}。")
        raise DataError(none.as_json())
    if version is not None and version not in known:
        no_version = Text(
            f"Dataset {folder.name!r} has no version {version}; it has: {', '.join(map(str, known))}.",
            f"数据集“{folder.name}”没有第 {version} 版；现有版本：{'、'.join(map(str, known))}。",
        )
        raise DataError(no_version.as_json())
    description = read_description(folder, version or known[-1])
    try:
        frame = pl.read_parquet(folder / str(description.version) / DATA, glob=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise ArtifactError(
            Text(
                f"Dataset {folder.name!r} version {description.version} cannot be read: {error}.",
                f"数据集“{folder.name}”第 {description.version} 版无法读取，文件可能已损坏。请重新保存该数据集。",
            ).as_json()
        ) from error
    if content_hash(frame) != description.content_hash:
        changed = Text(
            f"Dataset {folder.name!r} version {description.version} was changed after it was saved.",
            f"数据集“{folder.name}”第 {description.version} 版在保存之后被改动过。请重新保存该数据集。",
        )
        raise ArtifactError(changed.as_json())
    return Table(frame), description


def content_hash(frame: pl.DataFrame) -> str:
    """SHA-256 of names, types, order and values; how the table lies in memory makes no difference."""
    digest = hashlib.sha256()
    for column in frame.get_columns():
        digest.update(json.dumps([column.name, str(column.dtype), len(column)]).encode())
        digest.update(column.is_null().to_numpy().tobytes())
        for part in _parts(column):
            digest.update(part)
    return f"sha256:{digest.hexdigest()}"


def _parts(column: pl.Series) -> list[bytes]:
    import polars as pl

    if column.dtype in (pl.Categorical, pl.Enum, pl.Boolean) or column.dtype == pl.Null:
        column = column.cast(pl.String)
    if column.dtype == pl.String:
        filled = column.fill_null("")
        return [filled.str.len_bytes().to_numpy().tobytes(), filled.str.join("").item().encode()]
    if column.dtype.is_nested() or column.dtype in (pl.Binary, pl.Object):
        return [repr(column.to_list()).encode()]
    return [column.to_physical().fill_null(0).to_numpy().tobytes()]
