"""The plugin host with real plugin code: answers, hostile plugins, environments side by side, faults."""

import os
import re
import sys
import threading
import time
import venv
from pathlib import Path

import pluggy
import pytest

from patchbay_sdk.schema import Column, Schema
from patchbay_sdk.spec import Home
from patchbay_server.plugin_host import OperatorDisabled, PluginHost, PluginHostError
from patchbay_server.services.publishing.environment import link_platform
from tests.processes import descendants, leaving_nothing_behind, wait_for
from tests.server.plugin_host.plugin import spec_of

SCHEMA = Schema((Column("a", "float"),))
EXPECTED = {"table": Schema((Column("a", "float"), Column("b", "int"))), "other": None}


class Book:
    """Counts faults; what is in `disabled` is not to be asked."""

    def __init__(self) -> None:
        self.recorded: list[tuple[str, str]] = []
        self.disabled: set[str] = set()

    def why_disabled(self, plugin: str) -> str | None:
        return f"{plugin} is switched off." if plugin in self.disabled else None

    def record(self, plugin: str, error: str) -> None:
        self.recorded.append((plugin, error))


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    return tmp_path


@pytest.fixture
def spec(path):
    return spec_of(path)


@pytest.fixture
def other(path):
    return spec_of(path, package="another_plugin", id="code.other")


@pytest.fixture
def book():
    return Book()


@pytest.fixture
def host(book):
    with leaving_nothing_behind(), PluginHost(seconds=60, faults=book) as host:
        yield host


def ask(host, spec, code=""):
    return host.infer(spec, {"code": code}, {"table": SCHEMA})


def test_infers_and_sees_no_secret(host, spec, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "sqlite:///secret.db")
    code = "import os; added = 'secret' if 'DATABASE_URL' in os.environ else 'b'"
    assert ask(host, spec, code) == EXPECTED


