"""Random flows with control flow in them, what a serial run of one makes, and a worker without processes.

A value is a text; the engine gets it as the id of an artifact. A table is a text as well: it divides into as many items
as its length says.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from patchbay_runners.artifacts import ArtifactStore
from patchbay_sdk.registry import Catalogue
from patchbay_sdk.spec import OperatorSpec
from patchbay_server.engine import Claim, Engine, Result
from patchbay_server.graph.planned import COLLECT, CONTROL, DIVIDE
from patchbay_server.worker.control import decide, holds

Json = dict[str, Any]


def _spec(id: str, inputs: Sequence[Json], output: str = "text") -> OperatorSpec:
    raw = {
        "id": f"t.{id}", "version": "1.0.0", "category": "t", "implementation": "nowhere:Nothing", "inputs": inputs,
        "outputs": [{"name": "out", "type": output, **({"schema": {"open": True}} if output == "table" else {})}],
        "params": {"type": "object", "properties": {"say": {"type": "string"}}},
    }  # fmt: skip
    return OperatorSpec.from_json(raw, Path("test.json"))


def _port(name: str, **more: Any) -> Json:
    return {"name": name, "type": "text", **more}


INPUTS: Mapping[str, Sequence[Json]] = {
    "any": [_port("a", required=False), _port("b", required=False)],
    "need": [_port("a"), _port("b", required=False)],
    "join": [_port("many", many=True)],
    "table": [_port("a", required=False)],
    "read": [{"name": "a", "type": "table"}],
}
CATALOGUE = Catalogue([_spec(id, ports, "table" if id == "table" else "text") for id, ports in INPUTS.items()])


@dataclass
class Maker:
    """Makes random documents; the same seed, the same document."""

    chance: random.Random
    made: int = 0

    def document(self, depth: int, entering: Sequence[str] = ()) -> Json:
        """`entering`: names of inputs; as a body, each feeds some node, and there is an output ``out``."""
        nodes: list[Json] = []
        edges: list[Json] = []
        inputs: dict[str, list[str]] = {name: [] for name in entering}
        sources: list[str] = []  # of one text each
        several: list[str] = []  # of a text for each item
        for _ in range(self.chance.randint(2, 5)):
            self._add(depth, nodes, edges, sources, several)
        for name in entering:
            self._operator(self.chance.choice(["need", "any"]), nodes, edges, [], [])
            inputs[name].append(f"{nodes[-1]['id']}.a")
            sources.append(f"{nodes[-1]['id']}.out")
        self._operator("join", nodes, edges, sources, several, all_of_them=True)
        return {"nodes": nodes, "edges": edges, "inputs": inputs, "outputs": {"out": f"{nodes[-1]['id']}.out"}}

    def _add(self, depth: int, nodes: list[Json], edges: list[Json], sources: list[str], several: list[str]) -> None:
        kinds = ["any", "need", "join", "branch"] + (["flow", "loop", "map", "each", "by"] if depth else [])
        kind = self.chance.choice(kinds) if sources else "any"
        if kind in INPUTS:
            self._operator(kind, nodes, edges, sources, several)
        elif kind == "branch":
            id = self._id("branch")
            cases = [{"port": "yes", "when": {"length": {"minimum": self.chance.randint(1, 60)}}}, {"port": "no"}]
            nodes.append({"id": id, "kind": "branch", "cases": cases})
            edges.append({"from": self.chance.choice(sources), "to": f"{id}.value"})
            sources += [f"{id}.yes", f"{id}.no"]
            if self.chance.random() < 0.5:  # the cases meet again in one input
                self._operator("need", nodes, edges, [f"{id}.yes"], [])
                one = nodes[-1]["id"]
                self._operator("need", nodes, edges, [f"{one}.out"], [])
                edges.append({"from": f"{id}.no", "to": f"{nodes[-1]['id']}.a"})
                sources += [f"{one}.out", f"{nodes[-1]['id']}.out"]
        else:
            self._around(kind, depth, nodes, edges, sources, several)

    def _around(
        self, kind: str, depth: int, nodes: list[Json], edges: list[Json], sources: list[str], several: list[str]
    ) -> None:
        id, more = self._id(kind), Json()
        table = kind == "by"
        body = self.document(depth - 1, ["x"])
        if kind == "loop":
            body["outputs"] = {"x": body["outputs"]["out"]}
            more = {"times": self.chance.randint(1, 4)}
            if self.chance.random() < 0.7:
                more["until"] = {"output": "x", "when": {"length": {"minimum": self.chance.randint(10, 200)}}}
        elif kind != "flow":
            more = {"parallel": self.chance.choice([None, 1, 2])}
        if kind == "map":
            body["params"] = {"say": {"type": "string"}}
            for node in body["nodes"]:
                if "operator" in node:
                    node["params"] = {"say": {"$param": "say"}}
            more |= {"over": "say", "params": {"say": [f"s{n}" for n in range(self.chance.randint(1, 3))]}}
        elif kind == "each":
            more["over"] = "x"
        elif table:
            self._operator("read", body["nodes"], body["edges"], [], [])
            (into,) = body["inputs"].pop("x")
            body["inputs"] = {"x": [f"{body['nodes'][-1]['id']}.a"]}
            body["edges"].append({"from": f"{body['nodes'][-1]['id']}.out", "to": into})
            more |= {"over": "x", "by": "column"}
            self._operator("table", nodes, edges, sources, [])
            edges.append({"from": f"{nodes[-1]['id']}.out", "to": f"{id}.x"})
        if not table:
            count = self.chance.randint(1, min(3, len(sources))) if kind == "each" else 1
            edges += [{"from": source, "to": f"{id}.x"} for source in self.chance.sample(sources, count)]
        nodes.append({"id": id, "kind": "map" if kind in ("each", "by") else kind, "body": body, **more})
        out = f"{id}.{'x' if kind == 'loop' else 'out'}"
        (several if kind in ("map", "each", "by") else sources).append(out)

    def _operator(
        self,
        kind: str,
        nodes: list[Json],
        edges: list[Json],
        sources: list[str],
        several: list[str],
        *,
        all_of_them: bool = False,
    ) -> None:
        id = self._id(kind)
        nodes.append({"id": id, "operator": f"t.{kind}@1.0.0"})
        if kind == "join":
            pool = [*sources, *several]
            chosen = pool if all_of_them else self.chance.sample(pool, self.chance.randint(1, min(3, len(pool))))
            edges += [{"from": source, "to": f"{id}.many"} for source in chosen]
        elif sources:
            for port in INPUTS[kind]:
                if port.get("required", True) or self.chance.random() < 0.5:
                    edges.append({"from": self.chance.choice(sources), "to": f"{id}.{port['name']}"})
        if kind not in ("table", "read") and not all_of_them:
            sources.append(f"{id}.out")

    def _id(self, kind: str) -> str:
        self.made += 1
        return f"{kind}{self.made}"


@dataclass
class Oracle:
    """Runs a document serially. `done`: key of a task -> what it made, of operators."""

    done: dict[str, str] = field(default_factory=dict)

    def run(
        self, document: Json, prefix: str = "", index: str = "", entering: Mapping[str, list[str]] | None = None
    ) -> dict[str, list[str]]:
        """Output port -> what it hands on: nothing, one text, or those of a map's items."""
        values: dict[str, list[str]] = {}
        for node in _in_order(document):
            feeds: dict[str, list[list[str]]] = {}
            for edge in document["edges"]:
                id, _, port = edge["to"].partition(".")
                if id == node["id"]:
                    feeds.setdefault(port, []).append(values.get(edge["from"], []))
            for name, refs in document.get("inputs", {}).items():
                for ref in refs:
                    if ref.startswith(f"{node['id']}."):
                        feeds.setdefault(ref.partition(".")[2], []).append((entering or {}).get(name, []))
            for port, made in self._node(node, prefix, index, feeds).items():
                values[f"{node['id']}.{port}"] = made
        return {port: values.get(ref, []) for port, ref in document.get("outputs", {}).items()}

    def _node(self, node: Json, prefix: str, index: str, feeds: Mapping[str, list[list[str]]]) -> dict[str, list[str]]:
        flat = {port: [text for texts in lists for text in texts] for port, lists in feeds.items()}
        kind, path = node.get("kind", "operator"), f"{prefix}{node['id']}"
        if kind == "operator":
            return self._operator(node, path, index, flat)
        if kind == "branch":
            case = next(
                (c["port"] for text in flat["value"] for c in node["cases"] if _fits(c.get("when"), text)), None
            )
            return {case: flat["value"]} if case else {}
        body = node["body"]
        needed = _needed(body, "x")
        one = kind != "map" or "by" in node or node["over"] == "say"
        if one and needed and not flat["x"]:
            return {}
        if kind == "flow":
            return self.run(body, f"{path}/", index, flat)
        if kind == "loop":
            return self._loop(node, path, index, flat)
        items: list[tuple[Json, dict[str, list[str]]]]
        if "by" in node:
            items = [(body, {"x": [item]}) for item in divided(flat["x"][0])]
        elif node["over"] == "say":
            items = [(_saying(body, say), flat) for say in node["params"]["say"]]
        else:
            items = [(body, {"x": texts}) for texts in feeds["x"]]
        made: list[str] = []
        for number, (inner, entering) in enumerate(items):
            if node["over"] == "say" or entering["x"]:  # what is not there is no item
                made += self.run(inner, f"{path}/", _deeper(index, number), entering)["out"]
        return {"out": made}

    def _loop(self, node: Json, path: str, index: str, entering: dict[str, list[str]]) -> dict[str, list[str]]:
        last: list[str] = []
        for number in range(node["times"]):
            made = self.run(node["body"], f"{path}/", _deeper(index, number), entering)["x"]
            last = made or last if "until" in node else made
            if "until" in node and (not made or _fits(node["until"]["when"], made[0])):
                break
            entering = {"x": made}
            if not made and _needed(node["body"], "x"):
                break
        return {"x": last}

    def _operator(self, node: Json, path: str, index: str, flat: Mapping[str, list[str]]) -> dict[str, list[str]]:
        ports = INPUTS[node["operator"].partition("@")[0].removeprefix("t.")]
        if any(port.get("required", True) and not flat.get(port["name"]) for port in ports):
            return {}
        made = text_of(node["id"], node.get("params", {}).get("say", ""), flat)
        self.done[f"{path}[{index}]" if index else path] = made
        return {"out": [made]}


