"""The operators on the page docs/operators.md work as they stand there."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

from patchbay_sdk import OperatorSpec
from patchbay_sdk.testing import Case, check_code, try_generated

PAGE = (Path(__file__).parents[2] / "docs" / "operators.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


SPECS = [json.loads(block) for block in blocks("json") if '"implementation"' in block]


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The page's modules, as a package that can be imported."""
    folder = tmp_path / "my_plugin"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    for code, name in zip(blocks("python"), ("spread", "tool_offset"), strict=True):
        (folder / f"{name}.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    for name in [name for name in sys.modules if name.split(".")[0] == "my_plugin"]:
        monkeypatch.delitem(sys.modules, name)
    return folder


@pytest.mark.parametrize("raw", SPECS, ids=lambda raw: str(raw["id"]))
def test_operator(raw: dict[str, object], package: Path) -> None:
    path = package / "spec.json"
    path.write_text(json.dumps(raw), encoding="utf-8")
    spec = OperatorSpec.from_file(path)
    check_code(spec)
    for number, example in enumerate(spec.raw["examples"]):
        case = Case(spec, example)
        case.run(package / f"example{number}")
        try_generated(case, package / f"generated{number}")


def test_both_operators_are_found() -> None:
    assert [raw["id"] for raw in SPECS] == ["fab.spread", "fab.tool_offset"]
