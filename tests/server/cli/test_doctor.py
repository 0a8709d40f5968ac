"""`patchbay doctor`: its exit status."""

import json

from patchbay_runners.artifacts import ArtifactStore
from patchbay_server import config
from patchbay_server.engine import Result
from patchbay_server.services.platform import Platform, prepare
from tests.server.engine.flows import plan_of, submit


def test_it_exits_with_1_when_something_is_broken(patchbay):
    settings = config.load()
    prepare(settings)
    assert patchbay("doctor").status == 0
    store = ArtifactStore(settings.artifacts)
    id = store.save("value", "text", "t")
    with Platform.open(settings) as platform:
        submit(platform.engine, plan_of("a"))
        claim = platform.engine.claim("train", "w")
        platform.engine.commit(claim, Result({"out": id}), "w")
    blob = store.open(id)["text.txt"]
    blob.chmod(0o644)
    blob.write_text("walue")
    assert patchbay("doctor").status == 0
    sick = patchbay("doctor", "--deep", "--json")
    (failed,) = [finding for finding in json.loads(sick.output) if finding["state"] == "failed"]
    assert (sick.status, failed["subject"]) == (1, f"artifact {id[:12]}")
    assert patchbay("doctor", "--deep", "--repair").status == 1
    assert patchbay("doctor").status == 1  # it is missing, until a run has made it again
