"""Chores: done when due, whatever happens to one of them."""

import threading

from patchbay_server.worker.chores import Chore, Chores


def test_a_chore_that_fails_keeps_no_other_from_being_done(caplog):
    done, calls = threading.Event(), []

    def breaks():
        calls.append("breaks")
        raise RuntimeError("broken")

    with Chores([Chore("breaks", 0.0, breaks), Chore("works", 0.0, lambda: len(calls) > 1 and done.set())]):
        assert done.wait(60)
    assert "chore breaks" in caplog.text


def test_a_chore_waits_for_its_time():
    first, calls = threading.Event(), []

    def act():
        calls.append(1)
        first.set()

    with Chores([Chore("rare", 3600.0, act)]):
        assert first.wait(60)
    assert calls == [1]
