"""What an engine's processes get: operators, steps and tables, pickled by the engine itself."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

import polars as pl

from patchbay_sdk import Table, find_operator
from patchbay_sdk.testing import run_operator


def test_a_prepared_table_and_its_steps_work_in_another_process(tmp_path: Path) -> None:
    scale = find_operator("feature.scale@1.0.0")
    table = Table(pl.DataFrame({"x": [1.0, 2.0, None], "t": ["a", None, "晶圆"]}))
    outputs, _ = run_operator(scale.spec, {"table": table}, {"columns": ["x"]}, tmp_path)
    (tmp_path / "parcel").write_bytes(pickle.dumps((scale, outputs["table"], outputs["fitted"], table)))
    program = (
        "import pickle, sys\n"
        "from patchbay_sdk.registry import plugin_manager\n"
        "scale, prepared, step, table = pickle.load(open(sys.argv[1], 'rb'))\n"
        "assert plugin_manager().get_plugin('feature.scale@1.0.0') is scale\n"
        "assert step.apply(table).polars().equals(prepared.polars())\n"
        "assert [each.operator for each in prepared.lineage] == ['feature.scale@1.0.0']\n"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path / "parcel")], check=True)


def test_here_the_operator_is_the_one_that_is_loaded() -> None:
    scale = find_operator("feature.scale@1.0.0")
    assert pickle.loads(pickle.dumps(scale)) is scale
    assert pickle.loads(pickle.dumps(scale.spec)).key == scale.spec.key
