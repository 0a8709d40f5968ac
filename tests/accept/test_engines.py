"""One flow, on ten rows and on fifty million: `auto` takes it to the engine that can hold it.

`PATCHBAY_ACCEPT_ROWS`: another number of rows. `pytest -m accept -s tests/accept/test_engines.py` prints the times.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow.parquet as pq
import pytest

from tests.e2e.conftest import Desk, make_desk
from tests.processes import leaving_nothing_behind

pytestmark = [pytest.mark.accept, pytest.mark.timeout(3600)]

ROWS = int(os.environ.get("PATCHBAY_ACCEPT_ROWS", 50_000_000))
PART = 1_000_000
TOOLS = 10_000
FLOW = {
    "params": {"rows": {"type": "string"}, "tools": {"type": "string"}},
    "nodes": [
        {"id": "rows", "operator": "source.parquet@1.0.0", "params": {"path": {"$param": "rows"}}},
        {"id": "tools", "operator": "source.parquet@1.0.0", "params": {"path": {"$param": "tools"}}},
        {
            "id": "joined",
            "operator": "shape.join@1.0.0",
            "params": {"how": "inner", "left_on": ["tool"], "max_rows": 10 * ROWS},
        },
        {
            "id": "grouped",
            "operator": "shape.group_by@1.0.0",
            "params": {
                "keys": ["bay"],
                "aggregations": [{"column": "x0", "function": "sum", "name": "total"}, {"function": "rows"}],
            },
        },
    ],
    "edges": [
        {"from": "rows.table", "to": "joined.left"},
        {"from": "tools.table", "to": "joined.right"},
        {"from": "joined.table", "to": "grouped.table"},
    ],
}


def write_rows(file: Path, rows: int) -> float:
    """Ten columns of measurements; the sum of the first one."""
    generator = np.random.default_rng(0)
    total, writer = 0.0, None
    for begin in range(0, rows, PART):
        count = min(PART, rows - begin)
        columns = {f"x{n}": generator.integers(0, 10_000, count) / 8 for n in range(8)}
        part = {"id": np.arange(begin, begin + count), "tool": generator.integers(0, TOOLS, count), **columns}
        table = pl.DataFrame(part).to_arrow()
        writer = writer or pq.ParquetWriter(file, table.schema)
        writer.write_table(table)
        total += float(columns["x0"].sum())
    assert writer is not None
    writer.close()
    return total


def finished(desk: Desk, flow: Path, rows: Path, tools: Path) -> tuple[dict[str, Any], pl.DataFrame]:
    """The run, and what its last step made."""
    process = desk.start("run", str(flow), "--param", f"rows={rows}", "--param", f"tools={tools}", "--json")
    output, errors = process.communicate(timeout=3000)
    assert process.returncode == 0, output + errors
    result = json.loads(output)
    told = {key: result[key] for key in ("id", "state", "seconds") if key in result}
    engines = {task["path"]: (task.get("engine_choice") or {}).get("engine") for task in result["tasks"]}
    sys.stdout.write(json.dumps({"rows": rows.stem, "engines": engines, **told}) + "\n")
    grouped = next(task for task in result["tasks"] if task["path"] == "grouped")
    return {"engines": engines}, opened(desk, grouped["outputs"]["table"])


def opened(desk: Desk, artifact: str) -> pl.DataFrame:
    code = (
        "import sys; from patchbay_runners.artifacts import ArtifactStore;"
        "ArtifactStore(sys.argv[1]).load(sys.argv[2]).polars().write_parquet(sys.argv[3])"
    )
    target = desk.cwd / "grouped.parquet"
    subprocess.run(
        [sys.executable, "-c", code, str(desk.home / "artifacts"), artifact, str(target)],
        env=desk.environment,
        check=True,
    )
    return pl.read_parquet(target)


def test_the_same_flow_on_ten_rows_and_on_fifty_million(tmp_path: Path) -> None:
    tools = tmp_path / "tools.parquet"
    pl.DataFrame({"tool": range(TOOLS), "bay": [f"bay {n % 100}" for n in range(TOOLS)]}).write_parquet(tools)
    desk = make_desk(tmp_path)
    desk = replace(desk, environment=desk.environment | {"PATCHBAY_POOL_TRAIN": "workers=1 drivers=1 cpu=2 memory=4Gi"})
    flow = desk.flow(FLOW)
    with leaving_nothing_behind():
        for count, engine in ((10, "local"), (ROWS, "spark")):
            rows = tmp_path / f"{count}.parquet"
            total = write_rows(rows, count)
            run, grouped = finished(desk, flow, rows, tools)
            assert run["engines"]["joined"] == engine
            assert grouped["rows"].sum() == count
            assert grouped["total"].sum() == pytest.approx(total)
