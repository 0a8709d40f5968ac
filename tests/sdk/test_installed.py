"""Reading the specs of everything that is installed: quick when they are right, and whatever is wrong is named."""

import json
import os
import subprocess
import sys

import pytest

from patchbay_sdk.registry import Catalogue
from tests.sdk.installed import install, write_specs

QUICK = """
import sys
from jsonschema import Draft202012Validator
from patchbay_sdk.registry import Catalogue

def slow(*arguments, **options):
    raise AssertionError("the slow validator was asked about a spec that is right")

Draft202012Validator.iter_errors = Draft202012Validator.check_schema = slow
catalogue = Catalogue.installed()
assert not catalogue.broken, catalogue.broken
assert "many_operators" not in sys.modules
print(sum(spec.id.startswith("many.") for spec in catalogue))
"""


def test_specs_that_are_right_are_never_explained(tmp_path):
    write_specs(install(tmp_path, "many_operators"), 20)
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    command = (sys.executable, "-c", QUICK)
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.returncode) == ("20", 0), done.stderr


def nested(depth: int) -> str:
    return '{"a":' * depth + "1" + "}" * depth


def spec_with(specs, **changes) -> str:
    return json.dumps(json.loads((specs / "op0.json").read_text(encoding="utf-8")) | changes)


BROKEN = {
    "huge": lambda file: file.write_bytes(b" " * (5 << 20)),
    "nested_beyond_reading": lambda file: file.write_text(nested(100_000)),
    "nested": lambda file: file.write_text(nested(900)),
    "params_nested": lambda file: file.write_text(
        spec_with(file.parent, params=json.loads('{"type":"object","properties":' + nested(400) + "}"))
    ),
    "binary": lambda file: file.write_bytes(bytes(range(256)) * 100),
    "not_an_object": lambda file: file.write_text("[1, 2]"),
    "a_number_without_end": lambda file: file.write_text('{"id": ' + "9" * 10_000 + "}"),
    "not_a_number": lambda file: file.write_text(spec_with(file.parent, examples=[{"params": {"x": float("nan")}}])),
    "half_a_surrogate": lambda file: file.write_text(spec_with(file.parent, icon="\ud800")),
    "long_value": lambda file: file.write_text(spec_with(file.parent, id="x" * (1 << 20))),
    "link_to_itself": lambda file: file.symlink_to(file),
    "link_to_nowhere": lambda file: file.symlink_to(file.parent / "nowhere"),
    "pipe": lambda file: os.mkfifo(file),
    "device": lambda file: file.symlink_to("/dev/zero"),
    "folder": lambda file: file.mkdir(),
    "wrong_schema": lambda file: file.write_text(
        spec_with(file.parent, params={"type": "object", "properties": {"a": {"type": "strange"}}})
    ),
    "wrong_condition": lambda file: file.write_text(
        spec_with(
            file.parent,
            params={"properties": {"a": {"type": "string", "default": "x"}, "b": {"x-when": {"a": {"type": 5}}}}},
        )
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_spec_is_named_and_the_others_work(tmp_path, monkeypatch, case):
    specs = install(tmp_path, "many_operators")
    write_specs(specs, 2)
    BROKEN[case](specs / "broken.json")
    monkeypatch.syspath_prepend(tmp_path)
    catalogue = Catalogue.installed()
    assert "many.op0@1.0.0" in catalogue and "many.op1@1.0.0" in catalogue
    (error,) = catalogue.broken
    assert error.message.startswith("broken.json: ")
    assert len(error.message) < 5000


def test_folders_that_link_to_themselves_do_no_harm(tmp_path, monkeypatch):
    specs = install(tmp_path, "many_operators")
    write_specs(specs, 1)
    (specs.parent / "loop").symlink_to(specs.parent / "loop")
    (specs / "above").symlink_to(specs.parent)
    monkeypatch.syspath_prepend(tmp_path)
    catalogue = Catalogue.installed()
    assert ("many.op0@1.0.0" in catalogue, catalogue.broken) == (True, [])


@pytest.mark.parametrize("value", ["nowhere", "many_operators.inner", "many_operators:thing", ".relative", "a b"])
def test_an_entry_point_that_leads_nowhere_is_named_and_nothing_is_imported(tmp_path, monkeypatch, value):
    install(tmp_path, "many_operators", value)
    (tmp_path / "many_operators" / "__init__.py").write_text("raise SystemExit('code of a plugin was run')")
    monkeypatch.syspath_prepend(tmp_path)
    (error,) = Catalogue.installed().broken
    assert repr(value) in error.message
