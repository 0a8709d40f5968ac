from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Iterator

import pytest
from _pytest.nodeid import coerce_node_id

from patchbay_runners.engines.engine import Size
from patchbay_runners.engines.use import Site, end_engines

# Several test processes share the CPUs: threads that wait leave these to the others, as in task processes.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
# Spark lives for seconds here: what its compiler spends on code that will run for hours would never come back.
os.environ.setdefault("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
# Nothing of what is collected is garbage: looking through it again and again takes a tenth of the time.
gc.disable()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where there is no Java, what needs it is skipped by name; in CI it fails."""
    has_java = shutil.which("java") or os.environ.get("CI")
    for item in items:
        for marker in item.iter_markers("xdist_group"):
            if marker.args == ("spark",) and not has_java:
                item.add_marker(pytest.mark.skip(reason="Spark needs Java 17, which is not there"))
            if getattr(config.option, "loadgroup", False):
                # pytest-xdist 3.8 writes the group into `_nodeid`, which pytest 9.2 does not read any more.
                item._id = coerce_node_id(f"{item.nodeid}@{marker.args[0]}")


def pytest_collection_finish() -> None:
    """From here on there is garbage, but none of it among what is there already."""
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One for all tests: an engine takes seconds to start.

    Tests that use it are marked with an `xdist_group` of the engine's name, so that one process of pytest has it.
    """
    site = Site(tmp_path_factory.mktemp("engines"), Size(2, 1 << 30, {"train": 2.0}), idle=60)
    yield site
    end_engines(site.folder)
