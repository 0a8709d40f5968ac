"""Where the files of a project lie: what its runs may read and write first of all."""

from __future__ import annotations

from pathlib import Path

from patchbay_server.config import Settings


def project_folder(settings: Settings, project_id: int) -> Path:
    """The project's own folder; it need not exist yet."""
    return settings.projects / str(project_id)


def data_roots(settings: Settings, project_id: int) -> list[str]:
    """Folders that operators of this project may touch: its own first, then those of PATCHBAY_DATA_ROOTS."""
    return [str(project_folder(settings, project_id)), *map(str, settings.data_roots)]
