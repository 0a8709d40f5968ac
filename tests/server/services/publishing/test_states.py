"""Who may take which step with a release, and what follows from it."""

from pathlib import Path

import pytest

from patchbay_sdk.errors import WithdrawnOperator
from patchbay_server.engine.errors import NotFound
from patchbay_server.graph.reader import parse
from patchbay_server.graph.validate import validate
from patchbay_server.services import operators
from patchbay_server.services.errors import Conflict, Forbidden
from patchbay_server.services.people import audit
from patchbay_server.services.people.actor import COMMAND
from patchbay_server.services.platform import Platform, prepare
from patchbay_server.services.publishing import states, upload
from patchbay_server.services.publishing.errors import ReleaseRefused
from tests.server.services.publishing.sayings import ANNA, BEN, archive, published

ONE = ("say-tools", "1.0.0")


def test_from_draft_to_withdrawn(platform: Platform, tmp_path: Path) -> None:
    upload.upload(platform, ANNA, archive(tmp_path))
    assert states.submit(platform, ANNA, *ONE, expected=1).summary.state == "in_review"
    rejected = states.reject(platform, BEN, *ONE, expected=2, note="no docs")
    assert (rejected.summary.state, rejected.summary.note) == ("draft", "no docs")
    states.submit(platform, ANNA, *ONE, expected=3)
    assert "say.word@1.0.0" not in platform.catalogue
    approved = states.approve(platform, BEN, *ONE, expected=4)
    assert (approved.summary.state, approved.summary.note) == ("published", "")
    assert platform.catalogue.latest("say.word").version == "1.0.0"
    states.deprecate(platform, BEN, *ONE, expected=5, note="old")
    assert platform.catalogue.get("say.word@1.0.0").home is not None
    states.withdraw(platform, BEN, *ONE, expected=6, note="It is wrong.")
    with pytest.raises(WithdrawnOperator, match=r"withdrawn: It is wrong\. There is nothing that takes its place"):
        platform.catalogue.get("say.word@1.0.0")
    entries = audit.entries(platform.database, audit.Filter(action="release.")).items
    assert [(entry.actor, entry.action.partition(".")[2]) for entry in reversed(entries)] == [
        ("anna", "uploaded"), ("anna", "submitted"), ("ben", "rejected"), ("anna", "submitted"),
        ("ben", "approved"), ("ben", "deprecated"), ("ben", "withdrawn"),
    ]  # fmt: skip


def test_authors_do_not_approve_their_own(platform: Platform, tmp_path: Path) -> None:
    upload.upload(platform, ANNA, archive(tmp_path), submit=True)
    with pytest.raises(Forbidden):
        states.approve(platform, ANNA, *ONE, expected=1)
    with pytest.raises(Forbidden):
        states.approve(platform, ANNA, *ONE, expected=1, alone=True)
    assert states.approve(platform, COMMAND, *ONE, expected=1).summary.state == "published"


def test_the_command_line_says_when_nobody_else_looked(platform: Platform, tmp_path: Path) -> None:
    upload.upload(platform, COMMAND, archive(tmp_path), submit=True)
    with pytest.raises(Forbidden):
        states.approve(platform, COMMAND, *ONE, expected=1)
    states.approve(platform, COMMAND, *ONE, expected=1, alone=True)
    (entry,) = audit.entries(platform.database, audit.Filter(action="release.approved")).items
    assert entry.after == {"state": "published", "reviewed_by_somebody_else": False}


def test_steps_out_of_turn_and_stale_ones_are_refused(platform: Platform, tmp_path: Path) -> None:
    upload.upload(platform, ANNA, archive(tmp_path))
    with pytest.raises(Conflict, match="is draft; only what is in review can be approved"):
        states.approve(platform, BEN, *ONE, expected=1)
    with pytest.raises(Forbidden):
        states.submit(platform, BEN, *ONE, expected=1)
    with pytest.raises(Conflict, match="changed meanwhile"):
        states.submit(platform, ANNA, *ONE, expected=7)
    with pytest.raises(NotFound):
        states.submit(platform, ANNA, "say-tools", "9", expected=1)


def test_of_two_packages_with_one_id_the_first_to_be_approved_gets_it(platform: Platform, tmp_path: Path) -> None:
    upload.upload(platform, ANNA, archive(tmp_path), submit=True)
    upload.upload(platform, BEN, archive(tmp_path, name="other-tools"), submit=True)
    states.approve(platform, BEN, *ONE, expected=1)
    with pytest.raises(ReleaseRefused, match=r"say\.word belongs to package say-tools"):
        states.approve(platform, ANNA, "other-tools", "1.0.0", expected=1)


def test_flows_say_what_to_use_instead_of_what_was_withdrawn(platform: Platform, tmp_path: Path) -> None:
    published(platform, archive(tmp_path))
    published(platform, archive(tmp_path, "2.0.0", {"say.word": "2.0.0"}, said="two"))
    states.withdraw(platform, BEN, *ONE, expected=2, note="wrong")
    node = {"id": "n", "operator": "say.word@1.0.0"}
    flow = parse({"format": 1, "name": "f", "nodes": [node], "edges": []})
    (problem,) = validate(flow, platform.catalogue)
    assert problem.message == "Operator say.word@1.0.0 was withdrawn: wrong. Use say.word@2.0.0 instead."
    views = operators.versions(platform, "say.word")
    assert [(view.key, view.state) for view in views] == [
        ("say.word@2.0.0", "published"), ("say.word@1.0.0", "withdrawn"),
    ]  # fmt: skip
    assert operators.get(platform, "say.word@1.0.0").spec["id"] == "say.word"


def test_an_index_that_was_not_written_is_written_at_the_next_start(platform: Platform, tmp_path: Path) -> None:
    published(platform, archive(tmp_path))
    platform.settings.published.unlink()
    assert "say.word@1.0.0" not in platform.catalogue
    prepare(platform.settings)
    assert "say.word@1.0.0" in platform.catalogue
