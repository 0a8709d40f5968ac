"""`patchbay backfill` and `backfills`."""

import json

import pytest

from patchbay_server import config
from patchbay_server.services import flows
from patchbay_server.services.people import projects
from patchbay_server.services.people.actor import COMMAND
from patchbay_server.services.platform import Platform, prepare
from tests.server.cli.test_inspect import FLOW


@pytest.fixture(autouse=True)
def saved(folder):
    settings = config.load()
    prepare(settings)
    with Platform.open(settings) as platform:
        flows.create(platform, COMMAND, projects.find(platform, COMMAND, "default").id, FLOW)


WEEK = ("backfill", "clean", "--from", "2026-03-01", "--to", "2026-03-08T00:00", "--cron", "0 6 * * *")


def test_from_its_start_to_its_end(patchbay):
    assert patchbay(*WEEK, "--timezone", "Asia/Shanghai").output.startswith("Backfill 1: 7 times of clean.")
    for change, state in (("pause", "paused"), ("resume", "running"), ("cancel", "cancelled")):
        assert patchbay("backfills", change, "1").output == f"Backfill 1 is {state}.\n"
    (known,) = json.loads(patchbay("backfills", "list", "--json").output)
    assert (known["state"], known["counts"]["pending"], known["timezone"]) == ("cancelled", 7, "Asia/Shanghai")
    assert "clean" in patchbay("backfills", "list").output


def test_what_cannot_be(patchbay):
    refused = [
        ((*WEEK[:3], "soon", *WEEK[4:]), "--from"),
        ((*WEEK, "--timezone", "Mars"), "--from"),
        (WEEK[:6], "cron"),
        ((*WEEK, "--param", "x=1"), "'x'"),
        (("backfills", "pause", "9"), "no backfill 9"),
    ]
    for arguments, message in refused:
        ended = patchbay(*arguments)
        assert (ended.status, message in ended.errors) == (2, True), arguments
