"""The built-in operators stand where any plugin stands: they use what the SDK makes public, and nothing else."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path

import pytest

PLUGINS = Path(__file__).parents[2] / "plugins"
FILES = sorted((PLUGINS / "patchbay_operators").rglob("*.py")) + sorted((PLUGINS / "examples").rglob("*.py"))
PUBLIC_MODULES = (
    "patchbay_sdk",
    "patchbay_sdk.expressions",
    "patchbay_sdk.portable",
    "patchbay_sdk.spark",
    "patchbay_sdk.testing",
)


def imports_of(file: Path) -> list[tuple[str, str]]:
    """(module, name) of everything that a file imports from the SDK."""
    nodes = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    return [
        (node.module or "", alias.name)
        for node in nodes
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("patchbay_sdk")
        for alias in node.names
    ]


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PLUGINS)))
def test_only_public_names_are_used(file: Path) -> None:
    for module, name in imports_of(file):
        assert module in PUBLIC_MODULES, f"{module} is not public"
        public = getattr(import_module(module), "__all__", None)
        assert not name.startswith("_") and (public is None or name in public), f"{module}.{name} is not public"


def test_there_is_something_to_check() -> None:
    assert sum(len(imports_of(file)) for file in FILES) > 100
