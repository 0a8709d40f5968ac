"""An operator that does what its param says, installed for the plugin host by PYTHONPATH."""

import json
from pathlib import Path
from typing import Any

from patchbay_sdk.spec import Home, OperatorSpec

CODE = """
from patchbay_sdk.schema import Column, Schema
from patchbay_sdk.operator import Operator

class Infers(Operator):
    def infer(self, schemas, code):
        inner = {"schemas": schemas, "Column": Column, "Schema": Schema}
        exec(code, inner)
        if "answer" in inner:
            return inner["answer"]
        return {"table": Schema((*schemas["table"].columns, Column(inner.get("added", "b"), "int"))), "other": None}

    def preview(self, code):
        inner = {}
        exec(code, inner)
        return inner["answer"]
"""


def spec_of(folder: Path, *, package: str = "a_plugin", id: str = "code.infers", home: Home | None = None) -> Any:
    """Write the plugin's code to a folder, and return its spec."""
    (folder / f"{package}.py").write_text(CODE)
    texts = {"title": "Infers", "description": "For a test.", "code": "Code"}
    raw = {
        "id": id,
        "version": "1.0.0",
        "category": "code",
        "icon": "code",
        "implementation": f"{package}:Infers",
        "inputs": [{"name": "table", "type": "table"}],
        "outputs": [
            {"name": "table", "type": "table", "schema": {"infer": True}},
            {"name": "other", "type": "table", "schema": {"infer": True}},
        ],
        "params": {"type": "object", "properties": {"code": {"type": "string", "title": "$t.code"}}},
        "ui": [{"section": "$t.title", "fields": ["code"]}],
        "runs": {"engines": ["local"]},
        "i18n": {"en": texts, "zh-CN": texts},
        "examples": [{"title": "none", "params": {}, "expect": {"error": "none"}}],
    }
    path = folder / f"{package}.json"
    path.write_text(json.dumps(raw))
    return OperatorSpec.from_json(raw, path, home)
