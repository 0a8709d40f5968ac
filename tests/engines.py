"""Engines in the process of a test, as in that of a task."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from patchbay_runners.engines.engine import engine_named
from patchbay_runners.engines.use import Site, Use


@contextlib.contextmanager
def connected(name: str, site: Site) -> Iterator[Any]:
    """The session of an engine, if it has one; the engine is started when nobody has."""
    engine = engine_named(name)
    use = Use(engine, site)
    before = dict(os.environ)
    os.environ.update(use.begin())
    try:
        with engine.connected(uuid4().hex) as session:
            yield session
    finally:
        os.environ.clear()
        os.environ.update(before)
        use.close()
