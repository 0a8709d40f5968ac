"""One Spark for all tests of a session, in one worker of xdist."""

from __future__ import annotations

import os
from collections.abc import Iterator
from uuid import uuid4

import pytest
from pyspark.sql import SparkSession

from patchbay_runners.engines.engine import Size, engine_named
from patchbay_runners.engines.use import Site, Use, end_engines

FOR_SMALL_TABLES = {
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",  # compiling a query takes longer than a few rows do
    "spark.sql.shuffle.partitions": "2",
}
"""For tests that ask many small questions."""


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """`SPARK_REMOTE` names a server that is there already."""
    given = os.environ.get("SPARK_REMOTE")
    addresses = (("spark", given),) if given else ()
    site = Site(tmp_path_factory.mktemp("engines"), Size(2, 1 << 30, {"train": 2.0}), idle=60, addresses=addresses)
    yield site
    end_engines(site.folder)


@pytest.fixture(scope="module")
def spark(site: Site) -> Iterator[SparkSession]:
    """A session as an attempt has it."""
    engine = engine_named("spark")
    use = Use(engine, site)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in use.begin().items():
            patch.setenv(name, value)
        with engine.connected(uuid4().hex) as session:
            for name, value in FOR_SMALL_TABLES.items():
                session.conf.set(name, value)
            yield session
    use.close()
