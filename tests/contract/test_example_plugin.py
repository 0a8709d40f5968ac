"""A plugin distribution from outside installs, is found as data, and passes its own tests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
PLUGIN = REPOSITORY / "plugins" / "examples" / "patchbay-wafer"


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment in which the plugin is installed beside Patchbay."""
    target = tmp_path_factory.mktemp("site")
    install = ["install", "--quiet", "--no-index", "--no-deps", "--no-build-isolation", "--target", str(target)]
    subprocess.run([sys.executable, "-m", "pip", *install, str(PLUGIN)], check=True)
    return {**os.environ, "PYTHONPATH": str(target)}


def python(code: str, environment: dict[str, str]) -> str:
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_it_is_found_without_being_imported(environment: dict[str, str]) -> None:
    code = (
        "import sys; from patchbay_sdk import Catalogue; catalogue = Catalogue.installed();"
        "print(catalogue.get('wafer.zone@1.0.0').title, len(catalogue.broken), 'patchbay_wafer' in sys.modules)"
    )
    assert python(code, environment) == "Wafer zone 0 False"


def test_its_own_tests_pass(environment: dict[str, str], tmp_path: Path) -> None:
    arguments = ["-q", "-p", "no:cacheprovider", "-n0", "--rootdir", str(tmp_path), str(PLUGIN / "tests")]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *arguments], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    assert "2 passed" in done.stdout
