"""What a browser has to load before it shows something: a limit for the entry, and nothing that only some need."""

from __future__ import annotations

import gzip
import json
from functools import cache
from typing import Any

import pytest

from patchbay_server.api.pages import WEB

ENTRY = "index.html"
CANVAS = "src/features/flows/FlowPage.tsx"
MOST_FOR_THE_ENTRY = 250_000
LATE = ["src/charts/EChart.tsx", "src/lib/CodeEditor.tsx", "node_modules/elkjs/lib/elk-api.js"]
"""Charts, the code editor and the layout of graphs are chunks of their own, loaded when they are needed."""


@cache
def manifest() -> dict[str, Any]:
    """Which chunk imports which, as the build wrote it."""
    path = WEB / "manifest.json"
    if not path.is_file():
        pytest.skip("the web pages are not built: `make web`")
    built: dict[str, Any] = json.loads(path.read_text())
    return built


def loaded_with(chunk: str) -> set[str]:
    """The chunk, and all that it imports before it runs."""
    found: set[str] = set()
    left = [chunk]
    while left:
        one = left.pop()
        if one not in found:
            found.add(one)
            left += manifest()[one].get("imports", [])
    return found


def packed_size(chunk: str) -> int:
    return len(gzip.compress((WEB / manifest()[chunk]["file"]).read_bytes()))


def test_the_entry_is_small():
    sizes = {chunk: packed_size(chunk) for chunk in loaded_with(ENTRY)}
    assert sum(sizes.values()) < MOST_FOR_THE_ENTRY, sorted(sizes.items(), key=lambda item: -item[1])[:8]


@pytest.mark.parametrize("page", [ENTRY, CANVAS])
@pytest.mark.parametrize("late", LATE)
def test_what_only_some_need_is_loaded_when_it_is_needed(page, late):
    assert manifest()[late]["isDynamicEntry"]
    assert late not in loaded_with(page)
