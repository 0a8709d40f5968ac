"""Checks of flows while they are edited."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from patchbay_server.api.access import actor, project
from patchbay_server.api.blueprint import Blueprint
from patchbay_server.api.flows import FlowDocumentSchema, FlowProblemSchema
from patchbay_server.api.platform import platform
from patchbay_server.services import flows

blueprint = Blueprint("flow-checks", "Checks of flows while they are edited.", "/projects/<project_name>/flow-checks")


class DraftSchema(FlowDocumentSchema):
    """A document that need not be saved, and values for its params."""

    params = fields.Dict(keys=fields.String(), load_default=dict)


class CheckedFlowSchema(Schema):
    """`schemas`: path of a node -> output port -> ``{"columns": [{"name", "type"}], "open"}``; null: unknown."""

    problems = fields.List(fields.Nested(FlowProblemSchema), required=True)
    schemas = fields.Dict(
        keys=fields.String(),
        values=fields.Dict(keys=fields.String(), values=fields.Raw(allow_none=True)),
        required=True,
    )


@blueprint.post("", requires="flow.read")
@blueprint.arguments(DraftSchema)
@blueprint.response(200, CheckedFlowSchema)
def check_flow(body: dict[str, Any]) -> dict[str, Any]:
    """Everything that is wrong with a document, and the columns of every table, without saving it."""
    checked = flows.check_draft(platform(), actor(), project().id, body["document"], body["params"])
    schemas: dict[str, dict[str, Any]] = {}
    for (path, port), schema in checked.schemas.items():
        schemas.setdefault(path, {})[port] = None if schema is None else schema.to_json()
    return {"problems": [problem.to_json() for problem in checked.problems], "schemas": schemas}
