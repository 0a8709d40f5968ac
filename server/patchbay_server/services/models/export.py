"""A version to take away: an MLflow model directory as a zip file, which other tools load as it is."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO, cast
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from patchbay_server.services import stored
from patchbay_server.services.models.document import layout_of
from patchbay_server.services.models.versions import Version
from patchbay_server.services.platform import Platform
from patchbay_server.services.unreadable import explained

THEN = (1980, 1, 1, 0, 0, 0)
"""The time of every file in it: the same version gives the same bytes."""
CHUNK = 1 << 20


def exported(platform: Platform, version: Version) -> BinaryIO:
    """The open zip file, which is gone when it is closed; every byte in it is what its hash says.

    Raises Collected, ArtifactError: see `unreadable.explained`.
    """
    layout = layout_of(platform.settings)
    with explained(platform, version.artifact_id, version.run_id, version.node):
        manifest = stored.manifest_of(layout, version.artifact_id)
        target = NamedTemporaryFile(prefix="model-", dir=platform.settings.data_dir)  # noqa: SIM115 - the caller closes it
        try:
            with ZipFile(target, "w", ZIP_DEFLATED) as archive:
                for file in sorted(manifest.files, key=lambda file: file.name):
                    info = ZipInfo(f"{version.model}/{_plain(file.name)}", THEN)
                    info.compress_type, info.external_attr = ZIP_DEFLATED, 0o644 << 16
                    with stored.open_sound(layout, file) as source, archive.open(info, "w", force_zip64=True) as entry:
                        while chunk := source.read(CHUNK):
                            entry.write(chunk)
        except BaseException:
            target.close()
            raise
    target.seek(0)
    return cast(BinaryIO, target)


def _plain(name: str) -> str:
    """A name that stays within the folder into which it is unpacked."""
    parts = [part for part in Path(name).parts if part not in ("..", os.sep, ".")]
    return "/".join(parts)
