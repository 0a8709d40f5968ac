"""The process that tells Ray Serve what is wanted, and the platform what there is: one line of JSON each way.

`python -m patchbay_runners.serving.driver --fd N --host H --port P`, with RAY_ADDRESS. It holds no state that matters:
killed at any moment, the next one goes on; what answers requests does not need it.

Ray Serve is given the whole list of applications at once, as `serve deploy` does: a version that changes changes
`user_config` only, and so replaces no process. Before that the new version is loaded once in a task of its own: one
that cannot be loaded is told, and the one before stays. The first version is tried by the replicas themselves.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import logging
import select
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from patchbay_runners.serving.replica import ALIVE, DEPLOYMENT, forget, read_told
from patchbay_runners.serving.wanted import AppStatus, Status, Wanted, WantedApp, WantedVersion

TICK = 0.5
"""Seconds between two looks."""
KEEP_TOLD = 120.0
"""Seconds for which it stays known what a replica that is gone had counted."""
PREFIX = "patchbay-"
LEAST = 0.0001
"""The step in which Ray counts resources."""
CONCURRENT = 1000
"""Requests that a replica takes at once; they wait there rather than being refused."""


def trial(store: str, artifact: str) -> str | None:
    """Load a model as a replica does. None: it can be; else why not, for people."""
    from patchbay_runners.artifacts import ArtifactStore
    from patchbay_sdk.errors import PatchbayError

    try:
        ArtifactStore(store).load(artifact)
    except PatchbayError as error:
        return error.message
    except Exception as error:  # noqa: BLE001 - whatever it is, the endpoint must not get this version
        return f"{type(error).__name__}: {error}"
    return None


class Driver:
    """Works on one cluster, which `ray.init` has connected to."""

    def __init__(self, host: str, port: int) -> None:
        from ray import serve

        serve.start(proxy_location="HeadOnly", http_options={"host": host, "port": port})
        details = _client().http_config
        self.url = f"http://{details.host}:{details.port}"
        self._applied: dict[str, Any] | None = None
        self._trials: dict[str, Any] = {}
        """Artifact -> a reference to the outcome of its trial, or the outcome."""

    def tick(self, wanted: Wanted) -> Status:
        """Take one step towards what is wanted, and look at what there is."""
        failures = self._apply(wanted)
        statuses = {id: self._look(id, failures.get(id)) for id in self._known(wanted)}
        shortage = shortage_of(wanted)
        for app in wanted.apps if shortage else ():
            if statuses[app.id].replicas < app.replicas:
                statuses[app.id] = replace(statuses[app.id], failure=shortage)
        return Status(wanted.serial, self.url, statuses)

    def shut_down(self) -> None:
        """End Ray Serve altogether: its processes are gone, the cluster stays."""
        from ray import serve

        serve.shutdown()

    def _apply(self, wanted: Wanted) -> dict[int, str]:
        """Give Serve the list of applications if it differs from the last; id -> why a version is not taken."""
        from ray.serve.schema import ServeDeploySchema

        failures, applications = {}, []
        for app in wanted.apps:
            replaces = app.live is not None and app.live != app.version
            outcome = self._outcome(wanted.artifacts, app.version.artifact) if replaces else ""
            if outcome:
                failures[app.id] = f"Version {app.version.number} of {app.version.model!r} cannot be loaded: {outcome}"
            version = app.version if outcome == "" else app.live
            if version is not None:
                applications.append(_application(wanted, app, version))
        config = {"applications": applications}
        if config != self._applied:
            _client().deploy_apps(ServeDeploySchema.model_validate(config))
            self._applied = config
        return failures

    def _outcome(self, store: str, artifact: str) -> str | None:
        """Of a model's trial: "" it can be loaded, a text why not, None not known yet."""
        import ray

        found = self._trials.get(artifact)
        if found is None:
            task = ray.remote(num_cpus=0, max_retries=0)(trial)
            found = self._trials[artifact] = task.remote(store, artifact)
        if isinstance(found, str):
            return found
        if not ray.wait([found], timeout=0)[0]:
            return None
        try:
            outcome = ray.get(found) or ""
        except ray.exceptions.RayError as error:
            outcome = f"its process ended ({type(error).__name__}); perhaps there is too little memory"
        self._trials[artifact] = outcome
        return str(outcome)

    def _known(self, wanted: Wanted) -> list[int]:
        """The wanted apps and those that Serve still has."""
        from ray import serve

        self._status = serve.status().applications
        there = [int(name.removeprefix(PREFIX)) for name in self._status if name.startswith(PREFIX)]
        return sorted({*there, *(app.id for app in wanted.apps)})

    def _look(self, id: int, failure: str | None) -> AppStatus:
        name = f"{PREFIX}{id}"
        now, told = time.time(), read_told(name)
        for replica in [replica for replica, one in told.items() if one["at"] < now - KEEP_TOLD]:
            forget(name, replica)
        counts = {replica: one["counts"] for replica, one in told.items()}
        app = self._status.get(name)
        if app is None:
            return AppStatus(failure=failure, counts=counts)
        model = app.deployments.get(DEPLOYMENT)
        running = 0 if model is None else sum(n for state, n in model.replica_states.items() if state == "RUNNING")
        alive = {one["version"] for one in told.values() if one["at"] > now - ALIVE}
        version = alive.pop() if len(alive) == 1 else None
        if app.status in ("DEPLOY_FAILED", "UNHEALTHY"):
            told_why = app.message or (model.message if model else "")
            failure = failure or _last_line(told_why) or f"Ray Serve says {app.status}"
        return AppStatus(running, version if running else None, failure, counts)


