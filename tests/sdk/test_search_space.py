"""Search spaces of every built-in model, and of fields of every kind."""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from patchbay_sdk import Catalogue, Dimension, OperatorSpec, ParamError, search_space

CATALOGUE = Catalogue.installed()
MODELS = [
    spec
    for spec in CATALOGUE
    if any(port.type == "model" for port in spec.outputs) and [port.type for port in spec.inputs] == ["table"]
]
MODELS = [spec for spec in MODELS if spec.id != "model.tune"]


def spec_of(fields: Mapping[str, Any], required: list[str] | None = None) -> OperatorSpec:
    """A model operator with these params."""
    raw = dict(CATALOGUE.get("model.lasso@1.0.0").raw)
    raw["params"] = {"type": "object", "properties": fields, "required": required or []}
    return OperatorSpec.from_json(raw, Path("x.json"))


def one(field: Mapping[str, Any], required: bool = False) -> Dimension | str:
    """The dimension of a field, or why there is none."""
    space = search_space(spec_of({"p": field}, ["p"] if required else []))
    return space.dimensions[0] if space.dimensions else space.not_searched["p"]


def at_random(rng: random.Random) -> Any:
    def choose(dimension: Dimension) -> Any:
        if dimension.kind == "choice":
            return rng.choice(dimension.choices)
        if dimension.kind == "int":
            low, high = int(dimension.low), int(dimension.high)
            return rng.choice([low, high, rng.randint(low, high)])
        return rng.choice([dimension.low, dimension.high, rng.uniform(dimension.low, dimension.high)])

    return choose


@pytest.mark.parametrize("spec", MODELS, ids=lambda spec: spec.key)
@pytest.mark.parametrize("task", ["classification", "regression"])
def test_whatever_is_proposed_for_a_built_in_model_fits_its_spec(spec: OperatorSpec, task: str) -> None:
    fields = spec.params["properties"]
    given = {name: value for name, value in {"target": "y", "task": task}.items() if name in fields}
    space = search_space(spec, given)
    assert space.dimensions
    assert {dimension.name for dimension in space.dimensions} | set(space.not_searched) | set(given) == set(fields)
    rng = random.Random(0)
    for _ in range(50):
        params = space.propose(at_random(rng))
        assert spec.check_params(params) == []
        assert params.items() >= given.items()


def test_there_is_something_to_tune() -> None:
    assert len(MODELS) >= 10
    assert {dimension.name for dimension in search_space(CATALOGUE.get("model.svm@1.0.0"), {}).dimensions} == {
        "kernel", "c", "epsilon", "class_weight",
    }  # fmt: skip


def test_conditions_are_kept_whatever_their_order() -> None:
    fields = {
        "inner": {"type": "integer", "minimum": 1, "maximum": 5, "title": "t", "x-when": {"outer": {"const": "b"}}},
        "outer": {"enum": ["a", "b"], "default": "a", "title": "t"},
    }
    space = search_space(spec_of(fields))
    assert [dimension.name for dimension in space.dimensions] == ["outer", "inner"]
    assert space.propose(lambda dimension: {"outer": "a"}[dimension.name]) == {"outer": "a"}
    chosen = {"outer": "b", "inner?": True, "inner": 2}
    assert space.propose(lambda dimension: chosen[dimension.name]) == {"outer": "b", "inner": 2}
    chosen["inner?"] = False
    assert space.propose(lambda dimension: chosen[dimension.name]) == {"outer": "b"}
    assert search_space(spec_of(fields), {"outer": "a"}).propose(lambda dimension: 1 / 0) == {"outer": "a"}


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ({"type": "integer", "minimum": 1, "maximum": 9, "default": 3}, Dimension("p", "int", 1, 9)),
        ({"type": "integer", "minimum": 1, "maximum": 10000, "default": 100}, Dimension("p", "int", 10, 1000, True)),
        ({"type": "integer", "exclusiveMinimum": 2, "exclusiveMaximum": 9, "default": 5}, Dimension("p", "int", 3, 8)),
        ({"type": "integer", "minimum": 0, "default": 0}, Dimension("p", "int", 0, 10)),
        ({"type": "number", "minimum": 0, "maximum": 1, "default": 0.5}, Dimension("p", "float", 0.005, 1.0, True)),
        ({"type": "number", "default": 2.0}, Dimension("p", "float", 0.02, 200.0, True)),
        ({"type": "number", "default": -2.0}, Dimension("p", "float", -200.0, -0.02)),
        ({"type": "number", "default": 0.0, "minimum": 0}, Dimension("p", "float", 0.0, 1.0)),
        (
            {"type": "number", "exclusiveMinimum": 0, "maximum": 0.5},
            Dimension("p", "float", 0.0005, 0.5, True, optional=True),
        ),
        ({"type": "number", "minimum": 2, "maximum": 100}, Dimension("p", "float", 2.0, 100.0, optional=True)),
        (
            {"type": "number", "minimum": 0, "maximum": 1, "multipleOf": 0.25},
            Dimension("p", "float", 0, 1, step=0.25, optional=True),
        ),
        ({"type": "boolean", "default": False}, Dimension("p", "choice", choices=(False, True))),
        ({"enum": ["a", "b"], "default": "a"}, Dimension("p", "choice", choices=("a", "b"))),
        (
            {"type": "integer", "minimum": 1, "default": 5, "x-search": {"minimum": 2, "maximum": 4}},
            Dimension("p", "int", 2, 4),
        ),
        ({"type": "number", "default": 1.0, "x-search": {"log": False}}, Dimension("p", "float", 0.01, 100.0)),
        ({"type": "integer", "default": 5, "x-search": False}, "its spec says so"),
        ({"enum": ["classification", "regression"], "default": "regression"}, "it says which problem is solved"),
        ({"enum": ["a"], "default": "a"}, "there is only one value"),
        ({"type": "integer", "minimum": 3, "maximum": 3}, "there is only one value"),
        ({"type": "number", "minimum": 3}, "its spec gives neither limits nor a default to search around"),
        ({"type": "string", "default": ""}, "it is neither a number nor a choice"),
        ({"type": "array", "items": {"type": "number"}, "default": []}, "it is neither a number nor a choice"),
    ],
)  # fmt: skip
def test_every_kind_of_field(field: Mapping[str, Any], expected: Dimension | str) -> None:
    assert one({**field, "title": "t"}) == expected


def test_what_is_required_is_never_left_out() -> None:
    field = {"type": "integer", "minimum": 1, "maximum": 4, "title": "t"}
    assert one(field, required=True) == Dimension("p", "int", 1, 4)


def test_only_some_params_and_names_that_are_wrong() -> None:
    forest = CATALOGUE.get("model.random_forest@1.0.0")
    space = search_space(forest, {"target": "y"}, ["trees"])
    assert [dimension.name for dimension in space.dimensions] == ["trees"]
    assert space.not_searched["max_depth"] == "it is not among those to search"
    with pytest.raises(ParamError, match=r"has no param 'tree'; it has: task, target"):
        search_space(forest, {}, ["tree"])
    with pytest.raises(ParamError, match=r"trees of model.random_forest@1\.0\.0 cannot be searched: it is given"):
        search_space(forest, {"trees": 5}, ["trees"])
