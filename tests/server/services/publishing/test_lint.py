"""Every problem of a spec, at its line and column."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from patchbay_sdk.registry import spec_files, specs_folder
from patchbay_server.services.publishing.lint import problems_of
from tests.server.services.publishing.packages import SPEC

Change = Callable[[dict[str, Any]], object]


def lint(tmp_path: Path, text: str | bytes) -> list[str]:
    path = tmp_path / "spec.json"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return [str(problem) for problem in problems_of(path, shown="spec.json")]


def changed(change: Change) -> str:
    spec = copy.deepcopy(SPEC)
    change(spec)
    return json.dumps(spec, indent=1)


def line_of(text: str, part: str) -> tuple[int, int]:
    """Line and column of the first place where a part stands."""
    offset = text.index(part)
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def test_no_pattern_takes_longer_than_its_text(tmp_path: Path) -> None:
    default = "a" * 60 + "b"
    text = changed(lambda s: FACTOR(s).update(type="string", pattern="^(a+)+$", default=default))
    [problem] = lint(tmp_path, text)
    assert "The default breaks its own field" in problem


def test_conditions_that_grow_without_end_are_refused(tmp_path: Path) -> None:
    def chain(spec: dict[str, Any]) -> None:
        fields = spec["params"]["properties"]
        for number in range(60):
            before = {f"p{other}": {"const": 1} for other in range(max(0, number - 3), number)}
            fields[f"p{number}"] = {"type": "number", "default": 1, "title": "$t.factor", "x-when": before}

    [problem] = lint(tmp_path, changed(chain))
    assert "depends on too many others" in problem


@pytest.mark.parametrize("file", spec_files(specs_folder("patchbay_operators")), ids=lambda file: str(file.stem))
def test_the_built_in_specs_are_clean(file: Path) -> None:
    assert problems_of(file) == []


BROKEN = [
    ('{\n "id": 1,\n}', "spec.json:3:1: This is not JSON"),
    ("", "spec.json:1:1: This is not JSON"),
    (b"{\n\xff}", "spec.json:2:1: The file is not UTF-8"),
    ("[" * 100_000, "spec.json:1:"),
    ('{\n "id": NaN}', "spec.json:2:8: This is not JSON: NaN is no number of JSON"),
    ('{\n "id": 1e999}', "spec.json:2:8: This is not JSON: 1e999 is no number of JSON"),
    ("[]", "spec.json:1:1: [] must be of type object."),
    ('"' + "x" * (1 << 20) + '"', "spec.json:1:1: The file has"),
]


@pytest.mark.parametrize(("text", "problem"), BROKEN, ids=range(len(BROKEN)))
def test_files_that_are_no_spec(text: str | bytes, problem: str, tmp_path: Path) -> None:
    [found] = lint(tmp_path, text)
    assert found.startswith(problem)


def field(name: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda spec: spec["params"]["properties"][name]


FACTOR, COLUMN = field("factor"), field("column")
PROBLEMS: list[tuple[Change, str, str]] = [
    (lambda s: s.update(version="9" * 5000 + ".0.0"), '"9999', "is not of the form"),
    (lambda s: s.update(id="fab.double\n"), '"fab.double\\n"', "is not of the form"),
    (lambda s: s.update(icon="a\0"), '"a\\u0000"', "A NUL character"),
    (lambda s: s.update(icon="\ud800"), '"\\ud800"', "Half a character"),
    (lambda s: FACTOR(s).update({"$ref": "http://127.0.0.1:9/x"}), '"$ref"', "'$ref' is not allowed"),
    (lambda s: FACTOR(s).update(items={"$ref": "#"}), '"$ref"', "'$ref' is not allowed"),
    (lambda s: FACTOR(s).update(patternProperties={"^(a+)+$": {}}), '"patternProperties"', "name the properties"),
    (lambda s: s.pop("icon"), "{", "'icon' is missing here."),
    (lambda s: s.update(category="faeture"), '"faeture"', "'faeture' is not allowed; did you mean 'feature'?"),
    (lambda s: s.update(catgory="x"), '"catgory"', "'catgory' is not known here; did you mean 'category'?"),
    (lambda s: s.update(version="1.0"), '"1.0"', "is not of the form"),
    (lambda s: s["inputs"][0].update(kind="x"), '"kind"', "'kind' is not known here"),
    (lambda s: s["inputs"][0].update(type="tabel"), '"tabel"', "did you mean 'table'?"),
    (lambda s: s["inputs"].append(dict(s["inputs"][0])), '"table"', "'table' is there twice."),
    (lambda s: FACTOR(s).update({"x-widgt": "slider"}), '"x-widgt"', "did you mean 'x-widget'?"),
    (lambda s: FACTOR(s).update({"minmum": 1}), '"minmum"', "'minmum' is not known here; did you mean 'minimum'?"),
    (lambda s: FACTOR(s).update(minimum="one"), '"one"', "'one' must be of type number."),
    (lambda s: FACTOR(s).update(minimum=3), "2.0",
     "The default breaks its own field: 2.0 is less than the minimum of 3."),
    (lambda s: FACTOR(s).update({"x-when": {"colum": {"const": 1}}}), '"colum"',
     "x-when names 'colum', which is not a param"),
    (lambda s: FACTOR(s).update({"x-when": {"factor": {"const": 1}}}), '{\n     "factor"', "x-when forms a circle"),
    (lambda s: FACTOR(s).update({"enum": [2.0], "x-enum-titles": {"3.0": "x"}}), '"3.0"', "'3.0' is not a choice"),
    (lambda s: COLUMN(s)["x-source"].update(input="tabel"), '"tabel"',
     "'tabel' is not an input of type table; did you mean 'table'?"),
    (lambda s: FACTOR(s).update({"x-values-of": "colum"}), '"colum"',
     "'colum' is not a param that names a column; did you mean 'column'?"),
    (lambda s: s["params"]["required"].append("colum"), '"colum"', "'colum' is not a param; did you mean 'column'?"),
    (lambda s: s["params"]["properties"].update(table=COLUMN(s)), '"table": {\n    "type": "string"',
     "both an input and a param"),
    (lambda s: s["ui"][0]["fields"].append("fctor"), '"fctor"', "ui shows 'fctor', which is not a param"),
    (lambda s: s["ui"][0]["fields"].remove("factor"), '"factor": {', "Param 'factor' is in no section of ui."),
    (lambda s: s["outputs"][0].update(lineage="tabel"), '"tabel"', "lineage names 'tabel'"),
    (lambda s: s["outputs"][0].update(learned="fited"), '"fited"', "learned names 'fited', which is not an output"),
    (lambda s: s["outputs"][0].update(learned="table"), '"table"\n  }\n ],\n "params"', "an output, but no transform"),
    (lambda s: s["outputs"][0]["schema"].update({"from": "tabel"}), '"tabel"', "from names 'tabel'"),
    (lambda s: s["outputs"][0]["schema"].update(keep={"param": "colums"}), '"colums"', "'colums' is not a param"),
    (lambda s: s["i18n"]["en"].pop("factor"), '"en"', "en lacks: factor."),
    (lambda s: s["i18n"]["zh-CN"].update(fctor="x"), '"fctor"', "Nothing uses this text: 'fctor'"),
    (lambda s: s["i18n"]["en"].update(column=" "), '" "', "The text 'column' is empty."),
    (lambda s: s["examples"][0]["params"].update(factor="two"), '"two"',
     "The example breaks its own params: factor is 'two'"),
    (lambda s: s["examples"][0]["params"].update(fator=2), '"fator"', "fator is not a param; did you mean factor?"),
    (lambda s: s["examples"][0]["params"].pop("column"), '{},', "column is required"),
    (lambda s: s["examples"][0]["inputs"].update(tabel="x"), '"tabel"', "'tabel' is not an input"),
    (lambda s: s["examples"][0]["inputs"].pop("table"), '{},', "gives nothing to input 'table'"),
    (lambda s: s["examples"][0]["expect"]["outputs"].update(tabel="x"), '"tabel"', "'tabel' is not an output"),
    (lambda s: s.update(examples=[]), "[]", "This must not be empty."),
    (lambda s: s.update(migrations=[{"from": "1.0.0", "steps": []}]), '"1.0.0",\n   "steps"', "does not lead to 1.0.0"),
    (lambda s: s.update(migrations=[{"from": "one", "steps": []}]), '"one"', "'one' is not a version"),
    (
        lambda s: s.update(migrations=[{"from": "0.9.0", "steps": [{"rename": {"old": "fctor"}}]}]),
        '"old"', "The migration ends with 'fctor', which is not a param of this version; did you mean 'factor'?",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("change", "place", "message"), PROBLEMS, ids=range(len(PROBLEMS)))
def test_a_problem_and_its_place(change: Change, place: str, message: str, tmp_path: Path) -> None:
    text = changed(change)
    found = lint(tmp_path, text)
    assert any(message in problem for problem in found), found
    line, column = line_of(text, place)
    assert any(f"spec.json:{line}:{column}:" in problem for problem in found if message in problem), (
        line,
        column,
        found,
    )


def test_a_migration_may_pass_through_names_that_are_gone(tmp_path: Path) -> None:
    steps = [
        {"from": "0.8.0", "steps": [{"rename": {"a": "b"}}]},
        {"from": "0.9.0", "steps": [{"rename": {"b": "factor"}}]},
    ]
    assert lint(tmp_path, changed(lambda spec: spec.update(migrations=steps))) == []


def test_all_problems_in_the_order_of_the_lines(tmp_path: Path) -> None:
    def change(spec: dict[str, Any]) -> None:
        spec["category"] = "x"
        spec["ui"][0]["fields"] = ["other"]
        spec["i18n"]["en"]["more"] = "x"

    found = lint(tmp_path, changed(change))
    assert len(found) == 6
    lines = [int(problem.split(":")[1]) for problem in found]
    assert lines == sorted(lines)


def places_in(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, item in items for place in places_in(item, (*path, key)))]


@pytest.mark.parametrize("seed", range(20))
def test_no_spec_is_too_broken_to_be_looked_at(seed: int, tmp_path: Path) -> None:
    random = Random(seed)
    values: list[Any] = [None, 1, "x", [], {}, [1], {"a": 1}, True, "$t.q", [{}], [[]], {"param": "x"}]
    for _ in range(50):
        spec: Any = copy.deepcopy(SPEC | {"migrations": [{"from": "0.9.0", "steps": [{"rename": {"a": "b"}}]}]})
        for _ in range(random.randint(1, 3)):
            *above, last = random.choice(places_in(spec)[1:])
            around = spec
            for key in above:
                around = around[key]
            around[last] = copy.deepcopy(random.choice(values))
        lint(tmp_path, json.dumps(spec))


def test_a_key_that_is_there_twice(tmp_path: Path) -> None:
    text = changed(lambda spec: None).replace('"icon": "x"', '"icon": "x", "icon": "y"')
    assert lint(tmp_path, text) == ["spec.json:5:15: 'icon' is there twice; only the last one counts."]
