"""The folder in which an attempt may write temporary files."""

from __future__ import annotations

import os
from contextlib import suppress
from uuid import uuid4


def empty_folder(path: str) -> None:
    """Make the folder exist and be empty. One folder is emptied many times: making a new one each time costs more.

    Raises:
        OSError: it cannot be made or emptied.
    """
    try:
        entries = list(os.scandir(path))
    except FileNotFoundError:
        os.makedirs(path, exist_ok=True)
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            remove_tree(entry.path)
        else:
            os.unlink(entry.path)


def remove_tree(path: str) -> None:
    """Remove a folder, however deep and closed the folders in it are: a task may have left anything.

    Folders are moved up before they are looked into, so no path becomes too long, and nothing recurses.

    Raises:
        OSError: something cannot be removed.
    """
    parent, waiting = os.path.dirname(path), [path]
    while waiting:
        folder = waiting.pop()
        os.chmod(folder, 0o700)
        for entry in list(os.scandir(folder)):
            if entry.is_dir(follow_symlinks=False):
                with suppress(PermissionError):  # moving a folder writes into it
                    os.chmod(entry.path, 0o700)
                waiting.append(os.path.join(parent, uuid4().hex))
                os.rename(entry.path, waiting[-1])
            else:
                os.unlink(entry.path)
        os.rmdir(folder)
