"""What differs between two versions of a model: scores, columns, steps with their params, datasets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from patchbay_server.services.models import versions
from patchbay_server.services.models.versions import Version
from patchbay_server.services.platform import Platform


@dataclass(frozen=True, slots=True)
class Difference:
    """A thing that is not the same; None: not there. `node`: where it is a step's param."""

    name: str
    left: Any
    right: Any
    node: str | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """`metrics`: every metric of either. The others: only what differs; `columns`: name -> type in the input schema."""

    left: Version
    right: Version
    metrics: list[Difference]
    about: list[Difference]
    columns: list[Difference]
    steps: list[Difference]
    params: list[Difference]
    datasets: list[Difference]


def compare(platform: Platform, project_id: int, name: str, left: int, right: int) -> Comparison:
    """Two versions of a model. Raises NotFound."""
    with platform.database.read() as transaction:
        one, other = (versions.get(transaction, project_id, name, number) for number in (left, right))
    steps, params = _steps(one, other)
    return Comparison(
        one,
        other,
        metrics=[Difference(*each) for each in _pairs(one.metrics, other.metrics)],
        about=_differences(one.about, other.about),
        columns=_differences(_columns(one), _columns(other)),
        steps=steps,
        params=params,
        datasets=_differences(_datasets(one), _datasets(other)),
    )


def _steps(one: Version, other: Version) -> tuple[list[Difference], list[Difference]]:
    """Nodes whose operator differs or that only one has, and params that differ between the same operators."""
    left, right = _by_node(one), _by_node(other)
    operators = _differences(*({node: step["operator"] for node, step in side.items()} for side in (left, right)))
    params = [
        Difference(found.name, found.left, found.right, node)
        for node in left
        if node in right
        for found in _differences(left[node]["params"], right[node]["params"])
    ]
    return operators, params


def _by_node(version: Version) -> dict[str, Mapping[str, Any]]:
    return {f"{s['node']}[{s['index']}]" if s["index"] else s["node"]: s for s in version.lineage["steps"]}


def _columns(version: Version) -> dict[str, str]:
    return {column["name"]: column["type"] for column in version.input_schema["columns"]}


def _datasets(version: Version) -> dict[str, int | None]:
    return {f"{used['node']}: {used['name']}": used["number"] for used in version.lineage["datasets"]}


def _differences(left: Mapping[str, Any], right: Mapping[str, Any]) -> list[Difference]:
    return [Difference(key, one, other) for key, one, other in _pairs(left, right) if one != other]


def _pairs(left: Mapping[str, Any], right: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    for key in dict.fromkeys([*left, *right]):
        yield key, left.get(key), right.get(key)
