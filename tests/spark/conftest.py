"""One Spark for all tests of a session, in one worker of xdist."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from pyspark.sql import SparkSession

from patchbay_sdk.spark_frames import settle
from tests.spark.server import FOR_SMALL_TABLES, spark_server


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    """A settled session; `SPARK_REMOTE` names a server that is there already."""
    if remote := os.environ.get("SPARK_REMOTE"):
        yield from _session(remote)
        return
    with spark_server(tmp_path_factory.mktemp("spark"), more=FOR_SMALL_TABLES) as (address, _):
        yield from _session(address)


def _session(address: str) -> Iterator[SparkSession]:
    session = SparkSession.builder.remote(address).getOrCreate()
    settle(session)
    yield session
    session.stop()  # or the client would wait for a server that has gone
