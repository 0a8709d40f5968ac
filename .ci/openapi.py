"""Print the API's OpenAPI document, as the server serves it: `make openapi` keeps docs/openapi.json."""

from __future__ import annotations

import json
import sys
import tempfile

from patchbay_server import config
from patchbay_server.app import create_app
from patchbay_server.services.platform import Platform

with tempfile.TemporaryDirectory() as home, Platform.open(config.load({"PATCHBAY_HOME": home})) as platform:
    document = create_app(platform).test_client().get("/api/v1/openapi.json").json
sys.stdout.write(json.dumps(document, indent=1, ensure_ascii=False) + "\n")
