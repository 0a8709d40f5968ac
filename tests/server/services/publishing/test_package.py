"""What is read from a package without running it, and what is refused."""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from patchbay_server.services.publishing.errors import ReleaseRefused
from patchbay_server.services.publishing.package import OperatorPackage, pack, read_package
from tests.server.services.publishing.packages import (
    CODE,
    PYPROJECT,
    SPEC,
    SPEC_FILE,
    Files,
    changed,
    source,
    tarred,
    wheel,
    write,
    zipped,
)  # fmt: skip


def read(files: Files, tmp_path: Path) -> OperatorPackage:
    return read_package(zipped(files, tmp_path / "package"), tmp_path / "read")


def refused(files: Files, tmp_path: Path) -> list[str]:
    with pytest.raises(ReleaseRefused) as error:
        read(files, tmp_path)
    return [str(reason) for reason in error.value.details["reasons"]]


@pytest.mark.parametrize(
    "files",
    [
        source(),
        {f"fab-tools-1.0/{name}": content for name, content in source().items()},
        {f"src/{name}" if name.startswith("fab") else name: content for name, content in source().items()},
        wheel(),
        {**source(), "tests/test_x.py": "", "setup.py": "raise SystemExit", "README.md": "", "conftest.py": ""},
    ],
    ids=["source", "one folder", "src", "wheel", "tests beside"],
)
@pytest.mark.parametrize("make", [zipped, tarred])
def test_what_a_package_says(files: Files, make: Callable[..., Path], tmp_path: Path) -> None:
    package = read_package(make(files, tmp_path / "package"), tmp_path / "read")
    assert (package.name, package.version, package.summary) == ("fab-tools", "1.0", "Tools of the fab.")
    assert (package.packages, package.dependencies) == (("fab_tools",), ("patchbay", "polars>=1"))
    assert [spec.key for spec in package.specs] == ["fab.double@1.0.0"]
    assert [path.name for path in package.root.iterdir()] == ["fab_tools"]
    (again := tmp_path / "again").mkdir()
    assert package.digest == read(source(), again).digest
    assert "fab_tools" not in sys.modules


def test_the_digest_tells_names_and_contents(tmp_path: Path) -> None:
    variants = [source(), source(**{"fab_tools/x.txt": "a"}), source(**{"fab_tools/y.txt": "a"})]
    digests = set()
    for number, files in enumerate(variants):
        (folder := tmp_path / str(number)).mkdir()
        digests.add(read(files, folder).digest)
    assert len(digests) == 3


def test_a_folder_is_packed_without_what_does_not_belong(tmp_path: Path) -> None:
    more = {
        "tests/test_x.py": "",
        "fab_tools/__pycache__/x.pyc": "",
        "fab_tools/.hidden": "",
        "fab_tools/data.csv": "a",
    }
    pack(write({**source(), **more}, tmp_path / "source"), tmp_path / "package.zip")
    package = read_package(tmp_path / "package.zip", tmp_path / "read")
    files = {path.relative_to(package.root).as_posix() for path in package.root.rglob("*") if path.is_file()}
    assert files == {name for name in source() if name.startswith("fab")} | {"fab_tools/data.csv"}


def replaced(old: str, new: str) -> Files:
    assert old in PYPROJECT
    return source(**{"pyproject.toml": PYPROJECT.replace(old, new)})


HOOKS = '[project.entry-points."patchbay.plugins"]\nx = "fab_tools"\n'
METADATA = [
    ('version = "1.0"', 'dynamic = ["version"]', "leaves 'version' to the build"),
    ('version = "1.0"', "", "gives no version"),
    ('version = "1.0"', 'version = "one"', "'one' cannot be read"),
    ('version = "1.0"', f'version = "{"9" * 5000}"', "has 5000 characters"),
    ('version = "1.0"', 'version = "1.0+mine"', "is a local one"),
    ('name = "Fab_Tools"', "", "names no package"),
    ('name = "Fab_Tools"', 'name = "fab tools!"', "is not allowed"),
    ('name = "Fab_Tools"', 'name = "Patchbay"', "is a name of the platform itself"),
    ('name = "Fab_Tools"', 'name = "patchbay_SDK"', "is a name of the platform itself"),
    ("[project]", "[projekt]", "names no package"),
    ("[project]", "[project", "cannot be read"),
    ('">=3.11"', '">=4"', "needs Python >=4"),
    ('">=3.11"', '"new"', "requires-python 'new' cannot be read"),
    ('"polars>=1"', '"polars >> 1"', "The dependency 'polars >> 1' cannot be read"),
    ('"polars>=1"', '"evil @ https://example.org/evil.whl"', "names an address"),
    ('"polars>=1"', '"evil @ file:///tmp/evil"', "names an address"),
    ('"polars>=1"', '"../evil"', "cannot be read"),
    ('"patchbay.operators"', '"other"', "brings no operators"),
    ('fab = "fab_tools"', 'fab = "fab_tools.deep"', "must be the name of a package at the top"),
    ('fab = "fab_tools"', 'fab = "../fab_tools"', "must be the name of a package at the top"),
    ('fab = "fab_tools"', 'fab = "elsewhere"', "'elsewhere', which is not in the archive"),
    ("[project.entry", HOOKS + "[project.entry", "hooks into the platform"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "reason"), METADATA, ids=[new[:30] or old for old, new, _ in METADATA])