FORK = """
import os, time
if os.fork() == 0:
    {child}
"""
DOUBLE_FORK = """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(1000)
    os._exit(0)
"""
CRASHED, SLOW, FULL, BROKEN = "ended its process (", "took longer than 2 s to answer.", "memory", "the channel on which"
HOSTILE = {
    "segmentation fault": ("import ctypes; ctypes.string_at(0)", CRASHED + "SIGSEGV)"),
    "exit": ("import os; os._exit(3)", CRASHED + "exit code 3)"),
    "kills its group": ("import os; os.killpg(0, 15)", CRASHED + "SIGTERM)"),
    "kills its guard": ("import os, time; os.kill(os.getppid(), 9); time.sleep(1000)", BROKEN),
    "hangs": ("while True: pass", SLOW),
    "hangs in C": ("import ctypes; ctypes.CDLL(None).sleep(1000)", SLOW),
    "hangs holding the lock of Python": ("import ctypes; ctypes.PyDLL(None).sleep(1000)", SLOW),
    "stops itself": ("import os; os.kill(os.getpid(), 19)", SLOW),
    "hangs with signals ignored": ("import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(1000)", SLOW),
    "takes 50 GB": ("bytearray(50 << 30)", FULL),
    "takes 50 GB of shared memory": (
        "import mmap\ntry: mmap.mmap(-1, 50 << 30)\nexcept OSError: raise MemoryError",
        FULL,
    ),
    "babbles": ("import os\nfor fd in range(3, 64):\n try: os.write(fd, b'[]\\n')\n except OSError: pass", BROKEN),
    "babbles without end": (
        "import os\nwhile True:\n for fd in range(3, 64):\n  try: os.write(fd, b'x' * 65536)\n  except OSError: pass",
        "gave an answer of more than 8 MiB.",
    ),
    "closes the channel": ("import os, time; os.closerange(3, 64); time.sleep(1000)", BROKEN),
    "closes everything": ("import os; os.closerange(0, 64)", CRASHED),
    "gives an enormous answer": (
        "answer = {'table': Schema(tuple(Column('x' * 1000 + str(i), 'int') for i in range(10000)))}",
        "gave an answer of more than 8 MiB.",
    ),
}
WRONG = {
    "raises": ("raise ValueError(\"no such column 'x'\")", "ValueError: no such column 'x'"),
    "exits": ("import sys; sys.exit(4)", "SystemExit: 4"),
    "raises what cannot be shown": (
        "class Odd(BaseException):\n def __str__(self): raise ValueError\nraise Odd", "Odd"
    ),
    "raises a long text": ("raise ValueError('x' * 10_000_000)", "ValueError: xxx"),
    "raises strange text": ("raise ValueError('\\0\\ud800')", "ValueError: \ufffd?"),
    "recurses": ("def f(): f()\nf()", "RecursionError"),
    "returns nonsense": ("answer = 5", "infer returned a int; it must return a mapping of port to Schema."),
    "returns other nonsense": ("answer = {'table': 'x'}", "infer returned a str for 'table'; it must be a Schema"),
    "returns a wrong type": ("answer = {'table': Schema((Column('a', 'money'),))}", "a column 'a' of type 'money'"),
    "returns a wrong name": ("answer = {'table': Schema((Column(5, 'int'),))}", "a column 5 of type 'int'"),
    "returns what is no JSON": ("answer = {b'table': None}", "TypeError"),
}  # fmt: skip
HARMLESS = {
    "prints": "print('x' * 10_000_000)",
    "prints below Python": "import os; os.write(1, b'y' * 10_000_000); os.write(2, b'z' * 10_000_000)",
    "closes its output": "import os; os.closerange(0, 3)",
    "closes its streams": "import sys; sys.stdout.close(); sys.stderr.close()",
    "replaces its streams": "import sys; sys.stdout = sys.stderr = None",
    "leaves a child behind": FORK.format(child="time.sleep(1000)"),
    "returns twice": FORK.format(child="pass"),
    "leaves a grandchild behind": DOUBLE_FORK,
    "leaves a thread behind": "import threading, time; threading.Thread(target=time.sleep, args=(1000,)).start()",
    "changes the environment": "import os; os.environ.clear(); os.chdir('/tmp')",
    "ruins the import path": "import sys; sys.path.clear()",
}


def name_of(case):
    return case.replace(" ", "_")


@pytest.mark.parametrize("case", HOSTILE, ids=name_of)
def test_a_fault_names_the_plugin_and_another_one_is_answered(host, book, spec, other, case):
    code, message = HOSTILE[case]
    if message == SLOW:
        host._seconds = 2
    with pytest.raises(PluginHostError, match=f"^code.infers@1.0.0 .*{re.escape(message)}"):
        ask(host, spec, code)
    host._seconds = 60
    assert [plugin for plugin, _ in book.recorded] == [spec.key]
    assert ask(host, other) == EXPECTED


@pytest.mark.parametrize("case", WRONG, ids=name_of)
def test_an_error_names_the_plugin_and_is_no_fault(host, book, spec, other, case):
    code, message = WRONG[case]
    with pytest.raises(PluginHostError, match=re.escape(message)) as raised:
        ask(host, spec, code)
    assert raised.value.message.startswith("code.infers@1.0.0 could not infer its output schema: ")
    assert len(raised.value.message) < 2200
    assert (book.recorded, ask(host, other)) == ([], EXPECTED)


@pytest.mark.parametrize("case", HARMLESS, ids=name_of)
def test_what_is_left_behind_harms_nobody(host, book, spec, other, case):
    assert ask(host, spec, HARMLESS[case]) == EXPECTED
    assert ask(host, other, "print('here'); import json") == EXPECTED
    assert book.recorded == []


FORGE = """
import gc, json, os, time
number = next(o["number"] for o in gc.get_objects() if isinstance(o, dict) and type(o.get("number")) is int)
line = json.dumps({{"number": number, "answer": {{"schemas": {answer}}}, "last": False}}) + chr(10)
for descriptor in range(3, 64):
    try:
        os.write(descriptor, line.encode())
    except OSError:
        pass
time.sleep(1000)
"""


