"""The platform's own operators around a map: one divides a table into items, one puts the items' tables together."""

from __future__ import annotations

import json
from pathlib import Path

from patchbay_sdk.spec import OperatorSpec

FOLDER = Path(__file__).parent / "map_specs"


def specs() -> list[OperatorSpec]:
    """The specs of both; no package offers them to people."""
    files = sorted(FOLDER.glob("*.json"))
    return [OperatorSpec.from_json(json.loads(file.read_text(encoding="utf-8")), file) for file in files]
