"""Whatever the server says with a code, the browser says in the language of its user: every code has a text there."""

from __future__ import annotations

import ast
import importlib
import json
import pkgutil
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, get_args

import pytest

import patchbay_runners
import patchbay_sdk
import patchbay_server
import patchbay_training
from patchbay_sdk.errors import PatchbayError
from patchbay_sdk.spec import LANGUAGES
from patchbay_server.graph.cache_key import ReasonKind

PACKAGES = (patchbay_sdk, patchbay_server, patchbay_runners, patchbay_training)
TEXTS = Path(__file__).parents[2] / "frontend/src/i18n/en"
NEVER_SENT = {"config_invalid", "data_folder_in_use", "redis_unavailable", "trace_invalid"}
"""Errors that end a process as it starts, or that only a command meets."""
HTTP = {
    "bad_request", "unauthorized", "not_found", "method_not_allowed", "request_entity_too_large",
    "unsupported_media_type", "requested_range_not_satisfiable", "unprocessable_entity", "precondition_required",
    "invalid_request", "internal_error",
}  # fmt: skip
"""Codes that `api/errors.py` makes of errors that are no PatchbayError."""


def texts(namespace: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((TEXTS / f"{namespace}.json").read_text(encoding="utf-8"))
    return found


@cache
def nodes() -> tuple[tuple[str, ast.AST], ...]:
    """All code of the server, the SDK and the runners but for commands, each piece with its file."""
    folders = [Path(path) for package in PACKAGES for path in package.__path__]
    files = [file for folder in folders for file in folder.rglob("*.py") if "cli" not in file.parts]
    trees = [(file.as_posix(), ast.parse(file.read_text(encoding="utf-8"))) for file in files]
    return tuple((file, node) for file, tree in trees for node in ast.walk(tree))


@cache
def calls() -> dict[str, list[tuple[str, ast.Call]]]:
    """Calls by the name of what is called."""
    found: dict[str, list[tuple[str, ast.Call]]] = {}
    for file, node in nodes():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            found.setdefault(name, []).append((file, node))
    return found


def words(name: str, argument: int = 0, apart_from: str = "nowhere") -> set[str]:
    """The plain texts that calls of `name` have as an argument, in files that are not `apart_from`."""
    there = [
        call.args[argument] for file, call in calls()[name] if apart_from not in file and len(call.args) > argument
    ]
    return {node.value for node in there if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def errors() -> dict[str, str]:
    """Code of every error but those of the command line, by the name of its class."""
    for package in PACKAGES:
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not is_of_commands(module.name):
                importlib.import_module(module.name)

    def below(cls: type[PatchbayError]) -> Iterator[type[PatchbayError]]:
        for child in cls.__subclasses__():
            yield child
            yield from below(child)

    own = (cls for cls in below(PatchbayError) if cls.__module__.startswith("patchbay_"))
    return {cls.__name__: cls.code for cls in own if not is_of_commands(cls.__module__)}


def is_of_commands(module: str) -> bool:
    return ".cli." in f"{module}." or module.endswith("__main__")


def codes_of_tasks() -> Iterator[str]:
    """``{"code": "worker_lost", ...}``: errors of tasks that no exception made."""
    for _, node in nodes():
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == "code" and isinstance(value, ast.Constant):
                    yield str(value.value)


def reasons() -> Iterator[str]:
    """``conflict_changed`` for every ``Conflict(..., reason="changed")``."""
    for name, code in errors().items():
        for _, call in calls().get(name, []):
            for keyword in call.keywords:
                value = keyword.value
                if keyword.arg == "reason" and isinstance(value, ast.Constant) and isinstance(value.value, str):
                    yield f"{code}_{value.value}"


def test_every_error_has_a_text() -> None:
    sent = ({*errors().values()} - NEVER_SENT) | HTTP | {*codes_of_tasks()} | {*reasons()}
    assert len(sent) > 100
    assert sorted(sent - texts("errors").keys()) == []


def test_every_problem_of_a_flow_has_a_text() -> None:
    of_params = {f"param_{code}" for code in words("ParamProblem", argument=2)}  # as graph/validate.py names them
    sent = words("Problem", apart_from="/lint/") | of_params
    assert {"cycle", "leak", "param_invalid"} <= sent
    assert sorted(sent - texts("canvas")["panels"]["problems"]["codes"].keys()) == []


def test_everything_that_a_task_waits_for_has_a_text() -> None:
    sent = words("WaitReason")
    assert "slots" in sent
    assert sorted(sent - texts("runs")["wait"].keys()) == []


def test_every_reason_to_run_again_has_a_text() -> None:
    assert sorted({*get_args(ReasonKind)} - texts("runs")["reason"].keys()) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_explain_the_same_terms_as_the_reports(language: str) -> None:
    ours = files("patchbay_operators.report").joinpath("terms.json").read_text(encoding="utf-8")
    told = {name: {part: text[language] for part, text in term.items()} for name, term in json.loads(ours).items()}
    assert json.loads((TEXTS.parent / language / "glossary.json").read_text(encoding="utf-8")) == told


HALF = re.compile(r"[\u4e00-\u9fff][,;:?!()]|[,;:?!(] ?[\u4e00-\u9fff]")


def chinese(value: Any, inside: bool = False) -> Iterator[str]:
    """Every text below a key "zh-CN"."""
    if isinstance(value, str) and inside:
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from chinese(inner, inside or key == "zh-CN")
    elif isinstance(value, list):
        for inner in value:
            yield from chinese(inner, inside)


def test_specs_and_wizards_have_the_punctuation_of_chinese_in_chinese() -> None:
    root = TEXTS.parents[3]
    found = [*(root / "operator_specs").rglob("*.json"), *(root / "server/patchbay_server/wizards").glob("*.json")]
    assert len(found) > 50
    texts = [(path.name, text) for path in found for text in chinese(json.loads(path.read_text(encoding="utf-8")))]
    assert [each for each in texts if HALF.search(each[1])] == []
