"""Tries the operators of a package in the sandbox, before anybody else may use them."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from patchbay_runners.sandbox import (
    RESULT,
    Outcome,
    Protections,
    Rules,
    SandboxError,
    interpreter_folders,
    run_confined,
)
from patchbay_sdk.registry import specs_folder
from patchbay_sdk.spec import OperatorSpec
from patchbay_server.config import plugin_environment
from patchbay_server.services.publishing.package import OperatorPackage

SECONDS = 900.0
"""Wall-clock time for all tests of a package."""
SECONDS_EACH = 60.0
"""For one example three times, or one example's generated tables."""
MEMORY = 4 << 30


@dataclass(frozen=True, slots=True)
class Trial:
    """What the tests of a package's operators said.

    `reports`: one per operator, as in `patchbay_sdk.testing.report`. `failure`: why there are none. `printed`: the
    end of what was printed around them. `seconds`, `peak_memory` (bytes): of all together.
    """

    reports: tuple[dict[str, Any], ...]
    failure: str
    protections: Protections
    seconds: float
    peak_memory: int
    printed: str = ""

    @property
    def failures(self) -> list[str]:
        """A line per check that failed; empty: all is well."""
        found = [
            f"{report['operator']}: {check['name']}: {check['message']}"
            for report in self.reports
            for check in report["checks"]
            if not check["ok"]
        ]
        return [self.failure, *found] if self.failure else found

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "ok": not self.failures,
            "failure": self.failure,
            "operators": list(self.reports),
            "protections": self.protections.to_json(),
            "seconds": self.seconds,
            "peak_memory": self.peak_memory,
        }


def try_package(package: OperatorPackage, python: Path | None = None) -> Trial:
    """Run all tests of a package, with the platform's Python or that of its environment."""
    return try_specs(package.specs, root=package.root, python=python)


def try_specs(
    specs: Sequence[OperatorSpec],
    *,
    root: Path | None = None,
    python: Path | None = None,
    memory: int = MEMORY,
    seconds: float = SECONDS,
    seconds_each: float = SECONDS_EACH,
    only_code: bool = False,
) -> Trial:
    """Run all tests of these operators in the sandbox; whatever their code does, the answer is a `Trial`.

    Args:
        specs: the operators; an example may take its input from another of them.
        root: their import root; None: their package is installed.
        python: of the environment to run them in; None: this one.
        memory: bytes for all processes together.
        seconds: of wall-clock time for everything, `seconds_each` for each part of it.
        only_code: compare the code with the spec and run no example.
    """
    files = [spec.path.absolute() for spec in specs]
    try:
        module = ("report", "--code") if only_code else ("report",)
        outcome = _run(module, files, root, python, memory=memory, seconds=seconds, seconds_each=seconds_each)
    except SandboxError as error:
        return Trial((), error.message, Protections(), 0.0, 0)
    reports, failure = _reports(outcome.result, specs)
    if outcome.failure:
        failure = f"The tests could not be run to their end: the process {outcome.failure}."
    return Trial(
        reports=() if failure else reports,
        failure=failure,
        protections=outcome.protections,
        seconds=outcome.seconds,
        peak_memory=outcome.peak_memory,
        printed=outcome.output,
    )


def expectation(spec_file: Path, root: Path) -> dict[str, Any]:
    """What the operator of a spec gives for its first example, run in the sandbox (`patchbay_sdk.testing.expectation`).

    Raises:
        SandboxError: it could not be run to its end.
    """
    outcome = _run(
        ("expectation",),
        [spec_file.absolute()],
        root,
        None,
        memory=MEMORY,
        seconds=SECONDS_EACH,
        seconds_each=SECONDS_EACH,
    )
    if outcome.failure or not outcome.result:
        raise SandboxError(f"The example could not be run: the process {outcome.failure or 'gave no answer'}.")
    found: dict[str, Any] = json.loads(outcome.result)
    return found


def _run(
    module: Sequence[str],
    files: Sequence[Path],
    root: Path | None,
    python: Path | None,
    *,
    memory: int,
    seconds: float,
    seconds_each: float,
) -> Outcome:
    """Run a module of `patchbay_sdk.testing` in the sandbox."""
    with tempfile.TemporaryDirectory(prefix="patchbay-trial-") as name:
        folder = Path(name) / "temp"
        folder.mkdir()
        root = root.absolute() if root else None
        ours = (*interpreter_folders(), specs_folder("patchbay_operators"))
        rules = Rules(
            readable=(*ours, *(interpreter_folders(python) if python else ()), *_unique(root, files)),
            writable=(folder,),
            memory=memory,
            cpu_seconds=int(seconds),
        )
        program = (str(python or sys.executable), "-P", "-m", f"patchbay_sdk.testing.{module[0]}", *module[1:])
        arguments = (RESULT, str(folder), str(seconds_each), str(root or ""), *map(str, files))
        environment = {} if python else _where_we_are()
        return run_confined((*program, *arguments), rules, cwd=folder, seconds=seconds, environment=environment)


def _unique(root: Path | None, files: Sequence[Path]) -> tuple[Path, ...]:
    """The import root, and the folders of specs that lie elsewhere."""
    folders = dict.fromkeys(file.parents[1] for file in files)
    return (*((root,) if root else ()), *(each for each in folders if root is None or not each.is_relative_to(root)))


def _where_we_are() -> dict[str, str]:
    """What a Python must know to find Patchbay where this one does, when it is not installed."""
    return {name: value for name, value in plugin_environment().items() if name == "PYTHONPATH"}


def _reports(result: bytes, specs: Sequence[OperatorSpec]) -> tuple[tuple[dict[str, Any], ...], str]:
    """The reports that came back, or why they do not count."""
    try:
        reports = json.loads(result)
        told = [report["operator"] for report in reports]
    except (ValueError, TypeError, KeyError):
        return (), "The tests ended without a report."
    if told != [spec.key for spec in specs]:
        return (), "The tests' report is not about these operators."
    return tuple(reports), ""
