"""What happens in a training, as JSON lines that outlive its workers, and as curves."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from patchbay_sdk import Chart

Line = Mapping[str, Any]
"""``{"step", "kind": "training" | "evaluation", <name>: <number>, ...}``"""


class Reports:
    """Appends lines; only rank 0 has one. Lines of steps that a resumed training does again are removed first."""

    def __init__(self, path: Path, resumed_at: int = 0, listen: Callable[[Line], None] | None = None) -> None:
        kept = [line for line in read_reports(path) if line["step"] <= resumed_at]
        path.write_text("".join(_text(line) for line in kept), encoding="utf-8")
        self._file = path.open("a", encoding="utf-8", buffering=1)
        self._listen = listen

    def write(self, kind: str, step: int, values: Mapping[str, float]) -> None:
        """Append one line, at once, and tell it to `listen`."""
        line = {"kind": kind, "step": step, **values}
        self._file.write(_text(line))
        if self._listen:
            self._listen(line)

    def close(self) -> None:
        """No more lines."""
        self._file.close()


def _text(line: Line) -> str:
    return json.dumps(line) + "\n"


def read_reports(path: Path) -> list[Line]:
    """All complete lines of a file; none when it is not there."""
    return list(Follower(path).new()) if path.exists() else []


class Follower:
    """Reads lines as they are written by another process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._place = 0

    def new(self) -> Iterator[Line]:
        """Complete lines that have come since the last call; from the start again when the file was cut."""
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            if file.seek(0, 2) < self._place:
                self._place = 0
            file.seek(self._place)
            content = file.read()
        complete = content[: content.rfind(b"\n") + 1]
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
