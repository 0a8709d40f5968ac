"""The wheel holds five packages, the operators' specs and nothing else, and works from where it is unpacked."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
PACKAGES = {
    "patchbay_sdk": "plugins",
    "patchbay_operators": "plugins",
    "patchbay_runners": "runners",
    "patchbay_training": "training",
    "patchbay_server": "server",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = (sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder))
    subprocess.run(build, cwd=REPOSITORY, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def files_below(folder: Path) -> set[str]:
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {path.as_posix() for path in found if "__pycache__" not in path.parts}


def test_it_holds_the_five_packages_and_the_specs(site):
    assert {path.name for path in site.iterdir() if not path.name.endswith(".dist-info")} == set(PACKAGES)
    for package, folder in PACKAGES.items():
        expected = files_below(REPOSITORY / folder / package)
        if package == "patchbay_operators":
            expected |= {f"operator_specs/{name}" for name in files_below(REPOSITORY / "operator_specs")}
        assert files_below(site / package) == expected
        assert "py.typed" in expected


def test_the_command_line_works_from_it(site, tmp_path):
    where = "import patchbay_server, patchbay_sdk; print(patchbay_server.__file__, patchbay_sdk.__file__)"
    environment = {**os.environ, "PYTHONPATH": str(site), "PATCHBAY_HOME": str(tmp_path)}

    def python(*arguments: str) -> str:
        command = (sys.executable, "-P", *arguments)
        return subprocess.run(command, env=environment, cwd=tmp_path, check=True, capture_output=True, text=True).stdout

    assert all(name.startswith(str(site)) for name in python("-c", where).split())
    specs = json.loads(python("-m", "patchbay_server.cli", "operators", "list", "--json"))
    files = [*(REPOSITORY / "operator_specs").glob("*/*.json")]
    assert len(specs) == len([file for file in files if file.parent.name != "vectors"])
