"""The yield flow on SECOM against the same steps in one plain script.

The flow: on a running platform, from handing it over until it is done; everything executed anew, then again after
changing only the model. The script: a process of its own, as one starts it.
"""

from __future__ import annotations

import itertools
import json
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

import patchbay_server
from tests.bench.embedded import platform, run
from tests.bench.figure import in_turn, report
from tests.datasets import FOLDER

SCRIPT = Path(__file__).parent / "plain_yield.py"
FILE = FOLDER / "secom" / "secom.csv.gz"


def main() -> bool:
    """Medians of five rounds in turn."""
    if not FILE.is_file():
        sys.exit(f"The benchmark needs {FILE.name}; set PATCHBAY_TEST_DATA to the folder of datasets.")
    document = json.loads((Path(patchbay_server.__file__).parent / "flows" / "yield.json").read_text(encoding="utf-8"))
    values = {"file": str(FILE), "target": "fail", "time": "timestamp", "by": "timestamp"}
    strengths = itertools.count(1)
    work: list[float] = []

    def flow(**request: Any) -> None:
        run(opened, document, params=values, data_roots=[str(FILE.parent)], **request)

    def changed_model() -> None:
        train = next(node for node in document["nodes"] if node["id"] == "train")
        train["params"]["c"] = 0.1 + next(strengths) / 1000
        flow()

    def script() -> None:
        command = [sys.executable, str(SCRIPT), str(FILE), "fail", "timestamp"]
        work.append(float(subprocess.run(command, check=True, capture_output=True, text=True).stdout))

    with platform() as opened:
        flow()
        cold, again, plain = in_turn([lambda: flow(bypass_cache=True), changed_model, script], rounds=5)
    details = {"script_seconds": plain, "script_without_imports_seconds": statistics.median(work)}
    first = report("yield_flow_cold_against_script", bound=1.3, ratio=cold / plain, seconds=cold, **details)
    second = report("yield_flow_other_model_against_script", bound=0.5, ratio=again / plain, seconds=again, **details)
    return first and second
