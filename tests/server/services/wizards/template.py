"""A small wizard of a project: data, a check, a model, its scores."""

from typing import Any

from patchbay_sdk.registry import Catalogue, installed_catalogue
from patchbay_server.graph.document import FlowDocument
from patchbay_server.graph.reader import parse

TEMPLATE: dict[str, Any] = {
    "format": 1,
    "name": "pass or fail",
    "title": {"en": "Pass or fail", "zh-CN": "合格判定"},
    "params": {
        "dataset": {"type": "string", "title": {"en": "Wafers", "zh-CN": "晶圆"}},
        "target": {"type": "string", "default": ""},
        "leave_out": {"type": "array", "default": []},
        "split": {"type": "string", "default": "auto"},
        "split_by": {"type": "string", "default": ""},
        "note": {"type": "string", "default": "", "title": "Note"},
    },
    "wizard": {
        "kind": "category",
        "icon": "split",
        "description": {"en": "Says which wafers fail.", "zh-CN": "判断哪些晶圆不合格。"},
        "published": True,
        "steps": [
            {"id": "data", "view": "data", "title": "Data", "params": ["dataset"]},
            {"id": "target", "view": "form", "title": {"en": "What", "zh-CN": "什么"}, "params": ["target"]},
            {"id": "check", "view": "check", "node": "check", "params": ["split", "split_by"]},
            {"id": "run", "view": "run"},
            {"id": "result", "view": "result", "node": "fit"},
        ],
    },
    "nodes": [
        {
            "id": "data",
            "operator": "source.dataset@1.0.0",
            "params": {"name": {"$param": "dataset"}},
            "position": [0, 0],
        },
        {
            "id": "check",
            "operator": "check.advice@1.0.0",
            "title": {"en": "Check", "zh-CN": "检查"},
            "params": {"target": {"$param": "target"}, "exclude": {"$param": "leave_out"}},
            "position": [260, 0],
        },
        {
            "id": "keep",
            "operator": "shape.hold_out@1.0.0",
            "params": {"method": {"$param": "split"}, "column": {"$param": "split_by"}, "share": 0.3},
            "position": [520, 0],
        },
        {
            "id": "fit",
            "operator": "model.logistic@1.0.0",
            "params": {"target": {"$param": "target"}},
            "position": [780, 0],
        },
    ],
    "edges": [
        {"from": "data.table", "to": "check.table"},
        {"from": "check.table", "to": "keep.table"},
        {"from": "keep.train", "to": "fit.table"},
    ],
}


def template(**changes: Any) -> FlowDocument:
    return parse(TEMPLATE | changes)


def with_node(id: str, **changes: Any) -> dict[str, Any]:
    """The template with fields of one node changed."""
    nodes = [node | changes if node["id"] == id else node for node in TEMPLATE["nodes"]]
    return TEMPLATE | {"nodes": nodes}


def catalogue() -> Catalogue:
    return installed_catalogue()
