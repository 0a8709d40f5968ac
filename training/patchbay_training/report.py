"""What happens in a training, as JSON lines that outlive its workers, and as curves."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from patchbay_sdk import Chart

Line = Mapping[str, Any]
"""``{"step", "kind": "started" | "training" | "evaluation", <name>: <number>, ...}``"""


class Reports:
    """Appends lines; only rank 0 has one. A resumed training does steps again: a line says from which one on."""

    def __init__(self, path: Path, start: int = 0) -> None:
        self._file = path.open("a+b", buffering=0)
        self._file.truncate(_complete(path.read_bytes()))  # a killed worker may have left half a line
        self.write("started", start, {})

    def write(self, kind: str, step: int, values: Mapping[str, float]) -> None:
        """Append one line, at once."""
        self._file.write(json.dumps({"kind": kind, "step": step, **values}).encode() + b"\n")

    def close(self) -> None:
        """No more lines."""
        self._file.close()


def _complete(content: bytes) -> int:
    """Bytes up to the end of the last complete line."""
    return content.rfind(b"\n") + 1


def read_reports(path: Path) -> list[Line]:
    """What has happened, each step once: without lines of steps that were done again, or that are not complete."""
    lines: list[Line] = []
    for line in Follower(path).new():
        if line["kind"] == "started":
            lines = [before for before in lines if before["step"] <= line["step"]]
        else:
            lines.append(line)
    return lines


class Follower:
    """Reads lines as they are written by somebody else; `place`: the byte from which on they are new."""

    def __init__(self, path: Path, place: int = 0) -> None:
        self.path = path
        self._place = place

    @classmethod
    def of_what_comes(cls, path: Path) -> Follower:
        """Without what an earlier attempt has written."""
        return cls(path, _complete(path.read_bytes()) if path.exists() else 0)

    def new(self) -> Iterator[Line]:
        """Complete lines that have come since the last call."""
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            file.seek(self._place)
            content = file.read()
        complete = content[: _complete(content)]
        self._place += len(complete)
        for line in complete.splitlines():
            yield json.loads(line)


def curves(lines: Sequence[Line]) -> Chart:
    """Loss on training and validation rows, and the learning rate, over the steps."""
    series = []
    for kind, value, name in (
        ("training", "loss", "training loss"),
        ("evaluation", "loss", "validation loss"),
        ("training", "learning_rate", "learning rate"),
    ):
        points = [(line["step"], line[value]) for line in lines if line["kind"] == kind and value in line]
        finite = [(step, number) for step, number in points if math.isfinite(number)]
        series.append({"name": name, "x": [step for step, _ in finite], "y": [number for _, number in finite]})
    return Chart("line", "Training", [each for each in series if each["x"]], x_label="step", y_label="loss")
