"""A model of a real run, deployed on a real platform: it answers as the flow did, whatever is killed or replaced."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import requests

import patchbay_server
from patchbay_runners.artifacts import ArtifactStore
from patchbay_runners.engines.engine import engine_named
from patchbay_runners.engines.use import Use
from patchbay_sdk import Table
from patchbay_server import config
from patchbay_server.engine import inspection, pools
from patchbay_server.services.errors import Conflict, Invalid
from patchbay_server.services.models import versions
from patchbay_server.services.people.actor import COMMAND
from patchbay_server.services.platform import Platform, prepare
from patchbay_server.services.serving import ask, deployments, door, traffic
from patchbay_server.worker.main import site_of
from tests.e2e.conftest import make_desk
from tests.processes import command_line, descendants, leaving_nothing_behind, wait_for
from tests.server.services.collecting import Shop
from tests.server.services.models.trained import FRAME, model, run_of

pytestmark = [pytest.mark.heavy, pytest.mark.xdist_group("ray"), pytest.mark.timeout(300)]

YIELD = Path(patchbay_server.__file__).parent / "flows" / "yield.json"
NAME = "yield"
LOOK = 0.2
"""Seconds between two looks at what takes seconds: who asks all the time takes the CPUs from what starts."""


def two_models() -> dict:
    """The yield flow, which trains a second, stronger regularised model as well."""
    flow = json.loads(YIELD.read_text())
    (train,) = [node for node in flow["nodes"] if node["id"] == "train"]
    other = {**train, "id": "other", "params": {**train["params"], "c": 0.001}}
    flow["nodes"] += [other, {"id": "other_predict", "operator": "apply.predict@1.0.0"}]
    flow["edges"] += [
        {"from": "scale.table", "to": "other.table"},
        {"from": "split.test", "to": "other_predict.table"},
        {"from": "other.model", "to": "other_predict.model"},
    ]
    return flow


def same(answer: requests.Response, expected: dict) -> bool:
    """Of one row: computed alone, its last bit may be another than among many."""
    found = answer.json()["prediction"]
    return found["prediction"] == expected["prediction"] and found["score"] == pytest.approx(expected["score"])


class Story:
    """One platform, one run, one deployment; asked as its clients ask it."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.project = 1
        self.store = ArtifactStore(platform.settings.artifacts)
        outputs = {task.path: task.outputs for task in platform.engine.tasks(1)}
        self.rows = self.store.load(outputs["split"]["test"]).polars().to_dicts()
        self.expected = {
            number: self.store.load(outputs[node]["table"]).polars().select("prediction", "score").to_dicts()
            for number, node in ((1, "predict"), (2, "other_predict"))
        }
        for node in ("train", "other"):
            versions.register(platform, COMMAND, self.project, NAME, run_id=1, node=node)
        _, self.key = deployments.deploy(platform, COMMAND, self.project, "press", model=NAME, number=1)

    @property
    def known(self) -> deployments.Deployment:
        return deployments.find(self.platform, self.project, "press")

    def wait(self, state: str, live: int | None) -> None:
        def told():
            time.sleep(LOOK)
            return self.known.state, self.known.live, self.known.message

        wait_for(lambda: told()[:2] == (state, live), seconds=150, what=f"{state} {live}", detail=told)

    def request(self, method: str, path: str, key: str | None = None, **options) -> requests.Response:
        wait_for(lambda: door.base_url(self.platform.settings), seconds=60, what="a door")
        url = f"{door.base_url(self.platform.settings)}/default/press{path}"
        headers = {"Authorization": f"Bearer {self.key if key is None else key}"}
        return requests.request(method, url, headers=headers, timeout=60, **options)

    def predict(self, **body) -> requests.Response:
        return self.request("POST", "/predict", json=body)

    def process(self, what: str) -> int:
        """The one living process of the platform whose command has these words."""
        (found,) = self.processes(what)
        return found

    def processes(self, what: str) -> list[int]:
        return [pid for pid in descendants(os.getpid()) if what in command_line(pid)]

    def metrics(self) -> str:
        return self.request("GET", "/metrics").text

    def change(self, number: int, replicas: int = 1) -> None:
        change = {"model": NAME, "number": number, "replicas": replicas, "expected": self.known.version}
        deployments.change(self.platform, COMMAND, self.project, "press", **change)

    def answers(self) -> bool:
        """Whether it answers, as the second version does."""
        time.sleep(LOOK)
        try:
            return same(self.predict(row=self.rows[0]), self.expected[2][0])
        except (requests.RequestException, KeyError):
            return False


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory):
    desk = make_desk(tmp_path_factory.mktemp("serving"))
    none = "workers=0 drivers=0"
    desk.environment.update(
        PATCHBAY_SERVING_PORT="0",
        PATCHBAY_POOL_TRAIN="workers=1 drivers=0 cpu=2",
        PATCHBAY_POOL_TEST=none,
        PATCHBAY_POOL_INFERENCE=f"{none} cpu=2 memory=4Gi",
    )
    with leaving_nothing_behind():
        up = desk.up()
        try:
            done = desk.run("run", str(desk.flow(two_models())))
            assert done.returncode == 0, done.stdout + done.stderr
            assert not [pid for pid in descendants(up.pid) if "ray" in command_line(pid)]  # nobody has asked for it yet
            with Platform.open(config.load(desk.environment)) as platform:
                yield Story(platform)
        finally:
            up.terminate()
            up.communicate()


