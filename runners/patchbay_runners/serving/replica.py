"""One replica of a deployment, as Ray Serve runs it.

Ray Serve calls `reconfigure` when the version changes. The next model is loaded in a thread while requests are answered
with the one before, then the two are exchanged: so no request waits, and none is dropped, and a replica of a single-
replica deployment is never away. What it has counted it tells every second through the cluster's key-value store.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from patchbay_runners.artifacts import ArtifactStore
from patchbay_runners.serving.counts import Counts, prometheus
from patchbay_runners.serving.endpoint import Endpoint, Served

logger = logging.getLogger(__name__)

TELL_EVERY = 1.0
"""Seconds."""
ALIVE = 10.0
"""Seconds after which a replica that tells nothing is taken for gone."""
NAMESPACE = b"patchbay-serving"


class Replica:
    """A Ray Serve deployment class. Its `user_config` is what `driver.user_config` makes."""

    def __init__(self) -> None:
        from ray import serve

        context = serve.get_replica_context()
        self._name = context.replica_id.unique_id
        self._app = context.app_name
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="predict")
        self._endpoint: Endpoint | None = None
        self._telling: asyncio.Task[None] | None = None

    async def reconfigure(self, config: Mapping[str, Any]) -> None:
        """Load the version, unless it is the one that answers, and let it answer. Raises what loading raises."""
        self._path = config["path"]
        endpoint = self._endpoint or Endpoint(self._path, self._threads, self._metrics)
        wanted, served = config["version"], endpoint.served
        loaded = None
        if served is None or served.version_id != wanted["id"]:
            store = ArtifactStore(config["artifacts"])
            model = await asyncio.to_thread(store.load, wanted["artifact"])
            loaded = Served.of(wanted["id"], wanted["model"], wanted["number"], model)
        endpoint.serve(loaded, config["digests"])
        self._endpoint = endpoint
        self._telling = self._telling or asyncio.create_task(self._tell())

    async def __call__(self, request: Any) -> Any:
        """Answer a Starlette request with a Starlette response."""
        from starlette.responses import Response

        assert self._endpoint is not None
        path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
        answer = await self._endpoint.answer(request.method, path, request.headers, request.body)
        return Response(answer.body, answer.status, media_type=answer.type)

    async def _tell(self) -> None:
        from ray.experimental import internal_kv

        while True:
            told = json.dumps(self._told()).encode()
            with contextlib.suppress(Exception):  # the head is away for a moment: it is told again in a second
                await asyncio.to_thread(
                    internal_kv._internal_kv_put, key(self._app, self._name), told, True, namespace=NAMESPACE
                )
            await asyncio.sleep(TELL_EVERY)

    def _told(self) -> dict[str, Any]:
        assert self._endpoint is not None
        served = self._endpoint.served
        version = None if served is None else served.version_id
        return {"at": time.time(), "version": version, "counts": self._endpoint.counts.to_json()}

    def _metrics(self) -> str:
        """Of all replicas together: whichever is asked says the same, within a second."""
        told = {**read_told(self._app), self._name: self._told()}
        alive = sum(one["at"] > time.time() - ALIVE for one in told.values())
        return prometheus({"endpoint": self._path}, Counts.sum(one["counts"] for one in told.values()), alive)


def key(app: str, replica: str) -> bytes:
    """Where a replica tells what it has counted."""
    return f"{app}/{replica}".encode()


def read_told(app: str) -> dict[str, dict[str, Any]]:
    """Replica -> what it told last: {"at", "version", "counts"}, also of those that are gone."""
    from ray.experimental import internal_kv

    told = {}
    for each in internal_kv._internal_kv_list(f"{app}/".encode(), namespace=NAMESPACE):
        value = internal_kv._internal_kv_get(each, namespace=NAMESPACE)
        if value is not None:
            told[each.decode().rpartition("/")[2]] = json.loads(value)
    return told


def forget(app: str, replica: str) -> None:
    """Nobody needs to know any more what a replica that is gone has counted."""
    from ray.experimental import internal_kv

    internal_kv._internal_kv_del(key(app, replica), namespace=NAMESPACE)


def application(_: Mapping[str, Any]) -> Any:
    """What Ray Serve builds for one deployment."""
    from ray import serve

    deployment: Any = serve.deployment(name=DEPLOYMENT)(Replica)
    return deployment.bind()


DEPLOYMENT = "model"
"""The name of the one Serve deployment in each application."""
