"""Trials of operators, good, broken and hostile: always an answer, and never the one that the operator chooses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from patchbay_sdk import OperatorSpec
from patchbay_server.services.publishing.trial import Trial, try_specs
from tests.server.services.publishing.packages import CODE, SPEC, SPEC_FILE, source, write

RUN = "import polars as pl\n"


def tried(tmp_path: Path, code: str = CODE, spec: dict[str, Any] = SPEC, **limits: Any) -> Trial:
    root = write(source(**{"fab_tools/double.py": code, SPEC_FILE: json.dumps(spec)}), tmp_path / "root")
    return try_specs([OperatorSpec.from_file(root / SPEC_FILE)], root=root, **limits)


def running(statement: str) -> str:
    """The operator, with a statement in front of its work."""
    return CODE.replace(RUN.strip(), f"{statement}\n        import polars as pl")


def test_a_good_operator(tmp_path: Path) -> None:
    trial = tried(tmp_path)
    assert trial.failures == []
    [report] = trial.reports
    assert (report["operator"], report["ok"]) == ("fab.double@1.0.0", True)
    checks = {check["name"]: check for check in report["checks"]}
    assert list(checks) == [
        "code", "example: two numbers", "generated tables: two numbers", "schemas", "determinism",
    ]  # fmt: skip
    assert checks["example: two numbers"]["seconds"] > 0
    assert checks["example: two numbers"]["peak_memory"] > 1 << 20
    assert json.loads(json.dumps(trial.to_json()))["ok"]


def test_printing_harms_nothing(tmp_path: Path) -> None:
    assert tried(tmp_path, running("print('[{\"ok\": false}]' * 1000)")).failures == []


FAILING = {
    "sys.exit": (running("import sys; sys.exit(0)"), "two numbers: failed: SystemExit"),
    "os._exit": (running("import os; os._exit(0)"), "ended before the operator returned"),
    "crash": (running("import os; os.abort()"), "ended by SIGABRT"),
    "bug": (running("1 / 0"), "ZeroDivisionError: division by zero (double.py, line 10)"),
    "syntax": ("class", "cannot be imported"),
    "import that exits": ("import os; os._exit(0)", "code: The process of the operator ended before"),
    "wrong result": (CODE.replace("* factor", "+ factor"), "example: two numbers: fab.double"),
    "other argument": (CODE.replace("factor", "times"), "code: fab.double@1.0.0: run lacks the argument"),
    "other schema": (
        CODE.replace("* factor)", "* factor, new=1)"), "schemas: fab.double@1.0.0: output 'table' has columns",
    ),
    "no output": (CODE.replace('return {"table"', 'return {"tabel"'), "returned no value for its output 'table'"),
    "random": (
        CODE.replace("* factor", "* factor + 1e-7 * __import__('random').random()"),
        "determinism: example: two numbers: With the same seed output 'table' differs in column 'a'",
    ),
    "state in the module": (
        "SEEN = []\n" + CODE.replace("* factor", "* (SEEN.append(1) or factor + len(SEEN) * 1e-8)"),
        "determinism: example: two numbers",
    ),
    "fails on the empty table": (running("table.polars()['a'][0]"), "On the generated table 'table: empty'"),
    "leaves a process": (running("import os, time; os.fork() or time.sleep(1000)"), "process(es) behind: an operator"),
    "network": (running("import socket; socket.create_connection(('127.0.0.1', 1))"), "PermissionError"),
    "reads": (running("open('/etc/shadow')"), "PermissionError"),
    "writes": (running("open('/var/tmp/x', 'w')"), "PermissionError"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAILING)
def test_what_fails_and_why(name: str, tmp_path: Path) -> None:
    code, reason = FAILING[name]
    trial = tried(tmp_path, code)
    assert any(reason in failure for failure in trial.failures), trial.failures


def test_hanging(tmp_path: Path) -> None:
    trial = tried(tmp_path, running("import time; time.sleep(1000)"), seconds_each=2)
    assert "fab.double@1.0.0: example: two numbers: It took longer than 2 s." in trial.failures


def test_hanging_for_ever_in_the_whole(tmp_path: Path) -> None:
    code = "import os, signal\nos.kill(os.getppid(), signal.SIGSTOP)\n" + CODE
    [failure] = tried(tmp_path, code, seconds=5).failures
    assert failure == "The tests could not be run to their end: the process was ended: it took longer than 5 s."


def test_forking_without_end(tmp_path: Path) -> None:
    code = running("import os\n        while True:\n            try: os.fork()\n            except OSError: pass")
    assert tried(tmp_path, code, seconds=10, seconds_each=1).failures


def test_allocating_without_end(tmp_path: Path) -> None:
    code = running("x = []\n        while True: x.append(bytearray(1 << 24))")
    [failure] = tried(tmp_path, code, memory=512 << 20).failures
    assert "more than 512 MiB of memory" in failure


FORGED = '[{"operator": "fab.double@1.0.0", "ok": true, "checks": []}]'
FORGERIES = {
    "prints": f"print({FORGED!r}, flush=True); os._exit(0)",
    "writes on every descriptor": f"[os.write(n, {FORGED!r}.encode()) for n in range(3, 99) if there(n)]; os._exit(0)",
    "opens the report's files": f"[open(f'/proc/{{os.getppid()}}/fd/{{n}}', 'w').write({FORGED!r}) for n in range(20)]",
    "replaces the judge": "__import__('patchbay_sdk.testing.judge', fromlist=['x']).judge_example = print; "
    "__import__('patchbay_sdk.testing.cases', fromlist=['x']).Case.assert_outputs = print",
    "writes the record": "[open(f'{n}/record.json', 'w').write('{}') for n in glob.glob(HOME)]; os._exit(0)",
    "kills the report": "os.kill(os.getppid(), 9)",
}
HELPERS = """
import glob, os


HOME = f"{os.environ['HOME']}/*/*/*"


def there(fd):
    try:
        os.fstat(fd)
        return True
    except OSError:
        return False
"""


@pytest.mark.parametrize("name", FORGERIES)
def test_forged_results_do_not_count(name: str, tmp_path: Path) -> None:
    wrong = (
        running(FORGERIES[name])
        .replace("* factor", "+ factor")
        .replace("from patchbay_sdk import", HELPERS + "from patchbay_sdk import")
    )
    trial = tried(tmp_path, wrong)
    assert trial.failures
    assert not any(report["ok"] for report in trial.reports)


def test_an_example_with_an_operator_of_the_same_package(tmp_path: Path) -> None:
    inner = {"operator": "fab.double@1.0.0", "params": {"column": "a"}, "output": "table"}
    example = SPEC["examples"][0]
    nested = {**example, "inputs": {"table": {**inner, "inputs": example["inputs"]}}}
    spec = SPEC | {"examples": [nested | {"expect": {"outputs": {"table": {"columns": {"a": [4.0, 10.0]}}}}}]}
    assert tried(tmp_path, spec=spec).failures == []


def test_what_is_not_cacheable_may_differ(tmp_path: Path) -> None:
    code = CODE.replace("* factor", "* factor + 1e-7 * __import__('random').random()")
    assert tried(tmp_path, code, SPEC | {"runs": {"engines": ["local"], "cacheable": False}}).failures == []
