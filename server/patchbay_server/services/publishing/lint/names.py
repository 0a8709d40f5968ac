"""Whether the names in a spec are names of something."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from patchbay_server.services.publishing.lint.places import Path
from patchbay_server.services.publishing.lint.schema import Finding, did_you_mean
from patchbay_server.services.publishing.lint.sketch import Sketch, names_of


def name_findings(spec: Sketch) -> Iterator[Finding]:
    """Ports, params and sections of the form."""
    for word, ports in (("inputs", spec.inputs), ("outputs", spec.outputs)):
        twice = {name for name, times in Counter(names_of(ports)).items() if times > 1}
        for number, port in ports:
            if port["name"] in twice:
                yield Finding((word, number, "name"), f"{word[:-1].capitalize()} {port['name']!r} is there twice.")
    for name in spec.fields:
        if name in names_of(spec.inputs):
            yield Finding(("params", "properties", name), f"{name!r} is both an input and a param: rename one.", True)
    shown: list[str] = []
    for number, section in enumerate(spec.listed("ui")):
        fields = section.get("fields") if isinstance(section, dict) else None
        for position, name in enumerate(fields if isinstance(fields, list) else ()):
            if not spec.has_param(name):
                place = ("ui", number, "fields", position)
                yield Finding(place, f"ui shows {name!r}, which is not a param; {did_you_mean(str(name), spec.fields)}")
            elif name in shown:
                yield Finding(("ui", number, "fields", position), f"ui shows {name!r} twice.")
            shown.append(name)
    for name in spec.fields:
        if name not in shown:
            yield Finding(("params", "properties", name), f"Param {name!r} is in no section of ui.", True)
    for path in (("params", "required"), ("wizard", "fields"), ("runs", "fingerprint")):
        yield from _known(spec, path)


def _known(spec: Sketch, path: tuple[str, str]) -> Iterator[Finding]:
    around = spec.raw.get(path[0])
    names = around.get(path[1]) if isinstance(around, dict) else None
    for number, name in enumerate(names if isinstance(names, list) else ()):
        if not spec.has_param(name):
            yield Finding((*path, number), f"{name!r} is not a param; {did_you_mean(str(name), spec.fields)}")


def output_findings(spec: Sketch) -> Iterator[Finding]:
    """Inputs, outputs and params that the schemas of outputs name."""
    inputs, outputs = names_of(spec.inputs), names_of(spec.outputs)
    transforms = names_of(spec.outputs, "transform")
    for number, port in spec.outputs:
        path: Path = ("outputs", number)
        if "lineage" in port and port["lineage"] not in inputs:
            hint = did_you_mean(str(port["lineage"]), inputs)
            yield Finding((*path, "lineage"), f"lineage names {port['lineage']!r}, which is not an input; {hint}")
        if "learned" in port and port["learned"] not in transforms:
            what = "not an output" if port["learned"] not in outputs else "an output, but no transform"
            hint = did_you_mean(str(port["learned"]), transforms)
            yield Finding((*path, "learned"), f"learned names {port['learned']!r}, which is {what}; {hint}")
        schema = port.get("schema")
        if not isinstance(schema, dict):
            continue
        if "from" in schema and schema["from"] not in inputs:
            hint = did_you_mean(str(schema["from"]), inputs)
            yield Finding((*path, "schema", "from"), f"from names {schema['from']!r}, which is not an input; {hint}")
        for place, name in _param_references(schema, (*path, "schema")):
            if not spec.has_param(name):
                yield Finding(place, f"{name!r} is not a param; {did_you_mean(name, spec.fields)}")


def _param_references(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            if key == "param" and isinstance(item, str):
                yield (*path, key), item
            else:
                yield from _param_references(item, (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _param_references(item, (*path, number))
