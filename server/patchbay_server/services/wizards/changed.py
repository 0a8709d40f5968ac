"""What somebody has changed by hand in a flow that a wizard made, in the words of whoever is led through it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from patchbay_sdk.registry import Catalogue
from patchbay_sdk.spec import LANGUAGES, OperatorSpec
from patchbay_server.graph.diff import Change, diff
from patchbay_server.graph.document import UNSET, FlowDocument, Node, NodeSettings
from patchbay_server.services.wizards.fixes import without_fixes
from patchbay_server.services.wizards.form import field_title, param_title, referenced
from patchbay_server.services.wizards.said import said
from patchbay_server.services.wizards.texts import Texts, in_all, name_of

What = Literal["removed", "added", "renamed", "rewired", "version", "operator", "body", "params", "settings"]


@dataclass(frozen=True, slots=True)
class ChangedNode:
    """`node`: its id now, or before it was removed; None: the flow itself. `params` and `settings`: the wizard still
    fits; all others are changes of structure."""

    node: str | None
    what: What
    text: Texts


def changed(before: FlowDocument, after: FlowDocument, catalogue: Catalogue) -> list[ChangedNode]:
    """What differs, without fixes, the values of flow params, names and positions."""
    old, new = without_fixes(before), without_fixes(after)
    found = diff(old, new)
    nodes = {node.id: node for node in (*old.nodes, *new.nodes)}
    told = [_told(nodes[id], "removed") for id in found.removed]
    told += [_told(nodes[id], "added") for id in found.added]
    told += [_told(nodes[id], "renamed", name=in_all(old_id)) for old_id, id in found.renamed.items()]
    for change in found.changes:
        told += _of_flow(change, old, new, catalogue) if change.node is None else _of_node(change, old, new, catalogue)
    both = {node.id for node in old.nodes} & {node.id for node in new.nodes} | set(found.renamed.values())
    ends = [edge for edge in (*found.edges_removed, *found.edges_added) if {edge.source.node, edge.target.node} <= both]
    told += [_told(nodes[id], "rewired") for id in dict.fromkeys(edge.target.node for edge in ends)]
    return told


def _of_flow(change: Change, old: FlowDocument, new: FlowDocument, catalogue: Catalogue) -> Iterator[ChangedNode]:
    """A flow param that is gone, new or of another type: what it holds is no change."""
    word, _, name = change.field.partition(".")
    if word == "params" and _type(change.old) != _type(change.new):
        title = param_title(old if name in old.params else new, catalogue, name)
        yield ChangedNode(None, "params", _filled(_FLOW_PARAM, name=title))


def _type(param: object) -> object:
    """A flow param's type; None: it is not there."""
    return param.get("type") if isinstance(param, dict) else None


def _of_node(change: Change, old: FlowDocument, new: FlowDocument, catalogue: Catalogue) -> Iterator[ChangedNode]:
    node = next(node for node in new.nodes if node.id == change.node)
    word, _, name = change.field.partition(".")
    if word == "operator":
        was, key = (str(value) for value in (change.old, change.new))
        if was.partition("@")[0] == key.partition("@")[0]:
            yield _told(node, "version", name=in_all(key.partition("@")[2]))
        else:
            spec = catalogue.get(key) if key in catalogue else None
            title = {language: spec.text("$t.title", language) for language in LANGUAGES} if spec else in_all(key)
            yield _told(node, "operator", name=title)
    elif word == "params":
        spec = catalogue.get(node.operator) if node.operator is not None and node.operator in catalogue else None
        yield _told(node, "params", **_param(change, name, spec, old, new, catalogue))
    elif word == "settings":
        title = _SETTINGS.get(name, in_all(name))
        usual = getattr(NodeSettings(), name, None)
        old_value, new_value = (said(usual if value is None else value) for value in (change.old, change.new))
        yield _told(node, "settings", name=title, old=old_value, new=new_value)
    elif word != "title":
        yield _told(node, "body", name=in_all(word))


def _param(
    change: Change, name: str, spec: OperatorSpec | None, old: FlowDocument, new: FlowDocument, catalogue: Catalogue
) -> dict[str, Texts]:
    """What a node's param is called, and what it was and is."""
    title = field_title(spec, name) if spec else in_all(name)
    usual = spec.params["properties"].get(name, {}).get("default") if spec else None
    values = []
    for value in (change.old, change.new):
        asked = referenced(value)
        holder = new if asked in new.params else old
        if asked is not None and asked in holder.params:
            held = holder.params[asked].default
            value = None if held is UNSET else held
            title = param_title(old if asked in old.params else new, catalogue, asked)
        values.append(said(usual if value is None else value, spec, name))
    return {"name": title, "old": values[0], "new": values[1]}


def _told(node: Node, what: What, **words: Texts) -> ChangedNode:
    return ChangedNode(node.id, what, _filled(_TEXTS[what], step=name_of(node), **words))


def _filled(text: Texts, **words: Texts) -> Texts:
    return {
        language: text[language].format(**{name: word[language] for name, word in words.items()}) for language in text
    }


_FLOW_PARAM: Texts = {
    "en": "What the flow asks for as “{name}” is not what the wizard made.",
    "zh-CN": "流程要求填写的“{name}”已不是向导所建的样子。",
}
_TEXTS: dict[What, Texts] = {
    "removed": {"en": "The step “{step}” was taken out.", "zh-CN": "步骤“{step}”已被移除。"},
    "added": {"en": "The step “{step}” was added.", "zh-CN": "新增了步骤“{step}”。"},
    "renamed": {
        "en": "The step “{name}” is now called “{step}”.",
        "zh-CN": "步骤“{name}”现在名为“{step}”。",
    },
    "rewired": {
        "en": "The step “{step}” gets its data from elsewhere.",
        "zh-CN": "步骤“{step}”的数据来源已改变。",
    },
    "version": {
        "en": "The step “{step}” uses version {name} of its operator.",
        "zh-CN": "步骤“{step}”改用了算子的 {name} 版本。",
    },
    "operator": {
        "en": "The step “{step}” does something else now ({name}).",
        "zh-CN": "步骤“{step}”改为执行其他操作（{name}）。",
    },
    "body": {"en": "The inside of the step “{step}” was changed.", "zh-CN": "步骤“{step}”的内部已被修改。"},
    "params": {
        "en": "“{name}” was changed in the step “{step}”: it was {old}, now it is {new}.",
        "zh-CN": "步骤“{step}”的“{name}”已被修改：原为 {old}，现为 {new}。",
    },
    "settings": {
        "en": "The step “{step}” runs with another setting of “{name}”: it was {old}, now it is {new}.",
        "zh-CN": "步骤“{step}”的运行设置“{name}”已改变：原为 {old}，现为 {new}。",
    },
}
_SETTINGS: dict[str, Texts] = {
    "engine": {"en": "Engine", "zh-CN": "引擎"},
    "pool": {"en": "Pool", "zh-CN": "资源池"},
    "retries": {"en": "Tries after a failure", "zh-CN": "失败后重试次数"},
    "retry_delay": {"en": "Pause before each", "zh-CN": "每次重试前等待"},
    "timeout": {"en": "Time limit", "zh-CN": "时限"},
    "cache": {"en": "Reuse earlier results", "zh-CN": "复用之前的结果"},
    "seed": {"en": "Seed", "zh-CN": "随机种子"},
    "priority": {"en": "Priority", "zh-CN": "优先级"},
    "load_test": {"en": "Load test", "zh-CN": "负载测试"},
}
