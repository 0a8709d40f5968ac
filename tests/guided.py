"""Wizards used as their pages use them: over the API, by an expert; steps run in task processes, as a worker's do."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from patchbay_runners.artifacts import ArtifactStore
from patchbay_runners.local import LocalRunner
from patchbay_server import config
from patchbay_server.app import create_app
from patchbay_server.services.people import members, projects, tokens, users
from patchbay_server.services.people.actor import COMMAND
from patchbay_server.services.platform import Platform, prepare
from patchbay_server.worker.drain import Drain
from patchbay_server.worker.supervisor import Place, Supervisor

HERE = "/api/v1/projects/default"
BYTES = "application/octet-stream"
Finding = Mapping[str, Any]


class Made:
    """What a run has made."""

    def __init__(self, store: ArtifactStore, tasks: list[dict[str, Any]]) -> None:
        self._store = store
        self._outputs = {task["path"]: task["outputs"] for task in tasks}

    def __getitem__(self, port: str) -> Any:
        """The value at ``node.port``."""
        node, _, name = port.partition(".")
        return self._store.load(self._outputs[node][name])

    def json(self, port: str) -> Any:
        """The text at ``node.port``, which is JSON."""
        return json.loads(self[port])


class Expert:
    """Somebody who may use wizards and bring data, and the platform's only worker."""

    def __init__(self, client: FlaskClient, store: ArtifactStore, work: Callable[[], None]) -> None:
        self._client = client
        self._store = store
        self._work = work

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The JSON of an answer of the API, within the project."""
        what = {"data": body, "content_type": BYTES} if isinstance(body, bytes) else {"json": body}
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self._client.open(HERE + path, method=method, headers=given, **({} if body is None else what))
        assert answer.status_code < 300, (method, path, answer.json)
        return answer.json

    def upload(self, file_name: str, data: bytes, **choices: Any) -> str:
        """A file becomes a dataset, whose name this is. `choices`: clicked in order where its reading is shown."""
        id = self.ask("POST", "/uploads", {"file_name": file_name, "size": len(data)})["id"]
        self.ask("PATCH", f"/uploads/{id}", data, Upload_Offset="0")
        shown = self.ask("POST", f"/uploads/{id}/preview", {})
        for option, value in choices.items():
            offered = [choice["options"] for reading in shown["reading"] for choice in reading["options"]]
            assert {option: value} in offered
            shown = self.ask("POST", f"/uploads/{id}/preview", {"options": {**shown["options"], option: value}})
        name = file_name.partition(".")[0]
        taken = {"upload": id, "source": shown["operator"], "options": shown["options"]}
        self.made(self.ask("POST", f"/datasets/{name}/versions", taken)["run_id"])
        return name

    def start(self, wizard: str, **values: Any) -> Guided:
        """A new flow of a wizard, with these values filled in."""
        guided = Guided(self, self.ask("POST", f"/wizards/{wizard}/start", {})["name"])
        guided.fill_in(**values)
        return guided

    def made(self, run_id: int) -> Made:
        """What a run has made once it is done; nothing else may wait."""
        self._work()
        tasks = self.ask("GET", f"/runs/{run_id}/tasks?limit=200")["items"]
        assert self.ask("GET", f"/runs/{run_id}")["state"] == "done", {task["path"]: task["error"] for task in tasks}
        return Made(self._store, tasks)


class Guided:
    """A flow that a wizard made."""

    def __init__(self, expert: Expert, flow: str) -> None:
        self._expert = expert
        self._flow = flow
        self._shown: dict[str, Any] = {}  # the main run

    def fill_in(self, **values: Any) -> None:
        number = self._view["number"]
        self._expert.ask("PATCH", f"/flows/{self._flow}/wizard", {"values": values}, If_Match=f'"{number}"')

    def check(self) -> list[Finding]:
        """What the step that checks the data shows."""
        _, made = self._run(self._node("check"), {})
        found: list[Finding] = made.json("check.findings")
        return found

    def click(self, finding: Finding) -> None:
        """Do what a finding suggests."""
        self._expert.ask("POST", f"/flows/{self._flow}/wizard/fixes", {"code": finding["code"], **finding["fix"]})

    def result(self) -> Made:
        """The main run, which is shown from now on."""
        id, made = self._run(self._node("result"), {})
        self._shown = self._expert.ask("GET", f"/runs/{id}")
        return made

    def aside(self, node: str, **params: Any) -> Made:
        """What the page of the result asks beside its report: of what the run made that it shows."""
        shown = self._shown
        given = {"revision": shown["revision"], "params": shown["params"] | params, "results_of": shown["id"]}
        return self._run(node, given)[1]

    def _run(self, node: str, given: Mapping[str, Any]) -> tuple[int, Made]:
        """A run up to a node, and what it has made; of what was made before, nothing is made again."""
        id = self._expert.ask("POST", "/runs", {"flow": self._flow, "mode": "to", "nodes": [node], **given})["id"]
        return id, self._expert.made(id)

    @property
    def _view(self) -> dict[str, Any]:
        view: dict[str, Any] = self._expert.ask("GET", f"/flows/{self._flow}/wizard")
        return view

    def _node(self, view: str) -> str:
        """The node of the step with this view."""
        [node] = [step["node"] for step in self._view["wizard"]["steps"] if step["view"] == view]
        return str(node)


@contextmanager
def expert(folder: Path, runner: LocalRunner, store: Path) -> Iterator[Expert]:
    """An expert on a platform of their own in a folder. `store`: of the artifacts, the runner's."""
    environment = {"PATCHBAY_HOME": str(folder / "home"), "PATCHBAY_ARTIFACTS": str(store)}
    settings = config.load(environment | {"PATCHBAY_POOL_TRAIN": "cpu=2 memory=8Gi"})
    prepare(settings)
    with Platform.open(settings) as platform:
        place = Place("w", settings.artifacts, str(folder / "attempts"), memory=settings.pool("train").memory)
        supervisor = Supervisor(platform.engine, lambda: platform.catalogue, lambda engine, home: runner, place)
        drain = Drain(platform.engine, supervisor, "train", "w", lambda wake: None)

        def work() -> None:
            drain()
            platform.engine.tick()

        user, _ = users.create(platform, COMMAND, name="ann")
        project_id = projects.find(platform, COMMAND, "default").id
        members.add(platform, COMMAND, project_id, name="ann", role="expert")
        client = create_app(platform).test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {tokens.create(platform, COMMAND, user.id, name='t')[1]}"
        yield Expert(client, ArtifactStore(settings.artifacts), work)
