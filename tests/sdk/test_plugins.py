"""Cross-cutting hooks: a module of an installed distribution is found, registered and called."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PLUGIN = """
from patchbay_sdk import hookimpl

@hookimpl
def open_source(url):
    return __file__ if url.startswith("self://") else None
"""
OPEN = """
from pathlib import Path
from patchbay_sdk import Context, PatchbayError
from patchbay_sdk.registry import load_plugins
try:
    load_plugins()
    context = Context(temp_dir=Path("."))
    print(context.data_path("self://anything").name)
    context.data_path("other://anything")
except PatchbayError as error:
    print(error.message)
"""


def opened_with(plugin: str, folder: Path) -> list[str]:
    (folder / "url_plugin.py").write_text(plugin)
    metadata = folder / "url_plugin-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: url-plugin\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[patchbay.plugins]\nurls = url_plugin\n")
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    done = subprocess.run([sys.executable, "-c", OPEN], env=environment, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_a_plugin_opens_the_urls_that_it_knows(tmp_path: Path) -> None:
    assert opened_with(PLUGIN, tmp_path) == [
        "url_plugin.py",
        "No installed plugin can open 'other://anything': name a file, or install one for its scheme.",
    ]


def test_a_broken_plugin_is_named(tmp_path: Path) -> None:
    assert opened_with("import nowhere_to_be_found", tmp_path) == [
        "The plugin 'urls' (url_plugin) cannot be loaded: No module named 'nowhere_to_be_found'."
    ]
