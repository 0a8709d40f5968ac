"""A driver that tunes on Ray, to be killed: ``python -m ... FOLDER TRIALS``; prints a JSON line per trial."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import polars as pl
import ray

from patchbay_sdk import Cancelled, Context, Table, find_operator


def say(kind: str, data: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps({"kind": kind, **data}, default=str) + "\n")
    sys.stdout.flush()


def main() -> None:
    folder, trials = Path(sys.argv[1]), int(sys.argv[2])
    ray.init(os.environ["RAY_ADDRESS"], namespace="patchbay-driver", log_to_driver=False, configure_logging=False)
    told_to_end = []

    def terminated(number: int, frame: object) -> None:  # as the task process does
        told_to_end.append(number)
        raise Cancelled("The run was cancelled.")

    signal.signal(signal.SIGTERM, terminated)
    context = Context(temp_dir=folder / "temp", seed=5, emit=say, cancelled=lambda: bool(told_to_end))
    context.checkpoint_dir = folder  # type: ignore[attr-defined]
    context.temp_dir.mkdir(exist_ok=True)
    rows = range(200)
    labels = ["a" if row * 7 % 31 + row % 5 > 15 else "b" for row in rows]
    table = pl.DataFrame({"x": [row * 7 % 31 for row in rows], "y": labels})
    operator = find_operator("model.tune@1.0.0")
    given = {
        "operator": "model.random_forest@1.0.0", "target": "y", "trials": trials, "folds": 2,
        "params": {"trees": 20}, "search": ["max_depth", "min_samples_leaf"], "early_stop": False,
    }  # fmt: skip
    try:
        outputs = operator.operator_run(context, "ray", {"table": Table(table)}, operator.spec.fill_params(given))
    except Cancelled:
        say("cancelled", {})
        return
    say("trials", {"rows": outputs["trials"].polars().to_dicts()})


if __name__ == "__main__":
    main()
