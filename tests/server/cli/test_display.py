"""How a run is shown: a line per step in a pipe, bars with the same lines above them on a terminal."""

import re

import pytest

from patchbay_server.cli.display import Bars, Display, Lines
from patchbay_server.engine.views import TaskView


def task(path, state="running", **changes):
    names = {
        "id": 1, "path": path, "index": "", "operator": "source.csv@1.0.0", "state": state, "cached": False,
        "pool": "train", "attempt": 1, "worker": "w", "log_path": None, "outputs": {}, "rows": {}, "metrics": None,
        "warnings": [], "reasons": None, "error": None, "cache_key": None, "started_at": 1.0, "ended_at": 1.25,
    }  # fmt: skip
    return TaskView(**(names | changes))


ENDED = [
    task("read", "done", rows={"bad_rows": 2, "table": 1500}, reasons=[{"kind": "first_run", "text": "never ran"}]),
    task("train", "done", reasons=[{"kind": "param", "text": "c: 1 -> 2"}]),
    task("train", "done", cached=True, index="3"),
    task("score", "failed", error={"message": "column 'y' is missing"}),
    task("export", "skipped", error={"message": "upstream failed: score"}),
]
LINES = [
    "[1/5]  read      ok  0.25 s  1,500 rows, bad_rows 2",
    "[2/5]  train     ok  0.25 s  (c: 1 -> 2)",
    "[3/5]  train[3]  unchanged, reused",
    "[4/5]  score     FAILED  column 'y' is missing",
    "[5/5]  export    skipped  upstream failed: score",
]


def show(display: Display):
    display.begin(ENDED)
    display.show("run", {"state": "running"})
    display.show("task", {"path": "read", "index": "", "state": "running"})
    display.show("progress", {"path": "read", "index": "", "fraction": 0.5, "message": "half of it"})
    display.show("log", {"path": "read", "index": "", "level": "warning", "message": "two bad rows"})
    display.show("log", {"path": "read", "index": "", "level": "info", "message": "not shown"})
    for ended in ENDED:
        display.ended(ended)
    display.close()


def test_lines_in_a_pipe(capsys):
    show(Lines())
    assert capsys.readouterr().out.splitlines() == ["       read      warning: two bad rows", *LINES]


def test_bars_on_a_terminal(capsys, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    show(Bars())
    shown = re.sub(r"\x1b\[[?\d;]*[A-Za-z]", "", capsys.readouterr().out)
    for line in ("read      warning: two bad rows", *LINES):
        assert line in shown
    assert "not shown" not in shown
    assert "run" in shown


def test_nothing_for_programs(capsys):
    show(Display())
    assert capsys.readouterr().out == ""


def test_what_a_run_turned_out_not_to_need_is_counted_and_not_told(capsys):
    display = Lines()
    display.begin(ENDED[:1])
    display.grow(3)
    display.show("task", {"path": "ask", "index": "", "state": "waiting_approval"})
    display.ended(task("fit", "skipped", index="4", error={"code": "not_needed", "message": "not needed after loop"}))
    display.ended(task("read", "done"))
    assert capsys.readouterr().out.splitlines() == [
        "       ask   waits for a person: patchbay approve, or reject",
        "[2/3]  read  ok  0.25 s",
    ]