def text_of(id: str, say: str, inputs: Mapping[str, Sequence[str]]) -> str:
    """What an operator makes of its inputs; of very long ones the beginning and a digest."""
    brought = ";".join(f"{port}={','.join(inputs[port])}" for port in sorted(inputs) if inputs[port])
    if len(brought) > 200:
        brought = f"{brought[: 100 + len(brought) % 50]}~{sha256(brought.encode()).hexdigest()[:12]}"
    return f"{id}{say}({brought})"


def divided(table: str) -> list[str]:
    """The items of a table."""
    return [f"{table}/{number}" for number in range(len(table) % 4)]


def work(engine: Engine, chance: random.Random) -> None:
    """Claim and commit in several hands until nothing is left; some die on the way and others take over."""
    held: list[Claim] = []
    while True:
        claim = engine.claim("train", "w") if len(held) < 2 else None
        if claim is not None:
            held.append(claim)
        elif not held:
            return
        if claim is None or chance.random() < 0.5:
            ended = held.pop(chance.randrange(len(held)))
            if chance.random() < 0.1:
                engine.hand_back(ended)
            else:
                engine.commit(ended, Result(_outputs(ended)), "w")


def _outputs(claim: Claim) -> dict[str, str]:
    task = claim.task
    if task.operator in CONTROL:
        return decide(claim, cast(ArtifactStore, _Texts()))
    if task.operator == DIVIDE:
        items = divided(claim.inputs["table"][0])
        return {"items": "items", **{f"artifact/{number}": item for number, item in enumerate(items)}}
    assert task.operator != COLLECT
    return {"out": text_of(task.path.rpartition("/")[2], claim.params.get("say", ""), claim.inputs)}


