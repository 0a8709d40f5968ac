"""A rehearsal tells what an upgrade would do to every saved flow, and does nothing."""

from pathlib import Path
from typing import Any

from patchbay_server.services.people import projects
from patchbay_server.services.people.actor import COMMAND, Actor
from patchbay_server.services.platform import Platform
from patchbay_server.services.publishing import rehearsal, upload
from tests.server.services.publishing.sayings import ANNA, CODE, archive, published

NEXT = CODE.replace("word: str", "text: str, loud: bool").replace('word + " SAID"', 'text + " SAID"')
TEXTS = {"title": "Say", "description": "Says it.", "text": "Text", "loud": "Loud", "basic": "Basics"}
CHANGES: dict[str, Any] = {
    "params": {
        "type": "object",
        "properties": {
            "text": {"type": "string", "maxLength": 5, "title": "$t.text"},
            "loud": {"type": "boolean", "title": "$t.loud"},
        },
        "required": ["text", "loud"],
    },
    "ui": [{"section": "$t.basic", "fields": ["text", "loud"]}],
    "i18n": {"en": TEXTS, "zh-CN": TEXTS},
    "migrations": [{"from": "1.0.0", "steps": [{"rename": {"word": "text"}}, {"default": {"loud": False}}]}],
    "examples": [
        {"title": "x", "params": {"text": "oh", "loud": True}, "expect": {"outputs": {"text": {"contains": "oh"}}}}
    ],
}


def save(platform: Platform, project: str, name: str, *nodes: dict[str, Any]) -> None:
    id = projects.find(platform, COMMAND, project).id
    platform.engine.save_revision(id, {"format": 1, "name": name, "nodes": list(nodes), "edges": []})


def node(version: str = "1.0.0", **params: Any) -> dict[str, Any]:
    return {"id": "n", "operator": f"say.word@{version}", "params": params}


def test_what_breaks_what_changes_and_what_stays(platform: Platform, tmp_path: Path) -> None:
    published(platform, archive(tmp_path))
    projects.create(platform, COMMAND, name="hidden")
    save(platform, "default", "short", node(word="oh"))
    save(platform, "default", "long", node(word="far too long"))
    save(platform, "default", "inside", {"id": "m", "kind": "flow", "body": {"nodes": [node(word="oh")], "edges": []}})
    save(platform, "default", "other", {"id": "n", "operator": "source.csv@1.0.0", "params": {"path": "x"}})
    save(platform, "hidden", "secret", node(word="far too long"))
    upload.upload(platform, ANNA, archive(tmp_path, "2.0.0", {"say.word": "2.0.0"}, code=NEXT, **CHANGES))
    default = projects.find(platform, COMMAND, "default").id
    before = platform.engine.flows(default)
    found = rehearsal.rehearse(
        platform, Actor(1, "anna", False, "session", roles={default: "engineer"}), "say-tools", "2.0.0"
    )
    assert platform.engine.flows(default) == before
    assert [(flow.flow, flow.outcome) for flow in found.flows] == [
        ("long", "breaks"), ("short", "changes"), ("inside", "changes"),
    ]  # fmt: skip
    assert found.flows[1].changes == (
        "n: say.word 1.0.0 -> 2.0.0", "n: param word is now called text", "n: param loud is set to False",
    )  # fmt: skip
    (problem,) = found.flows[0].problems
    assert (problem.node, problem.field) == ("n", "params.text")
    assert found.flows[2].changes[0] == "m/n: say.word 1.0.0 -> 2.0.0"
    assert (found.unaffected, found.hidden) == (1, {"breaks": 1, "changes": 0, "stays": 0})


def test_a_patch_that_changes_no_param_lets_flows_stay(platform: Platform, tmp_path: Path) -> None:
    published(platform, archive(tmp_path))
    save(platform, "default", "flow", node(word="oh"))
    save(platform, "default", "new", node("1.0.1", word="oh"))
    upload.upload(platform, ANNA, archive(tmp_path, "1.0.1", {"say.word": "1.0.1"}, said="two"))
    found = rehearsal.rehearse(platform, COMMAND, "say-tools", "1.0.1")
    assert [(flow.flow, flow.outcome) for flow in found.flows] == [("flow", "stays")]
    assert found.unaffected == 1