def shortage_of(wanted: Wanted) -> str | None:
    """Why the cluster will never run all replicas, for people; None: it has the capacity."""
    import ray

    name = f"pool_{wanted.pool}"
    needed, offered = sum(app.replicas * app.cpu for app in wanted.apps), ray.cluster_resources().get(name, 0.0)
    if needed <= offered + LEAST:
        return None
    return f"The replicas of all deployments need {needed:g} CPUs, and the Ray cluster has {offered:g} of {name}."


def _last_line(text: str) -> str:
    """Of a trace: what went wrong."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else ""


def _client() -> Any:
    """Ray Serve's own, which takes what `serve deploy` sends to the dashboard; that need not run then."""
    from ray.serve.context import _get_global_client

    return _get_global_client(raise_if_no_controller_running=True)


def _application(wanted: Wanted, app: WantedApp, version: WantedVersion) -> dict[str, Any]:
    """An application of Serve's config file, see `ray.serve.schema.ServeApplicationSchema`."""
    return {
        "name": f"{PREFIX}{app.id}",
        "route_prefix": app.path,
        "import_path": "patchbay_runners.serving.replica:application",
        "args": {},
        "deployments": [
            {
                "name": DEPLOYMENT,
                "num_replicas": app.replicas,
                "max_ongoing_requests": CONCURRENT,
                "user_config": user_config(wanted, app, version),
                "ray_actor_options": {
                    "num_cpus": 0,  # the pool's own resource counts them, so that other pools cannot take them
                    "memory": app.memory,
                    "resources": {f"pool_{wanted.pool}": app.cpu},
                },
                "health_check_period_s": 2,
                "health_check_timeout_s": 10,
                "graceful_shutdown_wait_loop_s": 1,
                "graceful_shutdown_timeout_s": 10,
            }
        ],
    }


def user_config(wanted: Wanted, app: WantedApp, version: WantedVersion) -> dict[str, Any]:
    """What `Replica.reconfigure` takes; the keys are digests only."""
    return {
        "path": app.path,
        "artifacts": wanted.artifacts,
        "digests": [app.digest, wanted.digest],
        "version": {
            "id": version.id,
            "model": version.model,
            "number": version.number,
            "artifact": version.artifact,
        },
    }


def run(driver: Driver, connection: socket.socket) -> None:
    """Take lines of `Wanted` and give lines of `Status`, until the other side hangs up.

    Ray Serve goes on by itself then, unless nothing was wanted at last.
    """
    wanted = None
    with contextlib.suppress(ConnectionError):  # the other side was killed
        for line in _lines(connection):
            if line is not None:
                wanted = Wanted.from_json(json.loads(line))
            if wanted is not None:
                connection.sendall(json.dumps(driver.tick(wanted).to_json()).encode() + b"\n")
    if wanted is not None and not wanted.apps:
        driver.shut_down()


def _lines(connection: socket.socket) -> Iterator[bytes | None]:
    """The newest line whenever some came, None at every tick without."""
    rest = b""
    while True:
        ready = select.select([connection], [], [], TICK)[0]
        if not ready:
            yield None
            continue
        data = connection.recv(1 << 20)
        if not data:
            return
        *whole, rest = (rest + data).split(b"\n")
        yield whole[-1] if whole else None


def main(arguments: Sequence[str] | None = None) -> None:
    """See the module."""
    import ray

    parser = argparse.ArgumentParser()
    parser.add_argument("--fd", type=int, required=True, help="The socket to the platform.")
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    given = parser.parse_args(arguments)
    ray.init(namespace="patchbay-serving", log_to_driver=False, logging_level=logging.WARNING)
    with socket.socket(fileno=given.fd) as connection:
        run(Driver(given.host, given.port), connection)


if __name__ == "__main__":
    main()