class _Texts:
    """An artifact store in which the id of a text is the text."""

    def manifest(self, id: str) -> Any:
        return SimpleNamespace(type="text", meta={"length": len(id)})

    def load(self, id: str) -> str:
        return id


def _fits(when: Json | None, text: str) -> bool:
    return when is None or holds(when, {"length": len(text)})


def _needed(body: Json, name: str) -> bool:
    """Whether a node with this body needs its input, which feeds one node inside."""
    node, _, port = body["inputs"][name][0].partition(".")
    inner = next(each for each in body["nodes"] if each["id"] == node)
    ports = INPUTS[inner["operator"].partition("@")[0].removeprefix("t.")]
    return next(bool(each.get("required", True)) for each in ports if each["name"] == port)


def _saying(body: Json, say: str) -> Json:
    nodes = [{**node, "params": {"say": say}} if "operator" in node else node for node in body["nodes"]]
    return {**body, "nodes": nodes}


def _deeper(index: str, number: int) -> str:
    return f"{index}.{number}" if index else str(number)


def _in_order(document: Json) -> list[Json]:
    """Nodes after those that feed them."""
    waiting, ordered = list(document["nodes"]), list[Json]()
    while waiting:
        placed = {node["id"] for node in ordered}
        for node in waiting:
            above = {e["from"].partition(".")[0] for e in document["edges"] if e["to"].startswith(f"{node['id']}.")}
            if above <= placed:
                ordered.append(node)
                waiting.remove(node)
                break
    return ordered
