from __future__ import annotations

from collections.abc import Iterator

import pytest

from patchbay_runners.engines.engine import Size
from patchbay_runners.engines.use import Site, end_engines


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One for all tests: an engine takes seconds to start.

    Tests that use it are marked with an `xdist_group` of the engine's name, so that one process of pytest has it.
    """
    site = Site(tmp_path_factory.mktemp("engines"), Size(2, 1 << 30, {"train": 2.0}), idle=60)
    yield site
    end_engines(site.folder)
