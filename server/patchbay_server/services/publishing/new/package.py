"""Writes the package of a new operator, with an example that is true."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

from patchbay_runners.sandbox import SandboxError
from patchbay_sdk.spec import OperatorSpec
from patchbay_server.services.errors import AlreadyExists, Invalid
from patchbay_server.services.publishing.new.answers import Answers, Port, checked
from patchbay_server.services.publishing.new.code import code_of
from patchbay_server.services.publishing.new.spec import spec_of, with_expectation, without_schemas
from patchbay_server.services.publishing.trial import expectation, try_specs

WIDTH = 100
"""Characters of a line of the spec."""

_PYPROJECT = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = {project}
version = "1.0.0"
description = {description}
requires-python = ">=3.11"
dependencies = ["patchbay", "polars"]

[project.entry-points."patchbay.operators"]
{family} = "{package}"
"""
_TESTS = '''\
"""The operators keep their specs' word."""

from __future__ import annotations

from pathlib import Path

import pytest

from patchbay_sdk.testing import Case, check_code, example_cases, try_generated

CASES = example_cases("{package}")


@pytest.mark.parametrize("case", CASES, ids=str)
def test_example(case: Case, tmp_path: Path) -> None:
    check_code(case.spec)
    case.run(tmp_path)
    try_generated(case, tmp_path)
'''
_README = """\
# {project}

{description}

```
patchbay operators check .      # what is wrong, with line numbers
patchbay operators test .       # examples, generated tables, time and memory, in a sandbox
patchbay operators publish .    # for the others, once somebody has reviewed it
```

The spec is `{spec}`, the code `{code}`.
"""


def create(answers: Answers, folder: Path) -> list[str]:
    """Write the package into a new folder; returns what its tests still say against it.

    Raises:
        Invalid: no operator can be made of the answers, or the code fails on the sample.
        AlreadyExists: the folder is there and not empty.
    """
    answers = checked(answers)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise AlreadyExists(f"{folder} is there already; choose another name, or remove it.")
    try:
        return _write(answers, folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _write(answers: Answers, folder: Path) -> list[str]:
    spec = spec_of(answers)
    file = folder / answers.package / "operator_specs" / answers.id.partition(".")[0] / f"{answers.name}.json"
    for path, text in _files(answers, file.relative_to(folder)).items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    _write_spec(file, spec)
    found = _expected(file, folder)
    if _keeps_rows(answers, found):
        return _write_as_learner(answers, folder)
    spec = with_expectation(spec, found)
    _write_spec(file, spec)
    failures = _tried(file, folder)
    if failures:  # what one example shows of the columns may not hold for others
        _write_spec(file, without_schemas(spec))
        if not (fewer := _tried(file, folder)):
            return fewer
        _write_spec(file, spec)
    return failures


def _keeps_rows(answers: Answers, found: dict[str, Any]) -> bool:
    """Whether a function changes columns and keeps rows: such a step belongs into the models trained behind it."""
    function = answers.function
    if answers.learns or function is None or function.given or not answers.inputs:
        return False
    ports = [(port.name, port.type) for port in (*answers.inputs, *answers.outputs)]
    if ports != [("table", "table"), ("table", "table")]:
        return False
    columns = found["outputs"][answers.outputs[0].name]["columns"]
    kept = [name for name in answers.sample if name in columns]
    rows = len(next(iter(answers.sample.values()), []))
    return all(len(values) == rows for values in columns.values()) and bool(kept) and columns != answers.sample


def _write_as_learner(answers: Answers, folder: Path) -> list[str]:
    shutil.rmtree(folder)
    taken = {*(each.name for each in answers.params), *(each.name for each in (*answers.inputs, *answers.outputs))}
    name = next(name for name in ("fitted", "step", "transform_") if name not in taken)
    return _write(replace(answers, outputs=(*answers.outputs, Port(name, "transform"))), folder)


def _files(answers: Answers, spec: Path) -> dict[str, str]:
    package = answers.package
    code = f"{package}/{answers.name}.py"
    words = {
        "project": answers.project,
        "description": answers.description,
        "package": package,
        "family": answers.id.partition(".")[0],
        "spec": spec.as_posix(),
        "code": code,
    }
    quoted = {"project": json.dumps(answers.project), "description": json.dumps(answers.description)}
    files = {
        "pyproject.toml": _PYPROJECT.format(**words | quoted),
        "README.md": _README.format(**words),
        "tests/test_operator.py": _TESTS.format(**words),
        f"{package}/__init__.py": f'"""{answers.title}."""\n',
        f"{package}/py.typed": "",
        code: code_of(answers),
    }
    if answers.function is not None:
        files[f"{package}/{answers.function.module}.py"] = answers.function.source
    return files


def _write_spec(file: Path, spec: dict[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(_json(spec) + "\n", encoding="utf-8")


def _json(value: Any, indent: str = "") -> str:
    """JSON as a person would write it: what is short stands in one line."""
    line = json.dumps(value, ensure_ascii=False)
    if (len(indent) + len(line) <= WIDTH and indent) or not isinstance(value, dict | list) or not value:
        return line
    deeper = indent + "  "
    if isinstance(value, dict):
        items = [f"{json.dumps(key, ensure_ascii=False)}: {_json(item, deeper)}" for key, item in value.items()]
        begin, end = "{", "}"
    else:
        items, begin, end = [_json(item, deeper) for item in value], "[", "]"
    return begin + ",".join(f"\n{deeper}{item}" for item in items) + f"\n{indent}{end}"


def _expected(file: Path, folder: Path) -> dict[str, Any]:
    try:
        found = expectation(file, folder)
    except SandboxError as error:
        raise Invalid(error.message) from error
    if "No module named" in found.get("error", ""):
        raise Invalid(
            f"The function needs a library that is not installed here: {found['error']} "
            "Install it (pip install ...), and add it to the dependencies in the new package's pyproject.toml."
        )
    if "error" in found:
        raise Invalid(
            f"The function fails on the sample table: {found['error']} "
            "Give it a few rows of its own kind: --sample rows.csv."
        )
    return found


def _tried(file: Path, folder: Path) -> list[str]:
    return try_specs([OperatorSpec.from_file(file)], root=folder).failures
