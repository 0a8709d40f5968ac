"""The folders that outlive attempts, and a stop that leaves time to write into them."""

from pathlib import Path

import pytest

from patchbay_runners.checkpoints import kept, open_folder, remove
from tests.runners.desk import Desk


def test_a_new_attempt_has_what_the_earlier_one_left_and_takes_it_away_from_it(tmp_path: Path) -> None:
    first = open_folder(tmp_path, "task-1", "one")
    (first / "epoch").write_text("3")
    second = open_folder(tmp_path, "task-1", "two")
    assert (second / "epoch").read_text() == "3"
    with pytest.raises(FileNotFoundError):
        (first / "epoch").write_text("from one that was taken for dead")
    assert open_folder(tmp_path, "task-2", "three").exists()
    assert {(each.name, *each.tokens) for each in kept(tmp_path)} == {("task-1", "two"), ("task-2", "three")}


def test_what_one_taken_for_dead_makes_again_is_removed(tmp_path: Path) -> None:
    zombie = open_folder(tmp_path, "task-1", "one")
    mine = open_folder(tmp_path, "task-1", "two")
    zombie.mkdir()
    (zombie / "deep").mkdir()
    (mine / "epoch").write_text("4")
    third = open_folder(tmp_path, "task-1", "three")
    assert [path.name for path in third.parent.iterdir()] == ["three"]
    remove(tmp_path, "task-1")
    remove(tmp_path, "task-1")
    assert list(kept(tmp_path)) == []


def test_a_stop_leaves_those_alone_that_the_task_works_with(desk: Desk) -> None:
    desk.start("work_with_a_helper")
    desk.runner.stop()
    said, event = desk.events()
    assert said.data["message"] == "with the helper's help"
    assert (event.kind, event.data["error"]["code"]) == ("failed", "cancelled")
    assert desk.runner.process_id is None, "another attempt gets another process"
    assert desk.run(desk.request("Count", rows=1))[-1].kind == "finished"


def test_what_was_stopped_is_cancelled_whatever_error_it_ends_in(desk: Desk) -> None:
    desk.start("raise_another_error_when_stopped")
    desk.runner.stop()
    [event] = desk.events()
    assert (event.kind, event.data["error"]["code"]) == ("failed", "cancelled")
    assert "ValueError: a trial failed" in desk.runner.logs(), "should it be a fault of the operator"
