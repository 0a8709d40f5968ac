"""The operators on the page docs/operators.md work as they stand there."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from patchbay_sdk import OperatorSpec
from patchbay_sdk.testing import Case, check_code, try_generated
from tests.processes import leaving_nothing_behind

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


TEN_MINUTES = PAGE[PAGE.index("## From nothing") : PAGE.index("## A package")]


def follow(section: str, folder: Path, **environment: str) -> list[str]:
    """Run the commands of a section one after the other, as they stand there; what each printed."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)
    commands = [line for block in blocks for line in block.splitlines()]
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    printed = []
    for command in commands:
        done = subprocess.run(
            ("bash", "-c", command),
            cwd=folder,
            env={**os.environ, "PATH": path, "PATCHBAY_HOME": str(folder / "home"), **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        printed.append(done.stdout)
    return printed


def test_from_nothing_to_a_published_operator_in_a_flow(tmp_path: Path) -> None:
    [function] = re.findall(r"^```py\n(.*?)^```$", TEN_MINUTES, re.DOTALL | re.MULTILINE)
    [flow] = re.findall(r"^```json\n(.*?)^```$", TEN_MINUTES, re.DOTALL | re.MULTILINE)
    (tmp_path / "steps.py").write_text(function, encoding="utf-8")
    (tmp_path / "drift.json").write_text(flow, encoding="utf-8")
    with leaving_nothing_behind():
        printed = follow(TEN_MINUTES, tmp_path)
    checked, tested, published, approved, _, _, drifted = printed[-7:]
    assert "ok      fab.drift@1.0.0" in checked
    assert "ok      fab.drift@1.0.0" in tested
    assert "fab-drift 1.0.0: in review" in published
    assert "fab-drift 1.0.0: published" in approved
    assert drifted.split() == ["pressure,drift", "10,", "10,0.0", "10,0.0", "14,4.0"]
    spec = OperatorSpec.from_file(tmp_path / "fab-drift/fab_drift/operator_specs/fab/drift.json")
    assert spec.params["properties"]["window"]["minimum"] == 1
    assert spec.text("$t.window", "zh-CN") == "窗口"
    assert spec.output("table").learned == "fitted"  # type: ignore[union-attr]
