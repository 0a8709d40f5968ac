"""What a keeper says of its engine, also once it is dead."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from patchbay_runners.engines.keeper import STATE, address_of
from tests.processes import state_and_parent, wait_for


def test_what_a_killed_keeper_has_said_does_not_count_though_its_parent_has_not_heard_of_it(tmp_path: Path) -> None:
    with subprocess.Popen(["sleep", "60"]) as keeper:
        said = {"keeper": keeper.pid, "work": str(tmp_path), "address": "sc://localhost:1/"}
        (tmp_path / STATE).write_text(json.dumps(said))
        assert address_of(tmp_path) == said["address"]
        keeper.kill()
        wait_for(lambda: (found := state_and_parent(keeper.pid)) and found[0] == "Z", what="its death")
        assert address_of(tmp_path) == ""
    assert address_of(tmp_path) == ""