@pytest.mark.parametrize("answer", ["5", "[]", '{"table": {"columns": [{"name": "a", "type": "money"}]}}'])
def test_a_forged_answer_is_a_fault(host, book, spec, other, answer):
    with pytest.raises(PluginHostError, match=r"^code.infers@1.0.0 gave an answer that holds no schemas\."):
        ask(host, spec, FORGE.format(answer=answer))
    assert (len(book.recorded), ask(host, other)) == (1, EXPECTED)


def test_nobody_is_blamed_for_the_one_before(host, book, spec, other):
    """It forges a good answer and goes on; the next one finds the process hanging, and is asked in another."""
    ask(host, spec, FORGE.format(answer='{"table": None}'))
    host._seconds = 5
    assert ask(host, other) == EXPECTED
    assert book.recorded == []


def test_a_fault_after_others_is_found_out(host, book, spec, other):
    assert ask(host, other) == EXPECTED
    with pytest.raises(PluginHostError, match=r"^code.infers@1.0.0 ended its process \(exit code 3\)\."):
        ask(host, spec, "import os; os._exit(3)")
    assert book.recorded == [("code.infers@1.0.0", "ended its process (exit code 3).")]


def test_one_that_has_failed_too_often_is_not_asked(host, book, spec, other):
    book.disabled.add(spec.key)
    with pytest.raises(OperatorDisabled, match=r"code.infers@1.0.0 is switched off\."):
        ask(host, spec)
    assert ask(host, other) == EXPECTED


def home_of(folder: Path, python: Path | None = None) -> Home:
    folder.mkdir()
    return Home(f"{folder.name}@1.0.0", folder, python, folder.name)


def test_environments_are_asked_side_by_side(tmp_path, book):
    """The first waits for a file that only the second makes."""
    mark = tmp_path / "mark"
    first, second = home_of(tmp_path / "first"), home_of(tmp_path / "second", Path(sys.executable))
    waits = f"import os, time\nwhile not os.path.exists({str(mark)!r}): time.sleep(0.01)"
    answers = {}
    with leaving_nothing_behind(), PluginHost(seconds=60, faults=book, readable=[tmp_path]) as host:
        spec = spec_of(first.root, id="code.first", home=first)
        waiting = threading.Thread(target=lambda: answers.update(first=ask(host, spec, waits)))
        waiting.start()
        assert ask(host, spec_of(second.root, id="code.second", home=second)) == EXPECTED  # the same package's name
        mark.touch()
        waiting.join()
    assert answers["first"] == EXPECTED


def test_a_release_is_asked_in_the_environment_that_it_brings(tmp_path):
    environment = tmp_path / "environment"
    venv.EnvBuilder(symlinks=True, with_pip=False).create(environment)
    (packages,) = environment.glob("lib/python*/site-packages")
    link_platform(environment)
    (packages / "base.pth").write_text(str(Path(pluggy.__file__).parents[1]))
    home = home_of(tmp_path / "release", environment / "bin" / "python")
    with leaving_nothing_behind(), PluginHost(seconds=60) as host:
        found = ask(host, spec_of(home.root, home=home), "import sys; added = sys.prefix")
    assert found["table"].names == ["a", str(environment)]


def test_published_code_cannot_read_what_is_not_its_own(tmp_path, book):
    home = home_of(tmp_path / "release")
    allowed, secret = tmp_path / "data", tmp_path / "api-token"
    allowed.mkdir()
    for file in (allowed / "x.csv", secret):
        file.write_text("x")
    code = "open({!r}).read()"
    with leaving_nothing_behind(), PluginHost(seconds=30, readable=[allowed]) as host:
        spec = spec_of(home.root, home=home)
        assert ask(host, spec, code.format(str(allowed / "x.csv"))) == EXPECTED
        for forbidden in (
            code.format(str(secret)),
            f"open({str(allowed / 'new')!r}, 'w')",
            "import socket; socket.create_server(('127.0.0.1', 0))",
        ):
            with pytest.raises(PluginHostError, match=r"PermissionError|OSError"):
                ask(host, spec, forbidden)


