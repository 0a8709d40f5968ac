"""The report of operators' tests: code, examples, generated tables, schemas, determinism, time and memory.

``python -m patchbay_sdk.testing.report [--code] <fd> <folder> <seconds> <import root> <spec file>...`` sends it as JSON
on that socket, which no code of an operator ever sees: ``[{"operator", "ok", "checks": [{"name", "ok", "message",
"seconds", "peak_memory"}]}]``. `seconds` (median of a few runs) and `peak_memory` (bytes, of the whole process) belong
to examples and are null elsewhere. `<import root>` may be empty: the package is installed. ``--code``: the code is
compared with the spec, and no example runs.

First everything runs, each part in a forked process that writes down what came out. Only then is it judged here, so
that this process has not used polars before it forks (a child forked after that hangs), and so that what code of an
operator claims, prints or overwrites decides nothing.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import socket
import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from patchbay_sdk.errors import PatchbayError
from patchbay_sdk.spec import OperatorSpec
from patchbay_sdk.testing import judge, perform
from patchbay_sdk.testing.cases import Case
from patchbay_sdk.testing.processes import Ended, forked, guard_against_children

PRELOADED = ("numpy", "polars", "pyarrow", "sqlglot")
"""Imported before the forks, so that the time of an example is not that of an import."""
PRELOADED_FOR_MODELS = ("sklearn.ensemble", "sklearn.pipeline", "patchbay_sdk.skops_io")


@dataclass
class _Part:
    """One forked part of the report."""

    name: str
    action: Callable[[Path], None]
    case: Case | None = None
    folder: Path = Path()
    ended: Ended = field(default_factory=lambda: Ended("It was not run.", 0))
    runs: list[judge.Performed] = field(default_factory=list)


class _Report:
    """The report of one operator. `folder`: for everything that its runs write."""

    def __init__(self, spec: OperatorSpec, folder: Path, *, only_code: bool) -> None:
        self.spec = spec
        self._only_code = only_code
        cases = [] if only_code else [Case(spec, example) for example in spec.raw["examples"]]
        self._code = _Part("code", partial(perform.perform_code, spec))
        self._examples = [
            _Part(f"example: {case.example['title']}", partial(perform.perform_example, case), case) for case in cases
        ]
        self._generated = [
            _Part(f"generated tables: {case.example['title']}", partial(perform.perform_generated, case), case)
            for case in cases
            if "error" not in case.example["expect"] and any(port.type == "table" for port in spec.inputs)
        ]
        for number, part in enumerate(self._parts):
            part.folder = folder / str(number)

    @property
    def _parts(self) -> list[_Part]:
        return [self._code, *self._examples, *self._generated]

    def run(self, run: Callable[[Callable[[], None], Path], Ended]) -> None:
        """Run everything; nothing is judged yet."""
        for part in self._parts:
            part.ended = run(partial(part.action, part.folder), part.folder)

    def judged(self) -> dict[str, Any]:
        """The report as plain data."""
        checks = [_check(self._code.name, partial(self._judge_code))]
        for part in self._examples:
            check = _check(part.name, partial(self._judge_example, part))
            seconds = [run.record["seconds"] for run in part.runs if isinstance(run.record.get("seconds"), float)]
            checks.append(
                check | {"seconds": statistics.median(seconds) if seconds else None}
                | {"peak_memory": part.ended.peak_memory}
            )  # fmt: skip
        checks += [_check(part.name, partial(self._judge_generated, part)) for part in self._generated]
        if not self._only_code:
            checks.append(_check("schemas", self._judge_schemas))
            checks.append(_check("determinism", self._judge_repeated))
        return {"operator": self.spec.key, "ok": all(check["ok"] for check in checks), "checks": checks}

    def _judge_code(self) -> str:
        _assert_well(self._code)
        record = judge.read_record(self._code.folder)
        if "error" in record:
            raise AssertionError(record["error"]["message"])
        return ""

    def _judge_example(self, part: _Part) -> str:
        _assert_well(part)
        assert part.case is not None
        part.runs += [judge.read_performed(self.spec, part.folder / str(n)) for n in range(perform.REPEATS)]
        judge.judge_example(part.case, part.runs[0])
        return ""

    def _judge_generated(self, part: _Part) -> str:
        _assert_well(part)
        worked = []
        for folder in judge.runs_in(part.folder):
            performed = judge.read_performed(self.spec, folder)
            judge.judge_generated(performed)
            part.runs.append(performed)
            worked += [performed.record["label"]] if performed.error is None else []
        return f"worked on: {', '.join(worked)}" if worked else "refused every table, with a reason"

    def _judge_schemas(self) -> str:
        runs = [run for part in (*self._examples, *self._generated) for run in part.runs]
        for run in runs:
            judge.judge_schemas(self.spec, run)
        return f"{sum(run.error is None for run in runs)} results compared"

    def _judge_repeated(self) -> str:
        if not self.spec.runs.cacheable:
            return "not promised: its spec says that it is not cacheable"
        for part in self._examples:
            for run in part.runs[1:]:
                try:
                    judge.judge_repeated(self.spec, part.runs[0], run)
                except AssertionError as error:
                    raise AssertionError(f"{part.name}: {error}") from error
        return ""


def _assert_well(part: _Part) -> None:
    if part.ended.failure:
        raise AssertionError(part.ended.failure)


def _check(name: str, judged: Callable[[], str]) -> dict[str, Any]:
    """One line of the report; `judged` returns a remark, and raises what is wrong."""
    try:
        ok, message = True, judged()
    except (PatchbayError, AssertionError) as error:
        ok, message = False, judge.message_of(error)
    except Exception as error:  # noqa: BLE001 what code of an operator wrote down may be anything
        ok, message = False, f"What it wrote down cannot be used: {type(error).__name__}: {error}"
    return {"name": name, "ok": ok, "message": message, "seconds": None, "peak_memory": None}


def report(
    specs: Sequence[OperatorSpec],
    folder: Path,
    *,
    root: Path | None = None,
    seconds: float = 60.0,
    hidden: int,
    only_code: bool = False,
) -> Iterator[dict[str, Any]]:
    """The reports of a package's operators, one after the other.

    Args:
        specs: all operators of the package.
        folder: an empty folder for whatever they write.
        root: put on the import path where they run; None: the package is installed.
        seconds: that each example, and each set of generated tables, may take.
        hidden: a descriptor that their processes do not get.
        only_code: compare the code with the spec and run nothing.
    """
    learn = not only_code and any(port.type in ("model", "transform") for spec in specs for port in spec.outputs)
    for module in (*PRELOADED, *(PRELOADED_FOR_MODELS if learn else ())):
        with contextlib.suppress(ImportError):
            importlib.import_module(module)
    guard_against_children()

    def prepared(action: Callable[[], None]) -> None:
        if root is not None:
            sys.path.insert(0, str(root))
            perform.load_all(specs)
        action()

    def run(action: Callable[[], None], folder: Path) -> Ended:
        return forked(partial(prepared, action), folder, closing=hidden, seconds=seconds)

    reports = [_Report(spec, folder / str(number), only_code=only_code) for number, spec in enumerate(specs)]
    for each in reports:
        each.run(run)
    for each in reports:
        yield each.judged()


def main() -> None:
    """See the module."""
    only_code = sys.argv[1] == "--code"
    descriptor, folder, seconds, root, *files = sys.argv[2 if only_code else 1 :]
    result = socket.socket(fileno=int(descriptor))
    specs = [OperatorSpec.from_file(Path(file)) for file in files]
    found = list(
        report(
            specs,
            Path(folder),
            root=Path(root) if root else None,
            seconds=float(seconds),
            hidden=result.fileno(),
            only_code=only_code,
        )
    )
    result.sendall(json.dumps(found).encode())
    result.close()
    sys.stdout.flush()
    os._exit(0)  # what was read back from files of an operator need not be taken apart in order


if __name__ == "__main__":
    main()
