"""Whatever an author may use has a docstring and stands in docs/sdk.md."""

from __future__ import annotations

import inspect
from pathlib import Path
from types import ModuleType

import pytest

import patchbay_sdk
from patchbay_sdk import hookspecs, portable, spark, testing

DOCS = (Path(__file__).parents[2] / "docs" / "sdk.md").read_text(encoding="utf-8")
HOOKS = [name for name, thing in vars(hookspecs).items() if hasattr(thing, "patchbay_spec")]
PUBLIC = [(module, name) for module in (patchbay_sdk, portable, spark, testing) for name in module.__all__]


def test_hooks_are_found() -> None:
    assert {"operator_run", "before_task", "register_runner"} <= set(HOOKS)


@pytest.mark.parametrize("name", HOOKS)
def test_hook_is_documented(name: str) -> None:
    assert f"| `{name}` |" in DOCS
    assert inspect.getdoc(getattr(hookspecs, name))


@pytest.mark.parametrize(("module", "name"), PUBLIC, ids=lambda value: str(value))
def test_public_name_is_documented(module: ModuleType, name: str) -> None:
    assert f"`{name}`" in DOCS
    thing = getattr(module, name)
    if inspect.isclass(thing) or inspect.isfunction(thing):
        assert inspect.getdoc(thing)
        methods = [m for n, m in inspect.getmembers(thing, inspect.isfunction) if not n.startswith("_")]
        undocumented = [m.__qualname__ for m in methods if not inspect.getdoc(m)]
        assert not undocumented