def test_an_environment_that_is_gone_is_an_error_and_no_fault(tmp_path, book):
    home = home_of(tmp_path / "release", tmp_path / "no" / "bin" / "python")
    message = r"code.infers@1.0.0 cannot be asked: its program does not start: .*No such"
    with leaving_nothing_behind(), PluginHost(faults=book) as host, pytest.raises(PluginHostError, match=message):
        ask(host, spec_of(home.root, home=home))
    assert book.recorded == []


def test_only_some_foreign_processes_are_kept(tmp_path):
    with leaving_nothing_behind(), PluginHost(seconds=60) as host:
        before = descendants(os.getpid())
        for number in range(6):
            home = home_of(tmp_path / f"release{number}")
            assert ask(host, spec_of(home.root, home=home)) == EXPECTED
        assert len(descendants(os.getpid()) - before) == 2 * 4  # each with its guard


def test_no_process_before_the_first_question_none_when_idle_and_none_after_the_end(path, spec):
    with leaving_nothing_behind(), PluginHost(seconds=60, idle=0.2) as host:
        before = descendants(os.getpid())
        assert ask(host, spec) == EXPECTED
        wait_for(lambda: descendants(os.getpid()) == before, what="the idle process to end")
        assert ask(host, spec, "1") == EXPECTED


def test_closing_ends_a_question_that_hangs(path, spec):
    failed = []

    def hang():
        try:
            ask(host, spec, "while True: pass")
        except PluginHostError as error:
            failed.append(error.message)

    with leaving_nothing_behind():
        host = PluginHost(seconds=1000)
        before = descendants(os.getpid())
        thread = threading.Thread(target=hang)
        thread.start()
        wait_for(lambda: len(descendants(os.getpid()) - before) >= 2, what="the process to start")
        time.sleep(0.2)
        host.close()
        thread.join()
    assert len(failed) == 1


PLUGINS = {
    "crashes": "import os\n\n@hookimpl\ndef run_finished(run_id, state):\n    os._exit(1)\n",
    "listens": "@hookimpl\ndef run_finished(run_id, state):\n    open(__file__ + '.told', 'a').write(run_id + state)\n",
    "raises": "@hookimpl\ndef run_finished(run_id, state):\n    raise ValueError('not today')\n",
}


def test_every_plugin_is_told_of_a_run_whatever_the_others_do(path, book, monkeypatch):
    entries = "".join(f"{name} = {name}_plugin\n" for name in PLUGINS)
    info = path / "told-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: told\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[patchbay.plugins]\n{entries}")
    for name, code in PLUGINS.items():
        (path / f"{name}_plugin.py").write_text(f"from patchbay_sdk.hookspecs import hookimpl\n{code}")
    monkeypatch.syspath_prepend(path)
    with (
        leaving_nothing_behind(),
        PluginHost(seconds=60, faults=book) as host,
        pytest.raises(PluginHostError) as raised,
    ):
        host.tell_run_finished(7, "done")
    assert "plugin:crashes ended its process (exit code 1)." in raised.value.message
    assert "raises: ValueError: not today" in raised.value.message
    assert (path / "listens_plugin.py.told").read_text() == "7done"
    assert [plugin for plugin, _ in book.recorded] == ["plugin:crashes"]


def test_a_preview_is_what_the_operator_says_and_nothing_else(host, spec):
    found = {"options": {"header": False}, "columns": [], "rows": [["1", None]], "reading": []}
    assert host.preview(spec, {"code": f"answer = {found!r}"}) == found
    assert host.preview(spec, {"code": "answer = None"}) is None
    for answer, said in (
        ("{1}", "not JSON"),
        ("{'rows': []}", "lacks one of"),
        ("1", "lacks one of"),
        ("0 / 0", "division"),
    ):
        with pytest.raises(PluginHostError, match=said):
            host.preview(spec, {"code": f"answer = {answer}"})
