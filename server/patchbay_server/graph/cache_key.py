"""When is a task's earlier result still right? Its cache key, and what changed when the key did."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from patchbay_server.graph.canonical import digest_of

ReasonKind = Literal[
    "first_run", "project", "operator", "version", "code", "param", "input", "source", "seed", "engine", "environment",
    "bypass", "lost",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class CacheParts:
    """All that a task's outputs depend on. Equal parts: equal outputs."""

    operator: str
    """``id@version``."""
    code: str
    """Digest of the operator's code."""
    params: Mapping[str, Any] = field(default_factory=dict)
    inputs: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Input port -> artifact ids, in the order of the edges."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """Param that names a file or dataset -> fingerprint of its content."""
    seed: int = 0
    engine: str = "local"
    """The engine that runs it, never ``auto``."""
    environment: str = ""
    """Digest of the locked environment."""
    project: str = ""
    """Results are shared within one project only."""

    def to_json(self) -> dict[str, Any]:
        """Plain JSON that `from_json` reads back."""
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> CacheParts:
        """The inverse of `to_json`."""
        return cls(**raw)


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that made a task run again. `name`: the param, input or source that it is about, if any."""

    kind: ReasonKind
    name: str | None = None
    old: Any = None
    new: Any = None

    def text(self) -> str:
        """One line in English, such as ``strategy: mean -> median``."""
        match self.kind:
            case "first_run":
                return "first run"
            case "code":
                return "the operator's code changed"
            case "environment":
                return "the operator's environment changed"
            case "project":
                return "first run in this project"
            case "input":
                return f"input {self.name}: other data than before"
            case "source":
                return f"{self.name}: the content of the source changed"
            case "bypass":
                return f"cache switched off for this {self.name}"
            case "lost":
                return f"its stored result {self.name} is gone"
            case "param":
                return f"{self.name}: {_show(self.old)} -> {_show(self.new)}"
            case _:
                return f"{self.kind}: {_show(self.old)} -> {_show(self.new)}"

    def to_json(self) -> dict[str, Any]:
        """All fields and the text, as plain JSON."""
        return {"kind": self.kind, "name": self.name, "old": self.old, "new": self.new, "text": self.text()}

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Reason:
        """The inverse of `to_json`."""
        return cls(raw["kind"], raw["name"], raw["old"], raw["new"])


def cache_key(parts: CacheParts) -> str:
    """BLAKE3 of the canonical JSON of the parts, 64 hex digits. Raises ValueError or TypeError for params not JSON."""
    return digest_of(parts.to_json())


def explain(
    previous: CacheParts | None, current: CacheParts, bypass: Literal["node", "run"] | None = None
) -> list[Reason]:
    """Why a task runs although it ran before with `previous` (None: it never did). Empty: nothing changed.

    `bypass`: the cache is switched off by the node's settings, or for the whole run.
    """
    reasons = [] if bypass is None else [Reason("bypass", bypass)]
    if previous is None:
        return [*reasons, Reason("first_run")]
    reasons += _operator_reasons(previous, current)
    reasons += _differences("param", previous.params, current.params)
    reasons += _differences("input", _lists(previous.inputs), _lists(current.inputs))
    reasons += _differences("source", previous.sources, current.sources)
    kinds: tuple[ReasonKind, ...] = ("seed", "engine", "environment", "project")
    for kind in kinds:
        old, new = getattr(previous, kind), getattr(current, kind)
        if old != new:
            reasons.append(Reason(kind, None, old, new))
    return reasons


def _operator_reasons(previous: CacheParts, current: CacheParts) -> list[Reason]:
    """Another operator or version brings other code: only the code of the same version is a reason of its own."""
    old_id, _, old_version = previous.operator.partition("@")
    new_id, _, new_version = current.operator.partition("@")
    if old_id != new_id:
        return [Reason("operator", None, previous.operator, current.operator)]
    if old_version != new_version:
        return [Reason("version", None, old_version, new_version)]
    return [Reason("code", None, previous.code, current.code)] if previous.code != current.code else []


def _differences(kind: ReasonKind, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Reason]:
    names = dict.fromkeys([*old, *new])
    return [Reason(kind, name, old.get(name), new.get(name)) for name in names if _differ(old, new, name)]


def _differ(old: Mapping[str, Any], new: Mapping[str, Any], name: str) -> bool:
    return (name in old) != (name in new) or digest_of(old.get(name)) != digest_of(new.get(name))


def _lists(inputs: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    return {port: list(ids) for port, ids in inputs.items()}


def _show(value: Any) -> str:
    """A word as it is, anything else as JSON, not too long; what is not there as ``none``."""
    text = "none" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."
