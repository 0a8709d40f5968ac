"""A small operator package, and archives of it with whatever a test changes."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PYPROJECT = """
[project]
name = "Fab_Tools"
version = "1.0"
description = "Tools of the fab."
requires-python = ">=3.11"
dependencies = ["patchbay", "polars>=1"]

[project.entry-points."patchbay.operators"]
fab = "fab_tools"
"""
CODE = '''"""Doubles a number."""

from patchbay_sdk import Context, Operator, Outputs, Table


class Double(Operator):
    """One column doubled."""

    def run(self, context: Context, table: Table, column: str, factor: float = 2.0) -> Outputs:
        import polars as pl

        return {"table": table.replace(table.polars().with_columns(pl.col(column) * factor))}
'''
TEXTS = {
    "title": "Double",
    "description": "Doubles a column.",
    "column": "Column",
    "factor": "Factor",
    "basic": "Basics",
}
SPEC: dict[str, Any] = {
    "id": "fab.double",
    "version": "1.0.0",
    "category": "feature",
    "icon": "x",
    "implementation": "fab_tools.double:Double",
    "inputs": [{"name": "table", "type": "table"}],
    "outputs": [{"name": "table", "type": "table", "schema": {"from": "table"}}],
    "params": {
        "type": "object",
        "properties": {
            "column": {
                "type": "string",
                "title": "$t.column",
                "x-widget": "column",
                "x-source": {"input": "table", "kinds": ["number"]},
            },
            "factor": {"type": "number", "default": 2.0, "title": "$t.factor"},
        },
        "required": ["column"],
    },
    "ui": [{"section": "$t.basic", "fields": ["column", "factor"]}],
    "runs": {"engines": ["local"]},
    "i18n": {"en": TEXTS, "zh-CN": TEXTS},
    "examples": [
        {
            "title": "two numbers",
            "params": {"column": "a"},
            "inputs": {"table": {"columns": {"a": [1.0, 2.5]}}},
            "expect": {"outputs": {"table": {"columns": {"a": [2.0, 5.0]}}}},
        }
    ],
}
SPEC_FILE = "fab_tools/operator_specs/fab/double.json"

Files = dict[str, str | bytes]


def source(**changes: str | bytes | None) -> Files:
    """The files of the source folder; `changes` by path, None: left out."""
    files: Files = {
        "pyproject.toml": PYPROJECT,
        "fab_tools/__init__.py": "",
        "fab_tools/double.py": CODE,
        SPEC_FILE: json.dumps(SPEC),
    }
    return changed(files, changes)


def changed(files: Files, changes: Mapping[str, str | bytes | None]) -> Files:
    """The files with some replaced, added, or left out (None)."""
    return {name: content for name, content in {**files, **changes}.items() if content is not None}


def wheel(**changes: str | bytes | None) -> Files:
    """The files of a wheel."""
    files = source()
    del files["pyproject.toml"]
    info = "fab_tools-1.0.dist-info"
    files |= {
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: Fab_Tools\nVersion: 1.0\nSummary: Tools of the fab.\n"
        "Requires-Python: >=3.11\nRequires-Dist: patchbay\nRequires-Dist: polars>=1\n"
        "Requires-Dist: pytest ; extra == 'dev'\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": "[patchbay.operators]\nfab = fab_tools\n",
        f"{info}/RECORD": "",
    }
    return changed(files, changes)


def write(files: Mapping[str, str | bytes], folder: Path) -> Path:
    """The files in a folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def zipped(files: Mapping[str, str | bytes], path: Path, under: str = "") -> Path:
    """A zip of the files."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(under + name, content)
    return path


def tarred(files: Mapping[str, str | bytes], path: Path, under: str = "", extra: tarfile.TarInfo | None = None) -> Path:
    """A .tar.gz of the files, with one more member."""
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            data = content.encode() if isinstance(content, str) else content
            member = tarfile.TarInfo(under + name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
        if extra is not None:
            archive.addfile(extra)
    return path