def test_metadata(old: str, new: str, reason: str, tmp_path: Path) -> None:
    assert any(reason in text for text in refused(replaced(old, new), tmp_path))


@pytest.mark.parametrize(
    "text",
    ["[project]\nname = 1\nversion = []\ndynamic = 5\nrequires-python = {}\ndependencies = 7\nentry-points = 1",
     "[project]\nname = {}\ndependencies = [1, {}]\n[project.entry-points]\n\"patchbay.operators\" = [1]",
     "x = " + "[" * 20_000, "#" * (300 << 10), "\x00"],
    ids=["types", "more types", "deep", "large", "nul"],
)  # fmt: skip
def test_metadata_that_is_none(text: str, tmp_path: Path) -> None:
    assert refused(source(**{"pyproject.toml": text}), tmp_path)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("x = 1\nclass", "fab_tools/double.py:2: this is not Python: invalid syntax."),
        ("x = " + "(" * 5000, "fab_tools/double.py:1: this is not Python"),
        ("x = " + "-" * 500_000 + "1", "cannot be read as Python"),
        ("x = '\0'", "fab_tools/double.py"),
        ("#" + random.Random(0).randbytes(1 << 20).hex(), "fab_tools/double.py is larger than 1 MiB"),
    ],
    ids=["syntax", "parentheses", "deep", "nul", "large"],
)
def test_code_that_python_cannot_read(code: str, reason: str, tmp_path: Path) -> None:
    assert any(reason in text for text in refused(source(**{"fab_tools/double.py": code}), tmp_path))


def test_every_reason_is_given(tmp_path: Path) -> None:
    text = PYPROJECT.replace('"1.0"', '"one"').replace('">=3.11"', '">=4"').replace("Fab_Tools", "patchbay")
    assert len(refused(source(**{"pyproject.toml": text}), tmp_path)) == 3


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("json", "one of Python's own modules"),
        ("numpy", "that the platform has installed (numpy)"),
        ("patchbay_sdk", "a name of the platform itself"),
        ("patchbay_operators", "a name of the platform itself"),
    ],
)
def test_names_of_packages_that_are_taken(name: str, reason: str, tmp_path: Path) -> None:
    files = {
        path.replace("fab_tools/", f"{name}/"): content
        for path, content in replaced('"fab_tools"', f'"{name}"').items()
    }
    assert any(reason in text for text in refused(files, tmp_path))


@pytest.mark.parametrize(
    "files",
    [
        source(**{"helper.py": ""}),
        source(**{"other/__init__.py": ""}),
        wheel(**{"helper.py": ""}),
        wheel(**{"fab_tools-1.0.data/purelib/x.py": ""}),
        wheel(**{"json/__init__.py": ""}),
    ],
    ids=["module", "package", "wheel module", "wheel data", "wheel package"],
)
def test_modules_beside_the_packages(files: Files, tmp_path: Path) -> None:
    assert any("beside its packages (fab_tools)" in text for text in refused(files, tmp_path))


def test_a_wheel_for_one_kind_of_machine(tmp_path: Path) -> None:
    files = wheel(**{"fab_tools-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: false\n"})
    assert "only pure Python" in refused(files, tmp_path)[0]


def test_no_pyproject(tmp_path: Path) -> None:
    assert "There is no pyproject.toml" in refused(source(**{"pyproject.toml": None}), tmp_path)[0]


def spec(**changes: Any) -> str:
    return json.dumps(SPEC | changes, indent=1)


def test_specs_are_linted_with_their_lines(tmp_path: Path) -> None:
    [reason] = refused(source(**{SPEC_FILE: spec(category="faeture")}), tmp_path)
    assert reason == f"{SPEC_FILE}:4:14: 'faeture' is not allowed; did you mean 'feature'?"


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({SPEC_FILE: None}, "has no folder operator_specs/"),
        ({SPEC_FILE: None, "fab_tools/operator_specs/README.md": ""}, "There is no spec"),
        ({SPEC_FILE: spec(implementation="os:Double")}, "lies outside of its package"),
        ({SPEC_FILE: spec(implementation="fab_tools.gone:Double")}, "is not in the archive"),
        ({"fab_tools/operator_specs/fab/same.json": spec()}, "fab.double@1.0.0 is described 2 times"),
    ],
)
def test_specs_that_cannot_be_published(files: dict[str, Any], reason: str, tmp_path: Path) -> None:
    assert any(reason in text for text in refused(changed(source(), files), tmp_path))


def test_nothing_of_a_package_is_run(tmp_path: Path) -> None:
    trap = f"open({str(tmp_path / 'run')!r}, 'w')\n"
    read(source(**{"setup.py": trap, "fab_tools/__init__.py": trap, "fab_tools/double.py": trap + CODE}), tmp_path)
    assert not (tmp_path / "run").exists()
