"""A model of a real run, deployed on a real platform: it answers as the flow did, whatever is killed or replaced."""

import json
import os
import signal
import threading
from pathlib import Path

import pytest
import requests

import patchbay_server
from patchbay_runners.artifacts import ArtifactStore
from patchbay_server import config
from patchbay_server.engine import inspection, pools
from patchbay_server.services.errors import Conflict, Invalid
from patchbay_server.services.models import versions
from patchbay_server.services.people.actor import COMMAND
from patchbay_server.services.platform import Platform
from patchbay_server.services.serving import ask, deployments, door, traffic
from tests.e2e.conftest import Desk
from tests.processes import command_line, descendants, wait_for

pytestmark = [pytest.mark.heavy, pytest.mark.xdist_group("ray"), pytest.mark.timeout(300)]

YIELD = Path(patchbay_server.__file__).parent / "flows" / "yield.json"
NAME = "yield"


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

    def __init__(self, platform: Platform, pid: int) -> None:
        self.platform = platform
        self.pid = pid
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
            return self.known.state, self.known.live, self.known.message

        wait_for(lambda: told()[:2] == (state, live), seconds=150, what=f"{state} {live}", detail=told)

    def request(self, method: str, path: str, key: str | None = None, **options) -> requests.Response:
        url = f"{door.base_url(self.platform.settings)}/default/press{path}"
        headers = {"Authorization": f"Bearer {self.key if key is None else key}"}
        return requests.request(method, url, headers=headers, timeout=60, **options)

    def predict(self, **body) -> requests.Response:
        return self.request("POST", "/predict", json=body)

    def process(self, what: str) -> int:
        """The one living process of the platform whose command has these words."""
        (found,) = [pid for pid in descendants(self.pid) if what in command_line(pid)]
        return found


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory):
    from tests.e2e.conftest import make_desk

    desk: Desk = make_desk(tmp_path_factory.mktemp("serving"))
    desk.environment.update(PATCHBAY_SERVING_PORT="0", PATCHBAY_POOL_INFERENCE="workers=0 cpu=2 memory=4Gi")
    up = desk.up()
    try:
        done = desk.run("run", str(desk.flow(two_models())))
        assert done.returncode == 0, done.stdout + done.stderr
        assert not [pid for pid in descendants(up.pid) if "ray" in command_line(pid)]  # nobody has asked for it yet
        with Platform.open(config.load(desk.environment)) as platform:
            yield Story(platform, up.pid)
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
            while not ended.is_set():
                answer = session.post(url, json={"row": story.rows[0]}, headers=headers, timeout=60)
                body = answer.json()
                answers.append((answer.status_code, body["model"]["version"], body["prediction"]))

    threads = [threading.Thread(target=load) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        for number in (2, 1, 2):
            at = len(answers)
            change = {"model": NAME, "number": number, "replicas": 1, "expected": story.known.version}
            deployments.change(story.platform, COMMAND, story.project, "press", **change)
            story.wait("serving", number)
            wait_for(lambda at=at: len(answers) > at + 20, seconds=60, what="answers")
    finally:
        ended.set()
        for thread in threads:
            thread.join()
    assert {status for status, _, _ in answers} == {200}
    assert {version for _, version, _ in answers} == {1, 2}
    assert all(
        prediction["score"] == pytest.approx(story.expected[version][0]["score"]) for _, version, prediction in answers
    )


def test_a_version_that_cannot_be_loaded_leaves_the_one_before_in_place(story):
    lost = versions.find(story.platform, story.project, NAME, 1)
    folder = Path(story.platform.settings.artifacts) / "manifests" / lost.artifact_id[:2]
    manifest = folder / f"{lost.artifact_id}.json"
    manifest.rename(manifest.with_suffix(".away"))
    change = {"model": NAME, "replicas": 1}
    deployments.change(
        story.platform, COMMAND, story.project, "press", **change, number=1, expected=story.known.version
    )
    # it has been loaded before, and is known to be loadable by the driver that runs: another one has to look
    os.kill(story.process("serving.driver"), signal.SIGKILL)
    story.wait("failing", 2)
    assert "Version 1 of 'yield' cannot be loaded" in story.known.message
    assert story.predict(row=story.rows[0]).json()["model"]["version"] == 2
    manifest.with_suffix(".away").rename(manifest)
    deployments.change(
        story.platform, COMMAND, story.project, "press", **change, number=2, expected=story.known.version
    )
    story.wait("serving", 2)


def test_a_killed_replica_comes_back(story):
    killed = story.process("ray::ServeReplica")
    os.kill(killed, signal.SIGKILL)
    answers = lambda: story.predict(row=story.rows[0]).status_code == 200  # noqa: E731
    wait_for(lambda: answers() and story.process("ray::ServeReplica") != killed, seconds=120, what="another replica")


def test_after_the_serving_process_and_its_ray_are_killed_it_answers_again(story):
    os.kill(story.process("cli serving"), signal.SIGKILL)

    def answers():
        try:
            return same(story.predict(row=story.rows[0]), story.expected[2][0])
        except (requests.RequestException, KeyError):
            return False

    wait_for(lambda: not answers(), seconds=60, what="it to be away")
    wait_for(answers, seconds=150, what="an answer")
    story.wait("serving", 2)


def test_undeployed_its_slots_are_free_and_ray_is_gone(story):
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
    wait_for(
        lambda: not [pid for pid in descendants(story.pid) if "ray" in command_line(pid)], seconds=60, what="Ray to end"
    )
