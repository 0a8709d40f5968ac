"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from patchbay_operators.advice import Text
from patchbay_sdk import ArtifactError, Context, DataError


@contextmanager
def replacing(context: Context, path: str) -> Iterator[tuple[Path, Path]]:
    """(the target, a file to write beside it); on leaving, that file takes the target's place in one step.

    Raises:
        ParamError: the path lies outside of the data folders.
        DataError: it is a folder.
        ArtifactError: it cannot be written (disk full, permission).
    """
    target = context.data_path(path, must_exist=False)
    if target.is_dir():
        raise DataError(Text(f"{path!r} is a folder; name a file.", f"“{path}”是文件夹；请写文件名。").as_json())
    draft = target.parent / f".{target.name}.{uuid.uuid4().hex[:8]}"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield target, draft
        sync(draft)
        os.replace(draft, target)
        sync(target.parent)
    except OSError as error:
        unwritten = Text(
            f"{path!r} cannot be written: {error.strerror or error}.", f"无法写入“{path}”。请检查磁盘空间和权限。"
        )
        raise ArtifactError(unwritten.as_json(), path=path) from error
    finally:
        with suppress(OSError):
            draft.unlink()


def sync(path: Path) -> None:
    """Bring a file or folder to disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
