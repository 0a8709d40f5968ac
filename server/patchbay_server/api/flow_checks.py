"""Checks of flows while they are edited."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from patchbay_server.api.access import actor, project
from patchbay_server.api.blueprint import Blueprint
from patchbay_server.api.flows import FlowDocumentSchema, FlowProblemSchema
from patchbay_server.api.platform import platform
from patchbay_server.services import flows

blueprint = Blueprint("flow-checks", "Checks of flows while they are edited.", "/projects/<project_name>/flow-checks")


MOST_COLUMNS = 200_000
"""Columns of all schemas in one answer."""


class DraftSchema(FlowDocumentSchema):
    """A document that need not be saved, and values for its params. `schemas_of`: paths of nodes; null: all."""

    params = fields.Dict(keys=fields.String(), load_default=dict)
    schemas_of = fields.List(
        fields.String(validate=validate.Length(1, 1000)),
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=2000),
    )


class CheckedFlowSchema(Schema):
    """`schemas`: path of a node -> output port -> ``{"columns": [{"name", "type"}], "open"}``; null: unknown.

    Of very wide tables in many nodes only the first schemas are told: ask for those of fewer nodes.
    """

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
    wanted = None if body["schemas_of"] is None else set(body["schemas_of"])
    schemas: dict[str, dict[str, Any]] = {}
    columns = 0
    for (path, port), schema in checked.schemas.items():
        if wanted is None or path in wanted:
            columns += 0 if schema is None else len(schema.columns)
            told = None if schema is None or columns > MOST_COLUMNS else schema.to_json()
            schemas.setdefault(path, {})[port] = told
    return {"problems": [problem.to_json() for problem in checked.problems], "schemas": schemas}
