"""`patchbay collect`."""

import json
import os

from patchbay_runners.artifacts import ArtifactStore
from patchbay_server import config
from patchbay_server.services.platform import prepare


def test_it_tells_first_and_then_does_it(patchbay):
    settings = config.load()
    prepare(settings)
    store = ArtifactStore(settings.artifacts)
    id = store.save("left behind", "text", "t")
    for path in (path for path in store.root.rglob("*") if path.is_file()):
        os.utime(path, (1, 1))
    told = patchbay("collect", "--dry-run")
    assert (told.status, id[:12] in told.output, "bytes would be freed." in told.output) == (0, True, True)
    assert store.exists(id)
    done = json.loads(patchbay("collect", "--days", "30", "--json").output)
    assert ([each["id"] for each in done["artifacts"]], done["files"]) == ([id], 2)
    assert not store.exists(id)
    assert patchbay("collect").output == "No artifact.\n0 files, 0 leftovers of attempts: 0 bytes freed.\n"
