"""The folder in which an attempt may write temporary files."""

from __future__ import annotations

import os
import shutil


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
            shutil.rmtree(entry.path)
        else:
            os.unlink(entry.path)
