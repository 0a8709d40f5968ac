"""The plugin host's program: runs what plugins are asked outside of tasks, in the environment that holds their code.

``python -m patchbay_runners.plugin_program <home as JSON, or null> <folders that may be read as JSON> <channel fd>``

A question: ``{"spec": {...}, "path": file, "schemas": {port: schema or null}, "params": {...}}``, answered by
``{"schemas": {port: schema or null}}``; with ``"preview": true`` and no schemas, by
``{"preview": {...} or null}``. News: ``{"plugin": name, "run_id", "state"}``, answered by ``{}`` once the
plugin's `run_finished` was called. Code that was published is confined to reading.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pluggy

from patchbay_runners.answering import Answer, serve
from patchbay_sdk import hookspecs
from patchbay_sdk.errors import OperatorError, PatchbayError
from patchbay_sdk.registry import PLUGIN_GROUP, load_operator, specs_folder
from patchbay_sdk.schema import TYPES, Schema
from patchbay_sdk.spec import Home, OperatorSpec


def answering(home: Home | None) -> Answer:
    """The answers of the operators that live in `home`."""

    def answer(question: dict[str, Any]) -> dict[str, Any]:
        try:
            if "plugin" in question:
                return _tell(question)
            return _preview(question, home) if "preview" in question else {"schemas": _infer(question, home)}
        except PatchbayError as error:
            return {"error": error.message}

    return answer


def _preview(question: dict[str, Any], home: Home | None) -> dict[str, Any]:
    spec = OperatorSpec.from_json(question["spec"], Path(question["path"]), home)
    found = load_operator(spec).operator_preview(question["params"])
    try:
        return {"preview": json.loads(json.dumps(found))}
    except (TypeError, ValueError) as error:
        raise OperatorError(f"preview returned what is not JSON: {error}.") from error


def _infer(question: dict[str, Any], home: Home | None) -> dict[str, Any]:
    spec = OperatorSpec.from_json(question["spec"], Path(question["path"]), home)
    schemas = {port: Schema.from_json(raw) if raw else None for port, raw in question["schemas"].items()}
    inferred = load_operator(spec).operator_infer(schemas, question["params"])
    if not isinstance(inferred, Mapping):
        raise OperatorError(f"infer returned a {type(inferred).__name__}; it must return a mapping of port to Schema.")
    return {port: _plain(port, schema) for port, schema in inferred.items()}


def _plain(port: str, schema: Any) -> dict[str, Any] | None:
    if schema is None:
        return None
    if not isinstance(schema, Schema):
        raise OperatorError(f"infer returned a {type(schema).__name__} for {port!r}; it must be a Schema or None.")
    for column in schema:
        if not isinstance(column.name, str) or column.type not in TYPES:
            raise OperatorError(
                f"infer returned a column {column.name!r} of type {column.type!r} for {port!r}; "
                f"a name is text, a type one of: {', '.join(TYPES)}."
            )
    return schema.to_json()


def _tell(news: dict[str, Any]) -> dict[str, Any]:
    _plugin(news["plugin"]).hook.run_finished(run_id=str(news["run_id"]), state=news["state"])
    return {}


@cache
def _plugin(name: str) -> pluggy.PluginManager:
    """A manager with this one plugin, so that no other one answers for it."""
    manager = pluggy.PluginManager("patchbay")
    manager.add_hookspecs(hookspecs)
    for point in entry_points(group=PLUGIN_GROUP, name=name):
        manager.register(point.load(), name=name)
    return manager


def confine_to(home: Home, readable: list[Path]) -> None:
    """Let this process read code, and files in these folders; write nothing, and see none of the platform's secrets."""
    from patchbay_runners.sandbox import Rules, confine, interpreter_folders

    code = [*interpreter_folders(), home.root, specs_folder("patchbay_operators")]
    for package in ("patchbay_sdk", "patchbay_runners", "patchbay_operators"):
        found = importlib.util.find_spec(package)
        code += [Path(folder).resolve() for folder in (found and found.submodule_search_locations) or ()]
    confine(
        Rules(readable=(*code, *readable), own_user=False, cpu_seconds=1 << 31)
    )  # the time of each answer is limited


def main() -> None:
    """Run as a program; see above."""
    raw, readable = json.loads(sys.argv[1]), json.loads(sys.argv[2])
    home = Home.from_json(raw) if raw else None
    if home is not None:
        confine_to(home, [Path(folder) for folder in readable])
    serve(int(sys.argv[3]), answering(home))


if __name__ == "__main__":
    main()
