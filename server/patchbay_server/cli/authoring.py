"""`patchbay operators check` and `test`: what is wrong with a spec or its code, and what their tests say."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from patchbay_runners.sandbox import Protections
from patchbay_sdk.spec import OperatorSpec
from patchbay_server.cli.output import duration, print_json, print_table
from patchbay_server.cli.targets import METAVAR, Targets, found, grouped, python_for
from patchbay_server.services.publishing.lint import Problem, problems_of
from patchbay_server.services.publishing.trial import Trial, try_specs

TARGETS = click.argument("targets", nargs=-1, metavar=METAVAR)
JSON = click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")

WALLS = {
    "user": "a user of its own",
    "network": "no network",
    "files": "its temporary folder only",
    "processes": "no other process in reach",
    "system_calls": "no system calls of attacks",
    "limits": "limits",
}


@click.command()
@TARGETS
@JSON
def check(targets: tuple[str, ...], as_json: bool) -> int:
    """Lint specs, with line numbers, and compare their code with them. Without a target: everything installed."""
    chosen = found(targets)
    problems = _problems(chosen.files)
    count = sum(map(len, problems.values())) + len(chosen.broken)
    if as_json:
        print_json(
            {
                "ok": not count,
                "operators": len(chosen.files),
                "problems": [
                    {"file": each.file, "line": each.line, "column": each.column, "message": each.message}
                    for found in problems.values()
                    for each in found
                ]
                + [{"file": None, "line": None, "column": None, "message": message} for message in chosen.broken],
            }
        )
        return 1 if count else 0
    _say_broken(chosen)
    for file, wrong in problems.items():
        for problem in wrong:
            click.secho(f"FAILED  {problem}", fg="red")
        if not wrong:
            click.echo(f"ok      {OperatorSpec.from_file(file).key}")
    click.echo(f"{len(chosen.files)} operators, {count} problems")
    return 1 if count else 0


@click.command()
@TARGETS
@JSON
def test(targets: tuple[str, ...], as_json: bool) -> int:
    """Test operators in the sandbox: examples, generated tables, schemas, the same result for the same seed, time
    and memory. Without a target: everything installed."""
    chosen = found(targets)
    groups, failures = grouped(chosen.files)
    failures = [*chosen.broken, *failures]
    trials = [try_specs(specs, root=root, python=python_for(root)) for root, specs in groups.items()]
    failures += [failure for trial in trials for failure in trial.failures]
    if as_json:
        print_json({"ok": not failures, "failures": failures, "trials": [trial.to_json() for trial in trials]})
        return 1 if failures else 0
    for trial in trials:
        _print_trial(trial)
    for failure in failures:
        click.secho(f"FAILED  {failure}", fg="red")
    click.echo(f"{len(chosen.files)} operators, {len(failures)} problems")
    return 1 if failures else 0


def _problems(files: Sequence[Path]) -> dict[Path, list[Problem]]:
    """Those of the specs; and, of the specs that have none, those of the code, at the line that names it."""
    problems = {file: problems_of(file, shown=_shown(file)) for file in files}
    groups, _ = grouped([file for file in files if not problems[file]])
    for root, specs in groups.items():
        trial = try_specs(specs, root=root, python=python_for(root), only_code=True)
        for spec, report in zip(specs, trial.reports, strict=False):
            problems[spec.path] += [_problem(spec.path, c["message"]) for c in report["checks"] if not c["ok"]]
        if trial.failure:
            problems[specs[0].path].append(_problem(specs[0].path, trial.failure))
    return problems


def _problem(file: Path, message: str) -> Problem:
    return Problem(_shown(file), *_place_of_code(file), message)


def _place_of_code(file: Path) -> tuple[int, int]:
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if (column := line.find('"implementation"')) >= 0:
            return number, column + 1
    return 1, 1


def _shown(file: Path) -> str:
    here = Path.cwd()
    return str(file.relative_to(here)) if file.is_relative_to(here) else str(file)


def _say_broken(chosen: Targets) -> None:
    for message in chosen.broken:
        click.secho(f"FAILED  {message}", fg="red")


def _print_trial(trial: Trial) -> None:
    for report in trial.reports:
        click.echo(f"{'ok     ' if report['ok'] else 'FAILED '} {report['operator']}")
        print_table(
            ("  CHECK", "", "TIME", "MEMORY", ""),
            [_row(check) for check in report["checks"]],
        )
    click.echo(f"sandbox: {_walls(trial.protections)}\n")


def _row(check: dict[str, Any]) -> tuple[str, ...]:
    memory = "" if check["peak_memory"] is None else f"{check['peak_memory'] >> 20} MiB"
    state, note = ("ok", check["message"]) if check["ok"] else ("failed", "see below")
    return f"  {check['name']}", state, duration(check["seconds"]), memory, note


def _walls(protections: Protections) -> str:
    """The walls that stood, and those that this machine does not allow."""
    missing = protections.missing
    text = ", ".join(text for name, text in WALLS.items() if name not in missing)
    return text + (f"; not on this machine: {_listed(missing)}" if missing else "")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(WALLS[name] for name in names)


COMMANDS: dict[str, click.Command] = {"check": check, "test": test}
"""For the group `patchbay operators`."""
