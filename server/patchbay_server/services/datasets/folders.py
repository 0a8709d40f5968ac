"""Where a project keeps uploads and datasets; the layout of datasets is that of the operator `export.dataset`."""

from __future__ import annotations

import os
import re
from pathlib import Path

from patchbay_server.config import Settings
from patchbay_server.services.project_folder import project_folder

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,99}")
"""Names of datasets."""
DATA, DESCRIPTION = "data.parquet", "dataset.json"
PRIVATE = 0o700


def uploads_folder(settings: Settings, project_id: int) -> Path:
    """The folder of a project's uploads, made when it is not there; readable by the platform's user only."""
    return _made(_home(settings, project_id) / "uploads")


def files_folder(settings: Settings, project_id: int) -> Path:
    """The folder of files that people gave a project for its flows, made when it is not there."""
    return _made(_home(settings, project_id) / "files")


def datasets_folder(settings: Settings, project_id: int) -> Path:
    """The folder of a project's datasets, made when it is not there."""
    return _made(_home(settings, project_id) / "datasets")


def version_folder(settings: Settings, project_id: int, name: str, number: int) -> Path:
    """The folder of one version, which need not exist."""
    return project_folder(settings, project_id) / "datasets" / name / str(number)


def deleted_folder(settings: Settings, project_id: int, dataset_id: int) -> Path:
    """Where the versions of a deleted dataset wait for their end; no name of a dataset begins with a full stop."""
    return _made(_home(settings, project_id) / "datasets" / ".deleted") / str(dataset_id)


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _home(settings: Settings, project_id: int) -> Path:
    _made(settings.projects)
    return _made(project_folder(settings, project_id))


def _made(folder: Path) -> Path:
    folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    return folder
