"""The wizards that come with Patchbay: complete flows of operators that are installed, every text in both languages."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from patchbay_sdk.registry import installed_catalogue
from patchbay_sdk.spec import LANGUAGES
from patchbay_server.graph.document import UNSET, FlowDocument, walk
from patchbay_server.graph.flow_params import bind
from patchbay_server.graph.propagate import propagate
from patchbay_server.graph.reader import parse
from patchbay_server.graph.validate import validate
from patchbay_server.services.wizards.form import form_of
from patchbay_server.services.wizards.offered import SHIPPED, shipped

FRONTEND = Path(__file__).parents[2] / "frontend/src"
TEXTS = ("title", "description", "help")
EXAMPLES = {"string": "x", "integer": 1, "number": 1, "array": [], "object": {}, "boolean": False}
"""Values for what a person fills in."""


def raw(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((SHIPPED / f"{name}.json").read_text(encoding="utf-8"))
    return found


def texts(value: Any) -> Iterator[Any]:
    """Every title, description and help within a document."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in TEXTS:
                yield inner
            else:
                yield from texts(inner)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)


def filled(document: FlowDocument) -> FlowDocument:
    """As somebody leaves it who has answered everything that has no answer yet."""
    values = {name: EXAMPLES[param.type] for name, param in document.params.items() if param.default in (UNSET, "")}
    return bind(document, values)


def test_six_kinds_ship() -> None:
    kinds = [document.wizard.kind for document in shipped().values()]
    assert sorted(kinds) == ["category", "forecast", "groups", "number", "text", "unusual"]


@pytest.mark.parametrize("name", sorted(shipped()))
def test_a_shipped_wizard_is_a_flow_without_a_problem(name: str) -> None:
    document = shipped()[name]
    found = validate(filled(document), installed_catalogue(), None, document)
    assert [problem.text() for problem in found] == []
    assert document == parse(document.to_json())


@pytest.mark.parametrize("name", sorted(shipped()))
def test_its_texts_are_there_in_both_languages(name: str) -> None:
    found = list(texts(raw(name)))
    assert [text for text in found if set(text) != set(LANGUAGES) or not all(map(str.strip, text.values()))] == []
    for step in raw(name)["wizard"]["steps"]:
        assert {"title", "help"} <= step.keys(), step["id"]
    catalogue = installed_catalogue()
    form = form_of(shipped()[name], catalogue, propagate(shipped()[name], catalogue))
    for param, field in form.params["properties"].items():
        assert field["title"] != param, f"{param} has no title"
        used = [text[3:] for text in strings(field) if text.startswith("$t.")]
        assert all(form.i18n[language][key] for key in used for language in LANGUAGES)


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from strings(inner)


@pytest.mark.parametrize("name", sorted(shipped()))
def test_every_param_fills_a_field_of_a_node_and_every_step_has_what_it_shows(name: str) -> None:
    document = shipped()[name]
    assert document.wizard is not None and document.wizard.published
    form = form_of(document, installed_catalogue(), {})
    assert form.params["properties"].keys() == document.params.keys()
    assert [step.id for step in document.wizard.steps if step.view in ("check", "result") and not step.node] == []


def test_no_page_knows_an_operator_of_a_wizard() -> None:
    used = {node.operator.partition("@")[0] for document in shipped().values() for _, node in walk(document)
            if node.operator} - {"source.dataset"}  # fmt: skip
    pages = [path for path in (FRONTEND / "features").rglob("*.ts*") if "wizard" in path.as_posix().lower()]
    named = [(path.name, id) for path in pages if ".test." not in path.name for id in used if id in path.read_text()]
    assert named == []
