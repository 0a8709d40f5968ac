"""What the supervisor and the task process say to each other: JSON lines over a pipe.

The supervisor (a worker) sends one `TaskRequest`; the task process answers `TaskEvent` lines, of which
the last is ``finished`` or ``failed``. Until then the supervisor may send a `Finish`. Plain data only: neither side
ever unpickles the other's bytes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from patchbay_sdk.errors import PatchbayError

PROTOCOL_VERSION = 4


class ProtocolMismatch(PatchbayError):
    """Task process and platform are of different versions."""

    code = "protocol_mismatch"


EventKind = Literal["progress", "log", "metric", "finished", "failed"]


@dataclass(frozen=True, slots=True)
class TaskRequest:
    """One attempt of one task, complete: the task process needs nothing else."""

    run_id: str
    node_path: str
    index: str
    """Position in maps and loops, ``"2.0"``; empty outside of them."""
    attempt: int
    token: str
    """The fencing token of this attempt; also the name of its staging folder."""
    operator: str
    """``id@version``."""
    implementation: str
    """``module:Class``."""
    spec_path: str
    """File of the operator's spec."""
    params: dict[str, Any]
    """Visible params with defaults filled in, flow params already substituted."""
    inputs: dict[str, list[str]]
    """Input port -> artifact ids (one, or several for a ``many`` port)."""
    engine: str
    pool: str
    seed: int
    store: str
    """URL or folder of the artifact store."""
    temp_dir: str
    """Folder for temporary files, emptied before each attempt. To use one again is quicker than to make a new one."""
    log_path: str
    """File to which everything that the task prints is appended; made when there is something to write."""
    data_roots: list[str]
    """Folders that source and export operators may touch."""
    secrets: dict[str, str] = field(default_factory=dict, repr=False)
    """Name -> value of the secrets that the params name."""
    home: dict[str, str | None] | None = None
    """Fields of the operator's `Home`, paths as text; None: its package is installed."""
    published: str | None = None
    """File that names the published operators, for transforms that they made; None: there are none."""
    confined: bool = False
    """Whether the process gives up, before the operator's code is imported, what a task does not need."""
    closed: list[str] = field(default_factory=list)
    """Folders and files of the platform that no param names, even if one lies in a data root; a confined task does not
    see them."""
    checkpoint_dir: str | None = None
    """Folder of the task that outlives this attempt; None: its operator keeps nothing."""
    protocol: int = PROTOCOL_VERSION

    def to_line(self) -> str:
        """The request as one line of JSON, without its line end."""
        return _to_line({name: getattr(self, name) for name in self.__slots__})

    @classmethod
    def from_line(cls, line: str | bytes) -> TaskRequest:
        """Raises ProtocolMismatch when the line was written by another version of the platform."""
        raw = json.loads(line)
        if raw["protocol"] != PROTOCOL_VERSION:
            raise ProtocolMismatch(
                f"The task process speaks protocol {PROTOCOL_VERSION}, the platform {raw['protocol']}: "
                "install the same version of patchbay on both sides."
            )
        return cls(**raw)


@dataclass(frozen=True, slots=True)
class Finish:
    """Asks an attempt for the best result so far. `token`: of the attempt; another one takes no notice."""

    token: str

    def to_line(self) -> str:
        """As one line of JSON, without its line end."""
        return _to_line({"finish": self.token})

    @classmethod
    def from_line(cls, line: str | bytes) -> Finish | None:
        """None: the line is something else."""
        raw = json.loads(line)
        return cls(raw["finish"]) if "finish" in raw else None


@dataclass(frozen=True, slots=True)
class TaskEvent:
    """One line from the task process.

    ``data`` by kind:

    - ``progress`` {"fraction": 0..1, "message"}; ``log`` {"level", "message"}; ``metric`` {"name", "value", "step"}
    - ``finished`` {"outputs": {port: artifact id}, "artifacts": {name: id of an extra artifact},
      "metrics": {port: {name: number}} of the outputs of type metrics, "rows": {port: n} of the tables}
    - ``failed`` {"error": {"code", "message", "details": {...}, "traceback", "user"}}; `user`: the message is meant
      for people; otherwise the traceback says more
    """

    kind: EventKind
    data: dict[str, Any] = field(default_factory=dict)

    def to_line(self) -> str:
        """The event as one line of JSON, without its line end."""
        return _to_line({"kind": self.kind, "data": self.data})

    @classmethod
    def from_line(cls, line: str | bytes) -> TaskEvent:
        """The inverse of `to_line`; ValueError, TypeError, KeyError or RecursionError: the line is no event."""
        raw = json.loads(line)
        if raw["kind"] not in get_args(EventKind) or not isinstance(raw["data"], dict):
            raise ValueError(f"There is no event {raw['kind']!r}.")
        return cls(raw["kind"], raw["data"])


def _to_line(message: dict[str, Any]) -> str:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))
