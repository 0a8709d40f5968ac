"""The flow document: what docs/flow-document.md describes, as frozen objects.

Values inside (params, defaults, conditions) are shared with the JSON that was parsed: treat them as read-only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import Enum
from typing import Any, Literal, get_args

from patchbay_server.graph.canonical import digest_of

NodeKind = Literal["operator", "branch", "map", "loop", "flow", "approval"]
NODE_KINDS: tuple[NodeKind, ...] = get_args(NodeKind)
FailurePolicy = Literal["stop", "continue"]
"""What a map does when an item fails: give up the others, or go on and make do with those that succeed."""
Text = str | Mapping[str, str] | None
"""A text, one text per language, or none."""


class Unset(Enum):
    """Stands for a default that is not there, where null would be a value."""

    UNSET = "unset"


UNSET = Unset.UNSET


@dataclass(frozen=True, slots=True)
class FlowParam:
    """A value that a flow asks for; `type`: string, integer, number, boolean, array or object."""

    type: str
    default: Any = UNSET
    description: Text = None
    title: Text = None


@dataclass(frozen=True, slots=True)
class PortRef:
    """A port of a node of the same document, written ``node.port``."""

    node: str
    port: str

    def __str__(self) -> str:
        return f"{self.node}.{self.port}"

    @classmethod
    def of(cls, text: str) -> PortRef:
        """The port that ``node.port`` names."""
        node, _, port = text.partition(".")
        return cls(node, port)


@dataclass(frozen=True, slots=True)
class Edge:
    """From an output port to an input port."""

    source: PortRef
    target: PortRef

    def __str__(self) -> str:
        return f"{self.source} -> {self.target}"


@dataclass(frozen=True, slots=True)
class NodeSettings:
    """How a node runs. `retry_delay` and `timeout` in seconds; a null pool means the operator's own.

    `load_test`: in a mixed pool it has the part that is for load tests alone.
    """

    engine: str = "auto"
    pool: str | None = None
    retries: int = 0
    retry_delay: float = 1.0
    timeout: float | None = None
    cache: bool = True
    seed: int | None = None
    priority: int = 0
    load_test: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """A way out of a branch: taken when every field of the value fits its JSON Schema; no `when`: otherwise."""

    port: str
    when: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Until:
    """A loop ends early once the value of this output of its body fits `when`."""

    output: str
    when: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Node:
    """A step of a flow. `operator` (``id@version``) for operators only; `body` and on: for control flow only."""

    id: str
    kind: NodeKind = "operator"
    operator: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    settings: NodeSettings = NodeSettings()
    title: Text = None
    position: tuple[float, float] | None = None
    body: FlowDocument | None = None
    over: str | None = None
    """The input or param of a map's body that takes one item after the other."""
    by: str | None = None
    """The column of the table `over` whose values are the items."""
    parallel: int | None = None
    """So many items of a map at once; None: all."""
    on_failure: FailurePolicy = "stop"
    times: int | None = None
    until: Until | None = None
    cases: tuple[Case, ...] = ()


NoteKind = Literal["comment", "group"]


@dataclass(frozen=True, slots=True)
class Note:
    """A comment on the canvas, or a frame around nodes: for people only, nothing is ever done with it."""

    id: str
    text: str
    position: tuple[float, float]
    size: tuple[float, float]
    kind: NoteKind = "comment"


WizardView = Literal["data", "form", "check", "run", "result"]


@dataclass(frozen=True, slots=True)
class WizardStep:
    """A page of a wizard. `params`: flow params that it asks for. `node`: whose outputs it shows."""

    id: str
    view: WizardView
    title: Text = None
    help: Text = None
    params: tuple[str, ...] = ()
    node: str | None = None


@dataclass(frozen=True, slots=True)
class ParamFix:
    """Flow params that a click has set because of the finding `code`. `before`: their values then, `after`: since.

    A param that is not in `before` had no value.
    """

    id: str
    code: str
    label: Text
    before: Mapping[str, Any]
    after: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Wizard:
    """How a flow is shown to somebody who is led through it; nothing that is executed or cached knows of it.

    `published`: others can start from it. `template`: name of the wizard that made this flow. `flow_title`: what a flow
    that it makes is called once its params in braces are filled in. `fixes`: what a click has set, the latest last.
    """

    kind: str
    steps: tuple[WizardStep, ...]
    icon: str | None = None
    description: Text = None
    published: bool = False
    template: str | None = None
    flow_title: Text = None
    fixes: tuple[ParamFix, ...] = ()


