"""Flows: checked, saved as revisions, listed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from patchbay_sdk.propagation import Infer
from patchbay_sdk.registry import Catalogue
from patchbay_sdk.schema import Schema
from patchbay_server.engine.flows import Revision
from patchbay_server.graph.document import FlowDocument
from patchbay_server.graph.flow_params import bind
from patchbay_server.graph.problem import Problem
from patchbay_server.graph.propagate import propagate
from patchbay_server.graph.reader import parse
from patchbay_server.graph.validate import validate
from patchbay_server.services.located import within
from patchbay_server.services.platform import Platform


@dataclass(frozen=True, slots=True)
class CheckedFlow:
    """A flow with its params put in, everything that is wrong with it, and the schema of every table port."""

    document: FlowDocument
    problems: list[Problem]
    schemas: Mapping[tuple[str, str], Schema | None]


def check(
    document: FlowDocument,
    params: Mapping[str, Any],
    catalogue: Catalogue,
    infer: Infer | None = None,
    data_roots: Sequence[str] = (),
) -> CheckedFlow:
    """Check a flow with these values for its params. Without `infer`, schemas that only code can tell stay unknown.

    `data_roots`: folders that its operators may touch, now as in a run.

    Raises:
        FlowParamError: a param is unknown or has a value of another type.
    """
    bound = bind(document, params)
    schemas = propagate(bound, catalogue, infer and within(infer, data_roots))
    return CheckedFlow(bound, validate(bound, catalogue, schemas), schemas)


def save(platform: Platform, raw: Mapping[str, Any]) -> tuple[Revision, list[Problem]]:
    """Save a document as its flow's newest revision; also what would keep it from running, so drafts can be saved.

    Raises:
        DocumentError: it is no flow document.
    """
    document = parse(raw)
    roots = [str(root) for root in platform.settings.data_roots]
    problems = check(document, {}, platform.catalogue, platform.plugin_host.infer, roots).problems
    return platform.engine.save_revision(document.to_json()), problems


def document(revision: Revision) -> FlowDocument:
    """The document of a revision."""
    return parse(revision.document)


def newest(platform: Platform) -> list[Revision]:
    """The newest revision of every flow, by name."""
    return platform.engine.flows()


def get(platform: Platform, name: str) -> Revision:
    """The newest revision of a flow. Raises NotFound."""
    return platform.engine.newest_revision(name)
