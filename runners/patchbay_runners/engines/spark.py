"""Spark: one long-lived Connect server per machine, a session of it per attempt.

https://spark.apache.org/docs/latest/spark-connect-overview.html
"""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import shutil
import socket
import sys
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from patchbay_runners.engines.engine import Launch, Room, Size
from patchbay_runners.engines.spark_errors import told
from patchbay_sdk.errors import OperatorError
from patchbay_sdk.spark import settle
from patchbay_sdk.spark_frames import temporary_copies

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

REMOTE, TOKEN = "SPARK_REMOTE", "SPARK_CONNECT_AUTHENTICATE_TOKEN"
USER = "patchbay"
SERVER = "org.apache.spark.sql.connect.service.SparkConnectServer"
OURS = "address"
JAVA_OPTIONS = "JDK_JAVA_OPTIONS"
"""Options that the machine gives every Java: https://docs.oracle.com/en/java/javase/17/docs/specs/man/java.html"""
RETRIES = 6
"""How often the client calls a server that does not answer: for 20 seconds, not for ten minutes."""

SETTINGS = {
    "spark.connect.grpc.binding.address": "127.0.0.1",
    "spark.log.level": "ERROR",
    "spark.scheduler.mode": "FAIR",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}


class SparkEngine:
    """See `HeavyEngine`. The server takes `Size.memory`, and all its sessions share it."""

    name = "spark"

    def launch(self, room: Room, size: Size) -> Launch:
        """How to start a Connect server on a free port of this machine, behind a token of its own."""
        home = spark_home()
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        token = secrets.token_hex(32)
        (room.work / OURS).write_text(f"sc://localhost:{port}/;user_id={USER};token={token}", encoding="utf-8")
        settings = SETTINGS | {
            "spark.connect.grpc.binding.port": str(port),
            "spark.driver.memory": f"{size.memory >> 20}m",
            "spark.local.dir": str(room.scratch),
            "spark.sql.warehouse.dir": str(room.scratch / "warehouse"),
        }
        options = [part for name, value in settings.items() for part in ("--conf", f"{name}={value}")]
        submit = str(home / "bin" / "spark-submit")
        master = size.spark_master or f"local[{size.cpus}]"
        command = (submit, "--master", master, "--class", SERVER, *options, "spark-internal")
        environment = {
            TOKEN: token,  # not in the command line, which every user of the machine can read
            "SPARK_HOME": str(home),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "PYSPARK_PYTHON": sys.executable,
        }
        if JAVA_OPTIONS in os.environ:
            environment[JAVA_OPTIONS] = os.environ[JAVA_OPTIONS]
        return Launch(command, environment)

    def address(self, room: Room) -> str | None:
        """The URL of the server, once it listens."""
        url = (room.work / OURS).read_text(encoding="utf-8")
        port = int(url.partition("localhost:")[2].partition("/")[0])
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return url
        return None

    def driver_environment(self, address: str, work: Path | None) -> Mapping[str, str]:
        """The URL, where PySpark looks for it; its functions are told that there is no Spark in their own process."""
        found = {REMOTE: address, "SPARK_CONNECT_MODE_ENABLED": "1"}
        return found | {"SPARK_LOCAL_IP": "127.0.0.1"} if work else found

    def external_id(self, token: str) -> str:
        """The id of the attempt's session."""
        return str(UUID(token))

    @contextlib.contextmanager
    def connected(self, token: str) -> Iterator[SparkSession]:
        """The attempt's session, with the settings that operators rely on. Raises PatchbayErrors for those of Spark."""
        session = _session(self.external_id(token))
        copies = temporary_copies(session)
        try:
            with told():
                settle(session)
                yield session
        finally:
            session.stop()
            shutil.rmtree(copies, ignore_errors=True)

    def end(self, external_id: str) -> None:
        """Interrupt whatever runs in a session: a query goes on without its client.

        A Python function of a query goes on to the end of the batch of rows that it is at; nothing takes its result.
        """
        session = _session(external_id)
        session.interruptAll()
        session.stop()


def spark_home() -> Path:
    """The folder of PySpark's jars and programs. Raises OperatorError when it is not installed."""
    found = find_spec("pyspark")
    if found is None or found.origin is None:
        raise OperatorError("Spark is not installed here: pip install 'patchbay[spark]'.")
    return Path(found.origin).parent


def _session(session_id: str) -> SparkSession:
    from pyspark.sql import SparkSession  # Spark ML knows no session that was made otherwise
    from pyspark.sql.connect.client.retries import DefaultPolicy

    url = os.environ[REMOTE]
    separator = ";" if "/;" in url else "/;"
    session: SparkSession = SparkSession.builder.remote(f"{url}{separator}session_id={session_id}").create()
    client: Any = session
    client.client.set_retry_policies([DefaultPolicy(max_retries=RETRIES)])
    # Spark writes the stack of its own process for every refused query, which says nothing about the data.
    for name in ("SQLQueryContextLogger", "DataFrameQueryContextLogger"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return session
