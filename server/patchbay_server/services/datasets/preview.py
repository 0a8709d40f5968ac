"""How an upload would be read, in plain words, before it is imported: the plugin host asks the operator for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from patchbay_server.services.datasets import uploads
from patchbay_server.services.datasets.formats import params_of, reader_for
from patchbay_server.services.platform import Platform


def preview(
    platform: Platform,
    project_id: int,
    upload_id: str,
    *,
    source: str | None = None,
    options: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """What the beginning of an upload holds and how it is read: operator, options, columns, rows, reading.

    ``columns`` is null where the operator gives no preview: then the options are those that were given.

    Raises:
        NotFound: there is no such upload.
        Conflict: it is not complete.
        Invalid: nothing is known to read such a file, or an option cannot be used.
        PluginHostError: the operator failed.
    """
    known = uploads.find_complete(platform, project_id, upload_id)
    reader = reader_for(platform.catalogue, known.file_name, source)
    path = uploads.path_of(platform.settings, project_id, known)
    found = platform.plugin_host.preview(reader.spec, params_of(reader, str(path), options or {}))
    if found is None:
        found = {"options": dict(options or {}), "columns": None, "rows": [], "reading": []}
    return {"operator": reader.spec.key, **found}