@dataclass(frozen=True, slots=True)
class FlowDocument:
    """A flow, or the body of a map, loop or flow node; only bodies have `inputs` and `outputs`."""

    name: str = ""
    title: Text = None
    params: Mapping[str, FlowParam] = field(default_factory=dict)
    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()
    notes: tuple[Note, ...] = ()
    inputs: Mapping[str, tuple[PortRef, ...]] = field(default_factory=dict)
    """Input port of the outer node -> input ports inside that it feeds."""
    outputs: Mapping[str, PortRef] = field(default_factory=dict)
    """Output port of the outer node -> the output port inside that it shows."""
    wizard: Wizard | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain JSON that `parse` reads back to an equal document; fields equal to their default are left out."""
        wizard = {} if self.wizard is None else {"wizard": _wizard_json(self.wizard)}
        return {"format": 1, "name": self.name, **_title(self.title), **wizard, **_graph_json(self)}

    def digest(self) -> str:
        """BLAKE3 of the whole canonical JSON, positions and titles included: the identity of a revision."""
        return digest_of(self.to_json())


def walk(document: FlowDocument, outer: str = "") -> Iterator[tuple[str, Node]]:
    """Every node with its path, those of bodies included, a body after the node that holds it."""
    for node in document.nodes:
        path = f"{outer}/{node.id}" if outer else node.id
        yield path, node
        if node.body is not None:
            yield from walk(node.body, path)


def _graph_json(document: FlowDocument) -> dict[str, Any]:
    json: dict[str, Any] = {}
    if document.params:
        json["params"] = {name: _param_json(param) for name, param in document.params.items()}
    json["nodes"] = [_node_json(node) for node in document.nodes]
    json["edges"] = [{"from": str(edge.source), "to": str(edge.target)} for edge in document.edges]
    if document.notes:
        json["notes"] = [_note_json(note) for note in document.notes]
    if document.inputs:
        json["inputs"] = {port: [str(ref) for ref in refs] for port, refs in document.inputs.items()}
    if document.outputs:
        json["outputs"] = {port: str(ref) for port, ref in document.outputs.items()}
    return json


def _param_json(param: FlowParam) -> dict[str, Any]:
    json: dict[str, Any] = {"type": param.type}
    if param.default is not UNSET:
        json["default"] = param.default
    if param.description is not None:
        json["description"] = param.description
    return json | _title(param.title)


def _wizard_json(wizard: Wizard) -> dict[str, Any]:
    json: dict[str, Any] = {"kind": wizard.kind, "steps": [_step_json(step) for step in wizard.steps]}
    for name in ("icon", "description", "published", "template", "flow_title"):
        if value := getattr(wizard, name):
            json[name] = value
    return json | ({"fixes": [asdict(fix) for fix in wizard.fixes]} if wizard.fixes else {})


def _step_json(step: WizardStep) -> dict[str, Any]:
    json: dict[str, Any] = {"id": step.id, "view": step.view}
    for name in ("title", "help", "node"):
        if (value := getattr(step, name)) is not None:
            json[name] = value
    return json | ({"params": list(step.params)} if step.params else {})


def _note_json(note: Note) -> dict[str, Any]:
    json: dict[str, Any] = {"id": note.id} if note.kind == "comment" else {"id": note.id, "kind": note.kind}
    return json | {"text": note.text, "position": list(note.position), "size": list(note.size)}


def _node_json(node: Node) -> dict[str, Any]:
    json: dict[str, Any] = {"id": node.id}
    if node.kind != "operator":
        json["kind"] = node.kind
    if node.operator is not None:
        json["operator"] = node.operator
    if node.params:
        json["params"] = dict(node.params)
    if node.settings != NodeSettings():
        json["settings"] = changed_settings(node.settings)
    json |= _title(node.title)
    if node.position is not None:
        json["position"] = list(node.position)
    if node.body is not None:
        json["body"] = _graph_json(node.body)
    for name in ("over", "by", "parallel", "times"):
        if (value := getattr(node, name)) is not None:
            json[name] = value
    if node.on_failure != "stop":
        json["on_failure"] = node.on_failure
    if node.until is not None:
        json["until"] = {"output": node.until.output, "when": node.until.when}
    if node.cases:
        json["cases"] = [{"port": c.port} if c.when is None else {"port": c.port, "when": c.when} for c in node.cases]
    return json


def changed_settings(settings: NodeSettings) -> dict[str, Any]:
    """The settings that differ from their defaults."""
    values = {f.name: getattr(settings, f.name) for f in fields(settings)}
    return {name: value for name, value in values.items() if value != getattr(NodeSettings(), name)}


def _title(title: Text) -> dict[str, Any]:
    return {} if title is None else {"title": title}