def test_it_answers_what_the_flow_predicted_on_the_same_rows(story):
    story.wait("serving", 1)
    answer = story.predict(rows=story.rows)
    assert (answer.status_code, answer.json()["model"]) == (200, {"name": NAME, "version": 1})
    assert answer.json()["predictions"] == story.expected[1]
    assert same(story.predict(row=story.rows[0]), story.expected[1][0])
    assert ask.ask(story.platform, story.project, "press", story.rows[:3]).predictions == story.expected[1][:3]


def test_wrong_input_and_wrong_keys_are_refused_by_name(story):
    broken = {**story.rows[0], "mean_radius": "wide"}
    del broken["mean_texture"]
    answer = story.predict(rows=[story.rows[1], broken])
    assert answer.status_code == 422
    found = {(each["row"], each["column"]) for each in answer.json()["error"]["details"]["problems"]}
    assert found == {(1, "mean_radius"), (1, "mean_texture")}
    with pytest.raises(Invalid, match="Column 'mean_radius' of row 0 must be a number, not 'wide'"):
        ask.ask(story.platform, story.project, "press", [broken])
    for path in ("/openapi.json", "/metrics"):
        assert story.request("GET", path, key="pbs_wrong").status_code == 401
        assert story.request("GET", path).status_code == 200
    assert "mean_radius" in story.request("GET", "/openapi.json").json()["components"]["schemas"]["Row"]["required"]
    assert story.request("GET", "/health", key="").json() == {"status": "ok"}
    wait_for(lambda: story.known.refused == 2, seconds=60, what="the refusals to be counted")
    assert traffic.traffic(story.platform, story.project, "press").p99 is not None


