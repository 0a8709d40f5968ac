"""What somebody has changed by hand in a flow that a wizard made, in the words of whoever is led through it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from patchbay_server.graph.diff import Change, diff
from patchbay_server.graph.document import FlowDocument, Node
from patchbay_server.services.wizards.fixes import without_fixes
from patchbay_server.services.wizards.texts import Texts, name_of

What = Literal["removed", "added", "renamed", "rewired", "version", "operator", "body", "params", "settings"]


@dataclass(frozen=True, slots=True)
class ChangedNode:
    """`node`: its id now, or before it was removed; None: the flow itself. `params` and `settings`: the wizard still
    fits; all others are changes of structure."""

    node: str | None
    what: What
    text: Texts


def changed(before: FlowDocument, after: FlowDocument) -> list[ChangedNode]:
    """What differs, without fixes, the values of flow params, names and positions."""
    old, new = without_fixes(before), without_fixes(after)
    found = diff(old, new)
    nodes = {node.id: node for node in (*old.nodes, *new.nodes)}
    told = [_told(nodes[id], "removed") for id in found.removed]
    told += [_told(nodes[id], "added") for id in found.added]
    told += [_told(nodes[id], "renamed", old_id) for old_id, id in found.renamed.items()]
    for node, what, detail in _of_fields(found.changes):
        told.append(_of_flow(detail) if node is None else _told(nodes[node], what, detail))
    both = {node.id for node in old.nodes} & {node.id for node in new.nodes} | set(found.renamed.values())
    ends = [edge for edge in (*found.edges_removed, *found.edges_added) if {edge.source.node, edge.target.node} <= both]
    told += [_told(nodes[id], "rewired") for id in dict.fromkeys(edge.target.node for edge in ends)]
    return told


def _of_fields(changes: tuple[Change, ...]) -> Iterator[tuple[str | None, What, str]]:
    """(node, what, detail) of each change of a field that matters."""
    for change in changes:
        word, _, name = change.field.partition(".")
        if change.node is None:
            if word == "params" and _type(change.old) != _type(change.new):
                yield None, "params", name
        elif word == "operator":
            before, after = str(change.old).partition("@"), str(change.new).partition("@")
            same = before[0] == after[0]
            yield change.node, "version" if same else "operator", after[2] if same else str(change.new)
        elif word in ("params", "settings"):
            yield change.node, "params" if word == "params" else "settings", name
        elif word != "title":
            yield change.node, "body", word


def _type(param: object) -> object:
    """A flow param's type; None: it is not there."""
    return param.get("type") if isinstance(param, dict) else None


def _told(node: Node, what: What, detail: str = "") -> ChangedNode:
    name, text = name_of(node), _TEXTS[what]
    return ChangedNode(
        node.id, what, {language: text[language].format(name=name[language], detail=detail) for language in text}
    )


def _of_flow(param: str) -> ChangedNode:
    text = {
        "en": f"The flow's param “{param}” is not what the wizard made.",
        "zh-CN": f"流程参数“{param}”已不是向导所建的样子。",
    }
    return ChangedNode(None, "params", text)


_TEXTS: dict[What, Texts] = {
    "removed": {"en": "The step “{name}” was taken out.", "zh-CN": "步骤“{name}”已被移除。"},
    "added": {"en": "The step “{name}” was added.", "zh-CN": "新增了步骤“{name}”。"},
    "renamed": {
        "en": "The step “{detail}” is now called “{name}”.",
        "zh-CN": "步骤“{detail}”现在名为“{name}”。",
    },
    "rewired": {
        "en": "The step “{name}” gets its data from elsewhere.",
        "zh-CN": "步骤“{name}”的数据来源已改变。",
    },
    "version": {
        "en": "The step “{name}” uses version {detail} of its operator.",
        "zh-CN": "步骤“{name}”改用了算子的 {detail} 版本。",
    },
    "operator": {
        "en": "The step “{name}” does something else now ({detail}).",
        "zh-CN": "步骤“{name}”改为执行其他操作（{detail}）。",
    },
    "body": {"en": "The inside of the step “{name}” was changed.", "zh-CN": "步骤“{name}”的内部已被修改。"},
    "params": {
        "en": "The step “{name}” has another value for “{detail}”.",
        "zh-CN": "步骤“{name}”的“{detail}”改用了其他值。",
    },
    "settings": {
        "en": "The step “{name}” runs with another setting of “{detail}”.",
        "zh-CN": "步骤“{name}”的运行设置“{detail}”已改变。",
    },
}
