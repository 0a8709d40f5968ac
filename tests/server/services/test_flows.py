"""Checking a flow: columns of files are known before anything runs, but only of files that the run may read."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from patchbay_operators.export._datasets import save
from patchbay_sdk import Table
from patchbay_sdk.registry import installed_catalogue
from patchbay_server.graph.reader import parse
from patchbay_server.plugin_host import PluginHost
from patchbay_server.services import flows

FLOW = {
    "format": 1,
    "name": "prices",
    "params": {"file": {"type": "string", "default": "prices.csv"}},
    "nodes": [
        {"id": "read", "operator": "source.csv@1.0.0", "params": {"path": {"$param": "file"}}},
        {"id": "sort", "operator": "shape.filter_rows@1.0.0", "params": {"expression": "prise > 1"}},
    ],
    "edges": [{"from": "read.table", "to": "sort.table"}],
}


@pytest.fixture(scope="module")
def host() -> Iterator[PluginHost]:
    with PluginHost() as host:
        yield host


def problems(host: PluginHost, root: Path, **params: str) -> list[str]:
    checked = flows.check(parse(FLOW), params, installed_catalogue(), host.infer, [str(root)])
    return [problem.message for problem in checked.problems]


def test_a_column_that_a_file_lacks_is_named_before_the_run(host: PluginHost, tmp_path: Path) -> None:
    (tmp_path / "prices.csv").write_text("price,lot\n1,a\n")
    (found,) = problems(host, tmp_path)
    assert "Column 'prise' is not in the table; did you mean 'price'?" in found


def test_a_file_that_changed_is_looked_into_again(host: PluginHost, tmp_path: Path) -> None:
    (tmp_path / "prices.csv").write_text("price,lot\n1,a\n")
    assert problems(host, tmp_path)
    (tmp_path / "prices.csv").write_text("prise,lot\n1,a\n")
    assert problems(host, tmp_path) == []


def test_a_file_outside_of_the_data_folders_stays_unknown(host: PluginHost, tmp_path: Path) -> None:
    (tmp_path / "prices.csv").write_text("price,lot\n1,a\n")
    (tmp_path / "data").mkdir()
    for path in ("../prices.csv", str(tmp_path / "prices.csv"), "missing.csv"):
        assert problems(host, tmp_path / "data", file=path) == []


def test_the_columns_of_a_dataset_are_known_before_the_run(host: PluginHost, tmp_path: Path) -> None:
    nodes = [{"id": "read", "operator": "source.dataset@1.0.0", "params": {"name": "prices"}}, FLOW["nodes"][1]]
    document = parse({**FLOW, "nodes": nodes})

    def found() -> list[str]:
        checked = flows.check(document, {}, installed_catalogue(), host.infer, [str(tmp_path)])
        return [problem.message for problem in checked.problems]

    assert found() == []
    folder = tmp_path / "datasets" / "prices"
    save(folder, Table(pl.DataFrame({"price": [1.0]})))
    (told,) = found()
    assert "did you mean 'price'?" in told
    save(folder, Table(pl.DataFrame({"prise": [1.0]})))
    assert found() == []
