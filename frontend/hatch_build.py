"""Has every wheel and source distribution carry the web pages, built from the sources beside this file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).parent))


class WebPages(BuildHookInterface):
    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Builds the pages. An editable installation serves what `make` builds, so that it needs no Node."""
        from build import build

        if version != "editable":
            build()
            build_data["artifacts"].append("/server/patchbay_server/web/**")
