"""Wizards that a project can start from: those that come with Patchbay, and its own flows that are published as one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import patchbay_server
from patchbay_server.engine import flows as saved
from patchbay_server.engine.errors import NotFound
from patchbay_server.graph.document import FlowDocument, Text
from patchbay_server.graph.reader import parse
from patchbay_server.services.platform import Platform
from patchbay_server.store.database import Transaction

SHIPPED = Path(patchbay_server.__file__).with_name("wizards")
ORDER = ("category", "number", "forecast", "unusual", "groups", "text", "other")
"""Kinds, the most wanted first."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A wizard. `flow`: the project's flow that it is; None: it comes with Patchbay. `steps`: as in the document."""

    name: str
    origin: Literal["shipped", "project"]
    flow: str | None
    kind: str
    title: Text
    description: Text
    icon: str | None
    steps: list[Mapping[str, Any]]


@cache
def shipped() -> Mapping[str, FlowDocument]:
    """Name -> template of the wizards that come with Patchbay."""
    found = [parse(json.loads(path.read_text(encoding="utf-8"))) for path in sorted(SHIPPED.glob("*.json"))]
    return {document.name: document for document in found}


def listed(platform: Platform, project_id: int) -> list[Offered]:
    """Every wizard by kind, those of the project last; one of the project hides a shipped one of its name."""
    with platform.database.read() as transaction:
        own = {document.name: document for document in _published(transaction, project_id)}
    offered = [_offered(document, None) for name, document in shipped().items() if name not in own]
    offered += [_offered(document, name) for name, document in own.items()]
    return sorted(offered, key=lambda wizard: (ORDER.index(wizard.kind), wizard.origin != "shipped"))


def template(transaction: Transaction, project_id: int, name: str) -> FlowDocument:
    """The template of a wizard. Raises NotFound."""
    own = saved.find(transaction, project_id, name)
    if own is not None and saved.wizard_role(own.document) == "published":
        return parse(own.document)
    if name not in shipped():
        raise NotFound(f"There is no wizard {name!r}.", reason="wizard")
    return shipped()[name]


def _published(transaction: Transaction, project_id: int) -> list[FlowDocument]:
    return [parse(revision.document) for revision in saved.published_wizards(transaction, project_id)]


def _offered(document: FlowDocument, flow: str | None) -> Offered:
    wizard = document.wizard
    assert wizard is not None
    steps = document.to_json()["wizard"]["steps"]
    origin: Literal["shipped", "project"] = "shipped" if flow is None else "project"
    return Offered(document.name, origin, flow, wizard.kind, document.title, wizard.description, wizard.icon, steps)
