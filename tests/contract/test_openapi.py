"""The API's document is checked in: whoever changes the API sees what that changes for its clients."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import validate

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def served() -> Any:
    printed = subprocess.run([sys.executable, ".ci/openapi.py"], cwd=ROOT, check=True, capture_output=True, text=True)
    return json.loads(printed.stdout)


def test_the_checked_in_document_is_what_the_server_serves(served: Any) -> None:
    assert json.loads((ROOT / "docs/openapi.json").read_text()) == served, "run `make openapi`, commit the difference"


def test_it_is_a_valid_openapi_document(served: Any) -> None:
    validate(served)
