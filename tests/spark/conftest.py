from __future__ import annotations

from collections.abc import Iterator

import pytest
from pyspark.sql import SparkSession

from patchbay_runners.engines.use import Site
from tests.engines import connected

FOR_SMALL_TABLES = {
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",  # compiling a query takes longer than a few rows do
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.shuffle.partitions": "2",
}
"""For tests that ask many small questions."""


@pytest.fixture(scope="module")
def spark(site: Site) -> Iterator[SparkSession]:
    """A session as an attempt has it."""
    with connected("spark", site) as session:
        for name, value in FOR_SMALL_TABLES.items():
            session.conf.set(name, value)
        yield session
