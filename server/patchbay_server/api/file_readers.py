"""Which operators read a file into a table, for imports."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from patchbay_server.api.blueprint import Blueprint
from patchbay_server.api.platform import platform
from patchbay_server.services.datasets import formats

blueprint = Blueprint("file readers", "Operators that read a file into a table.", "/file-readers")


class FileReaderSchema(Schema):
    """`operator`: its key. `file_param`: which param names the file. `endings`: of the files that it usually reads."""

    operator = fields.String(required=True)
    file_param = fields.String(required=True)
    endings = fields.List(fields.String(), required=True)


@blueprint.get("", requires="operator.read")
@blueprint.response(200, FileReaderSchema(many=True))
def list_file_readers() -> Any:
    """What an import can read files with; those for known endings first."""
    return [
        {"operator": reader.spec.key, "file_param": reader.file_param, "endings": reader.endings}
        for reader in formats.readers(platform().catalogue)
    ]
