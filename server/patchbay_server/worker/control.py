"""Tasks that decide: which case of a branch, whether a loop ends. They look at values and run nobody's code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import jsonschema_rs

from patchbay_runners.artifacts import ArtifactStore
from patchbay_runners.maps import specs
from patchbay_sdk.spec import OperatorSpec
from patchbay_server.engine import Claim, Result
from patchbay_server.graph.cache_key import CacheParts
from patchbay_server.graph.planned import BRANCH


def decide(claim: Claim, store: ArtifactStore) -> dict[str, str]:
    """What a task hands on: output port -> artifact id. What it leaves out is skipped behind it.

    Raises:
        ArtifactError: a value is not in the store any more.
    """
    if claim.task.operator == BRANCH:
        value = claim.inputs["value"][0]
        known = fields(store, value)
        cases = (case["port"] for case in claim.params["cases"] if case["when"] is None or holds(case["when"], known))
        case = next(cases, None)
        return {} if case is None else {case: value}
    if "until" in claim.params:
        value = claim.inputs["value"][0]
        return {} if holds(claim.params["until"], fields(store, value)) else {"next": value}
    return {port: ids[-1] for port, ids in claim.inputs.items()}


def handed_on(store: ArtifactStore, outputs: Mapping[str, str]) -> Result:
    """The result of a task that hands on what others made."""
    metas = {port: store.manifest(id).meta for port, id in outputs.items()}
    return Result(outputs, {port: meta["rows"] for port, meta in metas.items() if "rows" in meta})


def fields(store: ArtifactStore, id: str) -> dict[str, Any]:
    """What conditions may ask of a value: the numbers of metrics, the ``text``, what the manifest says of others.

    A table has ``rows`` and ``columns``, a list of names.
    """
    manifest = store.manifest(id)
    if manifest.type == "metrics":
        return dict(manifest.meta["values"])
    if manifest.type == "text":
        return {"text": store.load(id), **manifest.meta}
    if manifest.type == "table":
        return {
            "rows": manifest.meta["rows"],
            "columns": [column["name"] for column in manifest.meta["schema"]["columns"]],
        }
    return dict(manifest.meta)


def holds(when: Mapping[str, Any], known: Mapping[str, Any]) -> bool:
    """Whether the value has each of these fields, and each fits its JSON Schema."""
    return all(name in known and jsonschema_rs.is_valid(schema, known[name]) for name, schema in when.items())


def approval_parts(claim: Claim) -> CacheParts:
    """What an approval is about: equal parts, the same question."""
    return CacheParts(claim.task.operator, "", inputs=claim.inputs, project=str(claim.task.project_id))


@cache
def map_operators() -> Mapping[str, OperatorSpec]:
    """The platform's own operators around maps, by key; no catalogue offers them."""
    return {spec.key: spec for spec in specs()}


def named_items(claim: Claim, delivered: Sequence[int]) -> Claim:
    """The claim of a task that collects tables, with the names of those items only that have delivered one."""
    items = claim.params.get("items")
    if items is None:
        return claim
    return replace(claim, params={**claim.params, "items": [items[position] for position in delivered]})
