"""`patchbay operators`: list, show, check and test, also of a plugin that is not installed."""

import json
import sys

import pytest

from patchbay_sdk.registry import plugin_manager

KEY = "code.shout@1.0.0"

PLUGIN = """
from patchbay_sdk.operator import Operator

class Shout(Operator):
    def run(self, context, text, mark="!"):
        return {"text": text.upper() + mark}
"""
TEXTS = {"title": "Shout", "description": "Upper case.", "mark": "Mark"}
SPEC = {
    "id": "code.shout",
    "version": "1.0.0",
    "category": "code",
    "icon": "code",
    "implementation": "shouting:Shout",
    "inputs": [{"name": "text", "type": "text"}],
    "outputs": [{"name": "text", "type": "text"}],
    "params": {"type": "object", "properties": {"mark": {"type": "string", "title": "$t.mark", "default": "!"}}},
    "ui": [{"section": "$t.title", "fields": ["mark"]}],
    "runs": {"engines": ["local"]},
    "i18n": {"en": TEXTS, "zh-CN": TEXTS},
    "examples": [{"title": "a word", "params": {}, "inputs": {"text": "hi"}, "expect": {"outputs": {"text": "HI!"}}}],
}


@pytest.fixture
def plugin(folder, monkeypatch):
    """A function that writes the plugin with changes to its spec and code; returns its folder."""
    monkeypatch.setattr(sys, "path", list(sys.path))

    def write(code=PLUGIN, **changes):
        specs = folder / "plugin" / "operator_specs" / "code"
        specs.mkdir(parents=True)
        (specs / "shout.json").write_text(json.dumps(SPEC | changes))
        (folder / "plugin" / "shouting.py").write_text(code)
        return str(folder / "plugin")

    yield write
    sys.modules.pop("shouting", None)
    if plugin_manager().has_plugin(KEY):
        plugin_manager().unregister(name=KEY)


def test_list_names_every_operator(patchbay):
    lines = patchbay("operators", "list").output.splitlines()
    assert lines[0].split() == ["OPERATOR", "CATEGORY", "TITLE", "ENGINES"]
    specs = json.loads(patchbay("operators", "list", "--json").output)
    assert len(specs) == len(lines) - 1
    cleaning = json.loads(patchbay("operators", "list", "--category", "clean", "--json").output)
    assert {spec["category"] for spec in cleaning} == {"clean"}


def test_show_tells_ports_and_params(patchbay):
    shown = patchbay("operators", "show", "source.csv").output
    for text in ("source.csv@1.0.0", "Outputs", "bad_rows", "delimiter", "required"):
        assert text in shown
    chinese = patchbay("operators", "show", "source.csv", "--language", "zh-CN").output
    assert any("\u4e00" <= character <= "\u9fff" for character in chinese)


def test_an_unknown_operator_is_named(patchbay):
    ended = patchbay("operators", "show", "source.cvs")
    assert ended.status == 2
    assert "source.csv" in ended.errors


def test_a_plugin_in_a_folder_is_checked_and_tested(patchbay, plugin):
    folder = plugin()
    assert patchbay("operators", "check", folder).output.splitlines()[0] == "ok      code.shout@1.0.0"
    tested = patchbay("operators", "test", folder)
    assert tested.status == 0
    for text in ("ok      code.shout@1.0.0", "example: a word", "determinism", "MiB", "sandbox: ", "limits"):
        assert text in tested.output


def test_results_as_json(patchbay, plugin):
    folder = plugin()
    checked = json.loads(patchbay("operators", "check", folder, "--json").output)
    assert checked == {"ok": True, "operators": 1, "problems": []}
    tested = json.loads(patchbay("operators", "test", folder, "--json").output)
    assert tested["ok"]
    assert tested["trials"][0]["operators"][0]["operator"] == "code.shout@1.0.0"
    assert tested["trials"][0]["protections"]["limits"]


def test_a_spec_that_the_code_does_not_fit_is_explained(patchbay, plugin):
    ended = patchbay("operators", "check", plugin(code=PLUGIN.replace("mark=", "sign=")))
    assert ended.status == 1
    assert "shout.json:1:" in ended.output
    assert "code.shout@1.0.0: run lacks the argument 'mark'" in ended.output


def test_an_example_that_fails_is_explained(patchbay, plugin):
    ended = patchbay("operators", "test", plugin(code=PLUGIN.replace("upper", "lower")))
    assert ended.status == 1
    assert "hi!" in ended.output


def test_every_problem_of_a_spec_is_shown_with_its_place(patchbay, plugin):
    folder = plugin(category="chek", icon="")
    ended = patchbay("operators", "check", folder)
    assert ended.status == 1
    assert len([line for line in ended.output.splitlines() if "shout.json:1:" in line]) == 2
    assert "'chek' is not allowed; did you mean 'check'?" in ended.output
    problems = json.loads(patchbay("operators", "check", folder, "--json").output)["problems"]
    assert [problem["line"] for problem in problems] == [1, 1]


def test_a_broken_spec_is_not_tested(patchbay, plugin):
    ended = patchbay("operators", "test", plugin(category="nonsense"))
    assert ended.status == 1
    assert "shout.json: category: 'nonsense'" in ended.output


def test_a_folder_without_specs_is_named(patchbay, folder):
    ended = patchbay("operators", "check", str(folder))
    assert ended.status == 2
    assert str(folder) in ended.errors


def test_one_family_is_tested(patchbay):
    checked = patchbay("operators", "check", "clean").output.splitlines()[:-1]
    assert checked and all(line.startswith("ok      clean.") for line in checked)
    assert "ok      clean.trim_text@1.0.0" in patchbay("operators", "test", "clean.trim_text").output
