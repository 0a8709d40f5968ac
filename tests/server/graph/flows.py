"""A small catalogue of operators without code, and short ways to write flows for tests of the graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from patchbay_sdk.registry import Catalogue
from patchbay_sdk.spec import OperatorSpec
from patchbay_server.graph.document import FlowDocument
from patchbay_server.graph.reader import parse

TABLE_IN = {"name": "table", "type": "table"}
COLUMNS = {"type": "array", "items": {"type": "string"}, "x-widget": "columns", "x-source": {"input": "table"}}
NUMBERS = COLUMNS | {"x-source": {"input": "table", "kinds": ["number"]}}
COLUMN = {"type": "string", "x-widget": "column", "x-source": {"input": "table"}}


def spec(
    key: str,
    inputs: Sequence[Mapping[str, Any]] = (),
    outputs: Sequence[Mapping[str, Any]] = (),
    fields: Mapping[str, Any] | None = None,
    required: Sequence[str] = (),
    **more: Any,
) -> OperatorSpec:
    """An operator without code."""
    id, _, version = key.partition("@")
    raw = {
        "id": id,
        "version": version,
        "category": id.partition(".")[0],
        "implementation": "nowhere:Nothing",
        "inputs": inputs,
        "outputs": outputs,
        "params": {"type": "object", "properties": fields or {}, "required": list(required)},
        **more,
    }
    return OperatorSpec.from_json(raw, Path("test.json"))


def table_out(name: str = "table", learned: str | None = None, **schema: Any) -> dict[str, Any]:
    """An output port for tables."""
    return {"name": name, "type": "table", "schema": schema, **({"learned": learned} if learned else {})}


FIXED_COLUMNS = [
    {"name": "a", "type": "int"},
    {"name": "b", "type": "float"},
    {"name": "c", "type": "string"},
    {"name": "t", "type": "datetime"},
]
FILL_FIELDS = {
    "columns": NUMBERS,
    "strategy": {"enum": ["mean", "median", "constant"], "default": "median"},
    "value": {"type": "number", "x-when": {"strategy": {"const": "constant"}}, "x-required": True},
    "by": {**COLUMNS, "default": [], "x-when": {"strategy": {"not": {"const": "constant"}}}},
}
FILL_PORTS = (
    [TABLE_IN],
    [table_out(learned="fitted", **{"from": "table"}), {"name": "fitted", "type": "transform", "learns": True}],
)


def catalogue() -> Catalogue:
    """Sources, a learner in two versions, column operators, a split, a model and what comes after it."""
    return Catalogue(
        [
            spec("source.fixed@1.0.0", [], [table_out(columns=FIXED_COLUMNS)], {"path": {"type": "string"}}, ["path"]),
            spec("source.file@1.0.0", [], [table_out(infer=True)]),
            spec("clean.fill@1.0.0", *FILL_PORTS, FILL_FIELDS, ["columns"]),
            spec("clean.fill@1.1.0", *FILL_PORTS, FILL_FIELDS, ["columns"]),
            spec(
                "shape.keep@1.0.0",
                [TABLE_IN],
                [table_out(**{"from": "table", "keep": {"param": "columns"}})],
                {"columns": COLUMNS},
            ),
            spec(
                "shape.drop@1.0.0",
                [TABLE_IN],
                [table_out(**{"from": "table", "drop": {"param": "columns"}})],
                {"columns": COLUMNS},
            ),
            spec(
                "shape.rename@1.0.0",
                [TABLE_IN],
                [table_out(**{"from": "table", "rename": {"param": "names"}})],
                {"names": {"type": "object", "additionalProperties": {"type": "string"}}},
            ),
            spec(
                "shape.union@1.0.0",
                [{"name": "tables", "type": "table", "many": True}],
                [table_out(**{"from": "tables"})],
            ),
            spec(
                "shape.split@1.0.0",
                [TABLE_IN],
                [table_out("train", **{"from": "table"}), table_out("test", **{"from": "table"})],
                {"share": {"type": "number", "default": 0.25, "exclusiveMinimum": 0, "exclusiveMaximum": 1}},
                splits=True,
            ),
            spec(
                "model.line@1.0.0",
                [TABLE_IN],
                [{"name": "model", "type": "model"}],
                {"target": COLUMN},
                ["target"],
                runs={"engines": ["local", "spark"], "cpu": 2, "gpu": 1, "memory": "2Gi"},
            ),
            spec(
                "train.gang@1.0.0",
                [TABLE_IN],
                [{"name": "model", "type": "model"}],
                {"workers": {"type": "integer", "default": 1}},
                runs={"engines": ["deepspeed"], "cpu": 2, "gpu": 1, "memory": "2Gi", "members": "workers"},
            ),
            spec(
                "apply.predict@1.0.0",
                [{"name": "model", "type": "model"}, TABLE_IN],
                [table_out(**{"from": "table", "add": [{"name": "prediction", "type": "float"}]})],
                runs={"engines": ["local"], "pool": "inference"},
            ),
            spec("evaluate.scores@1.0.0", [TABLE_IN], [{"name": "metrics", "type": "metrics"}], {"score": COLUMN}),
        ]
    )


def node(id: str, operator: str, /, settings: Mapping[str, Any] | None = None, **params: Any) -> dict[str, Any]:
    """An operator node; version 1.0.0 unless it says another."""
    key = operator if "@" in operator else f"{operator}@1.0.0"
    return {"id": id, "operator": key, "params": params, **({"settings": settings} if settings else {})}


def edges(*pairs: str) -> list[dict[str, str]]:
    """Edges from ``"a.table > b.table"``; ports left out are called table."""

    def port(text: str) -> str:
        text = text.strip()
        return text if "." in text else f"{text}.table"

    return [{"from": port(a), "to": port(b)} for a, b in (pair.split(">") for pair in pairs)]


def flow(nodes: Sequence[Mapping[str, Any]], joins: Sequence[str] = (), **more: Any) -> FlowDocument:
    """A parsed flow."""
    return parse({"format": 1, "name": "test", "nodes": list(nodes), "edges": edges(*joins), **more})


def yield_flow(**params: Any) -> FlowDocument:
    """Read, split, fill, fit, predict, score: a flow without any problem."""
    return flow(
        [
            node("read", "source.fixed", path={"$param": "file"}),
            node("split", "shape.split"),
            node("fill", "clean.fill", columns=["a", "b"]),
            node("fit", "model.line", target="a"),
            node("predict", "apply.predict"),
            node("scores", "evaluate.scores", score="prediction"),
        ],
        [
            "read > split",
            "split.train > fill",
            "fill > fit",
            "fit.model > predict.model",
            "split.test > predict",
            "predict > scores",
        ],
        params={"file": {"type": "string", "default": "x.csv"}, **params},
    )


generated = settings(deadline=None, max_examples=60, derandomize=True, database=None)
"""For property tests: the same examples everywhere, however slow the machine."""

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-10, 10)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def dags(draw: st.DrawFn, most: int = 12) -> tuple[FlowDocument, set[tuple[str, str]]]:
    """A flow of unions in random order, and its (source, target) pairs; never a cycle."""
    count = draw(st.integers(1, most))
    ids = draw(st.permutations([f"n{number}" for number in range(count)]))
    pairs = [(a, b) for position, b in enumerate(ids) for a in ids[:position]]
    joins = draw(st.sets(st.sampled_from(pairs), max_size=2 * count)) if pairs else set()
    nodes = [node(id, "shape.union") for id in sorted(ids)]
    return flow(nodes, [f"{a} > {b}.tables" for a, b in sorted(joins)]), joins
