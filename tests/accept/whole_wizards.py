"""Wizards on the shared datasets, from the file as it was published to the report, as an expert who clicks would."""

from __future__ import annotations

import gzip
import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.datasets import dataset
from tests.guided import Expert, Made

MINUTES = float(os.environ.get("PATCHBAY_WIZARD_MINUTES", "9"))
"""Filled in as the minutes to spend. Reading, checking, predicting and reporting have what is left of LIMIT."""
LIMIT = 600
"""Seconds that the whole may take."""
CLICKS = 10
"""More would not be a careful expert's."""


@dataclass(frozen=True)
class Guide:
    """What somebody does in a wizard.

    `file`: gives what is uploaded, as a file called `file_name`. `choices`: in how it is read. `values`: filled in.
    `fixes`: codes of the findings whose fixes are clicked. `left`: of those that stop or warn, could be mended, and are
    left as they are on purpose; there are no others.
    """

    wizard: str
    file_name: str
    file: Callable[[], bytes]
    values: Mapping[str, Any]
    choices: Mapping[str, Any] = field(default_factory=dict)
    fixes: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


def unpacked(name: str) -> bytes:
    """A file of the datasets, without its packing."""
    data = dataset(name).read_bytes()
    return gzip.decompress(data) if name.endswith(".gz") else data


def go_through(ann: Expert, guide: Guide) -> tuple[Made, float]:
    """What the main run has made, and the seconds from the file to the report."""
    data = guide.file()
    begin = time.monotonic()
    name = ann.upload(guide.file_name, data, **guide.choices)
    guided = ann.start(guide.wizard, dataset=name, minutes=MINUTES, **guide.values)
    found, clicked = guided.check(), []
    while finding := next((each for each in found if each["fix"] and each["code"] in guide.fixes), None):
        guided.click(finding)
        clicked.append(finding["code"])
        assert len(clicked) <= CLICKS, clicked
        found = guided.check()
    assert set(clicked) == set(guide.fixes)
    left = {each["code"] for each in found if each["fix"] and each["severity"] in ("stop", "warn")}
    assert left == set(guide.left)
    made = guided.result()
    return made, time.monotonic() - begin


def tell(name: str, seconds: float, **figures: Any) -> None:
    """Print figures as a JSON line; `seconds`: what the whole wizard took."""
    rounded = {key: round(value, 4) if isinstance(value, float) else value for key, value in figures.items()}
    line = {"dataset": name, "minutes": MINUTES, "seconds": round(seconds), **rounded}
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    assert seconds <= LIMIT
