"""Whether examples fit the spec that they belong to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path as FilePath
from typing import Any

from patchbay_sdk.spec import OperatorSpec
from patchbay_server.services.publishing.lint.places import Path
from patchbay_server.services.publishing.lint.schema import Finding, did_you_mean


def example_findings(raw: Mapping[str, Any]) -> Iterator[Finding]:
    """Ports that do not exist, and params that break their fields; for a spec without other problems."""
    spec = OperatorSpec.from_json(raw, FilePath("spec.json"))
    outputs = [port.name for port in spec.outputs]
    for number, example in enumerate(raw["examples"]):
        path: Path = ("examples", number)
        yield from _inputs(spec, example, path)
        for name in example["expect"].get("outputs", {}):
            if name not in outputs:
                message = f"{name!r} is not an output; {did_you_mean(name, outputs)}"
                yield Finding((*path, "expect", "outputs", name), message, True)
        if "error" not in example["expect"]:
            yield from _params(spec, example, path)


def _inputs(spec: OperatorSpec, example: Mapping[str, Any], path: Path) -> Iterator[Finding]:
    given, inputs = example.get("inputs", {}), [port.name for port in spec.inputs]
    for name in given:
        if name not in inputs:
            yield Finding((*path, "inputs", name), f"{name!r} is not an input; {did_you_mean(name, inputs)}", True)
    for port in spec.inputs:
        if port.required and port.name not in given and "error" not in example["expect"]:
            yield Finding((*path, "inputs"), f"The example {example['title']!r} gives nothing to input {port.name!r}.")


def _params(spec: OperatorSpec, example: Mapping[str, Any], path: Path) -> Iterator[Finding]:
    params = example.get("params", {})
    for problem in spec.check_params(params):
        place: Path = (*path, "params")
        for part in problem.field.split("."):
            place = (*place, int(part) if part.isdigit() else part)
        yield Finding(
            place, f"The example breaks its own params: {problem.message}", problem.code in ("unknown", "hidden")
        )