def test_it_is_replaced_under_load_without_a_dropped_request(story):
    ended, answers = threading.Event(), []

    def load():
        with requests.Session() as session:
            headers = {"Authorization": f"Bearer {story.key}"}
            url = f"{door.base_url(story.platform.settings)}/default/press/predict"
            while not ended.wait(0.15):
                answer = session.post(url, json={"row": story.rows[0]}, headers=headers, timeout=60)
                body = answer.json()
                answers.append((answer.status_code, body["model"]["version"], body["prediction"]))

    threads = [threading.Thread(target=load) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        for number, replicas in ((2, 2), (1, 2), (2, 1)):
            at = len(answers)
            story.change(number, replicas)
            story.wait("serving", number)
            assert len(story.processes("ray::ServeReplica")) >= replicas == story.known.live_replicas
            wait_for(lambda at=at: len(answers) > at + 5, seconds=60, what="answers")
    finally:
        ended.set()
        for thread in threads:
            thread.join()
    assert {status for status, _, _ in answers} == {200}
    assert {version for _, version, _ in answers} == {1, 2}
    assert all(
        prediction["score"] == pytest.approx(story.expected[version][0]["score"]) for _, version, prediction in answers
    )
    (counted,) = re.findall(r'^patchbay_endpoint_requests_total{.*outcome="ok"} (\d+)$', story.metrics(), re.MULTILINE)
    assert int(counted) >= len(answers)


def test_a_killed_serving_process_is_not_missed_and_a_version_that_cannot_be_loaded_changes_nothing(story):
    lost = versions.find(story.platform, story.project, NAME, 1)
    folder = Path(story.platform.settings.artifacts) / "manifests" / lost.artifact_id[:2]
    manifest = folder / f"{lost.artifact_id}.json"
    manifest.rename(manifest.with_suffix(".away"))
    killed = story.process("cli serving")
    os.kill(killed, signal.SIGKILL)  # its driver, which has loaded this version before, ends with it
    story.change(1)
    wait_for(lambda: story.answers() and story.known.state == "failing", seconds=150, what="the failure")
    assert story.process("cli serving") != killed
    assert "Version 1 of 'yield' cannot be loaded" in story.known.message
    assert story.answers()
    manifest.with_suffix(".away").rename(manifest)
    story.change(2)
    story.wait("serving", 2)


def test_a_killed_replica_comes_back(story):
    killed = story.process("ray::ServeReplica")
    os.kill(killed, signal.SIGKILL)
    wait_for(
        lambda: story.answers() and story.process("ray::ServeReplica") != killed, seconds=120, what="another replica"
    )


def test_after_ray_itself_is_killed_it_answers_again(story):
    keeper = f"engines.keeper ray {story.platform.settings.data_dir}"
    serving, killed = story.process("cli serving"), story.process(keeper)
    os.kill(killed, signal.SIGKILL)
    wait_for(lambda: not story.answers(), seconds=60, what="it to be away")
    wait_for(story.answers, seconds=150, what="an answer")
    story.wait("serving", 2)
    assert story.process("cli serving") == serving
    assert story.process(keeper) != killed


def test_undeployed_its_slots_are_free_and_nothing_of_it_runs(story):
    with story.platform.database.read() as transaction:
        assert pools.get(transaction, "inference").used.cpu_milli == 1000
        assert inspection.inspect(transaction) == []
    with pytest.raises(Conflict, match="2 replica"):
        deployments.deploy(story.platform, COMMAND, story.project, "other", model=NAME, replicas=2)
    deployments.remove(story.platform, COMMAND, story.project, "press")

    def used():
        with story.platform.database.read() as transaction:
            return pools.get(transaction, "inference").used

    wait_for(lambda: used() == (0, 0, 0), seconds=60, what="the slots")
    assert deployments.listed(story.platform, story.project).items == []
    wait_for(lambda: not story.processes("ray::Serve"), seconds=60, what="Ray Serve to end")
    wait_for(lambda: not story.processes("serving.driver"), seconds=60, what="the driver to end")


def test_another_platform_serves_at_the_address_of_a_cluster_that_is_not_its_own(story, tmp_path):
    elsewhere = Use(engine_named("ray"), site_of(story.platform.settings))
    home = {"PATCHBAY_HOME": str(tmp_path / "home"), "PATCHBAY_POOL_INFERENCE": "cpu=4", "PATCHBAY_SERVING_PORT": "0"}
    environment = {**os.environ, **home, **elsewhere.begin()}
    settings = config.load(environment)
    prepare(settings)
    with Platform.open(settings) as platform:
        versions.register(platform, COMMAND, 1, NAME, run_id=run_of(Shop(platform), model()), node="train")
        deployments.deploy(platform, COMMAND, 1, "press", model=NAME)
        deployments.deploy(platform, COMMAND, 1, "wide", model=NAME, cpu=3.0)
        command = [sys.executable, "-m", "patchbay_server.cli", "serving"]
        process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
        try:
            told = lambda: {d.name: (d.state, d.message) for d in deployments.listed(platform, 1).items}  # noqa: E731
            wait_for(
                lambda: {name: state for name, (state, _) in told().items()} == {"press": "serving", "wide": "failing"},
                seconds=60,
                what="one that has room and one that has none",
                detail=told,
            )
            assert told()["wide"][1].endswith("need 4 CPUs, and the Ray cluster has 2 of pool_inference.")
            rows = FRAME.select("width", "count")
            expected = model().predict(Table(rows)).polars().to_dicts()
            assert ask.ask(platform, 1, "press", rows.to_dicts()).predictions == expected
        finally:
            process.terminate()
            process.wait()
    assert not list(tmp_path.rglob("engines"))
    elsewhere.close()
