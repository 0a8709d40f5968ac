"""An attempt is asked for the best so far by a line that its process reads when the operator looks."""

from tests.runners.desk import Desk


def test_an_attempt_that_is_asked_returns_what_it_has(desk: Desk) -> None:
    desk.start("search")
    desk.runner.finish()
    desk.runner.finish()
    assert desk.events()[-1].kind == "finished"
    assert desk.store.load(desk.runner.outputs()["text"]) == "the best so far"


def test_what_comes_too_late_is_not_for_the_next_attempt(desk: Desk) -> None:
    desk.runner.submit(desk.request("Script", action="greet"))
    process = desk.runner.process_id
    desk.runner.finish()
    assert desk.events()[-1].kind == "finished"
    desk.runner.finish()
    desk.start("search")
    assert desk.runner.process_id == process
    assert [event.kind for event in desk.runner.wait(60)] == ["metric"], "it has looked, and goes on"
    desk.runner.finish()
    assert desk.events()[-1].kind == "finished"


def test_one_whose_process_has_died_is_told_as_such(desk: Desk) -> None:
    desk.runner.submit(desk.request("Script", action="kill_itself"))
    desk.runner.finish()
    assert desk.events()[-1].data["error"]["code"] == "process_killed"
