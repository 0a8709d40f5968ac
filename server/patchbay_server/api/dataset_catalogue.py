"""Well-known public datasets, and bringing them into a project."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from patchbay_server.api import access
from patchbay_server.api.blueprint import Blueprint
from patchbay_server.api.platform import platform
from patchbay_server.api.uploads import UploadSchema
from patchbay_server.services.datasets import catalogue, fetch
from patchbay_server.services.datasets.catalogue import Entry, Table
from patchbay_server.services.datasets.uploads import Upload

blueprint = Blueprint(
    "dataset catalogue",
    "Public datasets with address, checksum and licence.",
    "/projects/<project_name>/dataset-catalogue",
)


class CatalogueTableSchema(Schema):
    """`dataset`: its name here. `origin`: where it would come from: folder, net, or null for nowhere."""

    dataset = fields.String(required=True)
    rows = fields.Integer(required=True)
    size = fields.Integer(required=True, allow_none=True)
    sha256 = fields.String(required=True, allow_none=True)
    url = fields.String(required=True, allow_none=True)
    origin = fields.String(required=True, allow_none=True, validate=validate.OneOf(["folder", "net", None]))


class CatalogueEntrySchema(Schema):
    """`title`, `description`, `licence`, `note`: by language. `simulated`: not measured.

    `meta`: what the dataset's meta will say.
    """

    name = fields.String(required=True)
    title = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    description = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    task = fields.String(required=True)
    licence = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    homepage = fields.String(required=True, allow_none=True)
    simulated = fields.Boolean(required=True)
    note = fields.Dict(keys=fields.String(), values=fields.String(), required=True, allow_none=True)
    meta = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    tables = fields.List(fields.Nested(CatalogueTableSchema), required=True)


class CatalogueSchema(Schema):
    items = fields.List(fields.Nested(CatalogueEntrySchema), required=True)


class LoadRequestSchema(Schema):
    """`tables`: only these; none: all."""

    tables = fields.List(
        fields.String(validate=validate.Length(1, 100)), load_default=list, validate=validate.Length(max=20)
    )


class LoadingSchema(Schema):
    """An upload per table: follow it until it is ``used``, then the run that imports it."""

    uploads = fields.List(fields.Nested(UploadSchema), required=True)


@blueprint.get("", requires="dataset.read")
@blueprint.response(200, CatalogueSchema)
def list_catalogue() -> dict[str, Any]:
    """The whole catalogue."""
    return {"items": [_entry(entry) for entry in catalogue.entries()]}


@blueprint.get("/<string:name>", requires="dataset.read")
@blueprint.response(200, CatalogueEntrySchema)
def get_catalogue_entry(name: str) -> dict[str, Any]:
    """One public dataset by name."""
    return _entry(catalogue.entry(name))


@blueprint.post("/<string:name>/load", requires="dataset.write", creates=True)
@blueprint.arguments(LoadRequestSchema)
@blueprint.response(202, LoadingSchema)
def load_catalogue_entry(body: dict[str, Any], name: str) -> dict[str, list[Upload]]:
    """Bring a public dataset here and import it. Deleting the upload cancels it."""
    wanted = catalogue.begin(platform(), access.actor(), access.project().id, name, **body)
    fetch.start(platform(), wanted)
    return {"uploads": wanted}


def _entry(entry: Entry) -> dict[str, Any]:
    shown = {name: getattr(entry, name) for name in Entry.__slots__}
    return shown | {"tables": [_table(table) for table in entry.tables]}


def _table(table: Table) -> dict[str, Any]:
    place = table.place(platform().settings)
    return {
        "dataset": table.dataset,
        "rows": table.rows,
        "size": place.size if place else None,
        "sha256": place.sha256 if place else None,
        "url": table.net.url if table.net else None,
        "origin": None if place is None else "folder" if place.file else "net",
    }
