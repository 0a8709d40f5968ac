"""The OpenAPI document of one endpoint, made from its model's input schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from patchbay_runners.serving.rows import MOST_ROWS
from patchbay_sdk.schema import Column, Schema

_TYPES: Mapping[str, dict[str, Any]] = {
    "int": {"type": ["number", "null"]},
    "float": {"type": ["number", "null"]},
    "bool": {"type": ["boolean", "null"]},
    "string": {"type": ["string", "null"]},
    "category": {"type": ["string", "null"]},
    "date": {"type": ["string", "null"], "format": "date"},
    "datetime": {"type": ["string", "null"], "format": "date-time"},
    "duration": {"type": ["number", "null"], "description": "Seconds."},
}
_ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "details"],
            "properties": {
                "code": {"type": "string"},
                "message": {"type": "string"},
                "details": {"type": "object"},
            },
        }
    },
}
_PREDICTION = {"type": "object", "description": "The columns of the answer, `prediction` among them."}
_MODEL = {
    "type": "object",
    "required": ["name", "version"],
    "properties": {"name": {"type": "string"}, "version": {"type": "integer"}},
}


def row_schema(schema: Schema) -> dict[str, Any]:
    """The JSON Schema of one row. Further columns are allowed and not looked at."""
    return {
        "type": "object",
        "properties": {column.name: _field(column) for column in schema},
        "required": schema.names,
    }


def document(path: str, model: str, version: int, schema: Schema) -> dict[str, Any]:
    """OpenAPI 3.1 of the endpoint below `path`."""
    one = {"type": "object", "required": ["row"], "properties": {"row": {"$ref": "#/components/schemas/Row"}}}
    many = {
        "type": "object",
        "required": ["rows"],
        "properties": {
            "rows": {
                "type": "array",
                "items": {"$ref": "#/components/schemas/Row"},
                "minItems": 1,
                "maxItems": MOST_ROWS,
            }
        },
    }
    answer = {
        "type": "object",
        "required": ["model"],
        "properties": {
            "prediction": _PREDICTION,
            "predictions": {"type": "array", "items": _PREDICTION},
            "model": _MODEL,
        },
    }
    refused = {"description": "It cannot be answered.", "content": _json({"$ref": "#/components/schemas/Error"})}
    predict = {
        "operationId": "predict",
        "summary": "The model's answer for one row (`row`) or several (`rows`).",
        "requestBody": {"required": True, "content": _json({"oneOf": [one, many]})},
        "responses": {
            "200": {
                "description": "`prediction` or `predictions`, in the rows' order.",
                "content": _json(answer),
            },
            **dict.fromkeys(("400", "401", "413", "422", "500"), refused),
        },
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": f"{model}", "version": str(version), "description": "A model served by Patchbay."},
        "servers": [{"url": path}],
        "security": [{"key": []}],
        "paths": {
            "/predict": {"post": predict},
            "/health": {
                "get": {
                    "operationId": "health",
                    "security": [],
                    "responses": {"200": {"description": "It answers.", "content": _json({"type": "object"})}},
                }
            },
            "/metrics": {
                "get": {
                    "operationId": "metrics",
                    "responses": {"200": {"description": "Prometheus.", "content": {"text/plain": {}}}},
                }
            },
        },
        "components": {
            "schemas": {"Row": row_schema(schema), "Error": _ERROR},
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }


def _field(column: Column) -> dict[str, Any]:
    return _TYPES.get(column.type, {"type": "null", "description": "Had no values in training."})


def _json(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}
