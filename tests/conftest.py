from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest

from patchbay_runners.engines.engine import Size
from patchbay_runners.engines.use import Site, end_engines


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where there is no Java, what needs it is skipped by name; in CI it fails."""
    if shutil.which("java") or os.environ.get("CI"):
        return
    for item in items:
        if any("spark" in (*marker.args, *marker.kwargs.values()) for marker in item.iter_markers("xdist_group")):
            item.add_marker(pytest.mark.skip(reason="Spark needs Java 17, which is not there"))


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One for all tests: an engine takes seconds to start.

    Tests that use it are marked with an `xdist_group` of the engine's name, so that one process of pytest has it.
    """
    site = Site(tmp_path_factory.mktemp("engines"), Size(2, 1 << 30, {"train": 2.0}), idle=60)
    yield site
    end_engines(site.folder)
