"""Looking into a version: rows, statistics, distributions, files to take away. The table reader does the reading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from patchbay_server.services.datasets import datasets, versions
from patchbay_server.services.datasets.folders import datasets_folder
from patchbay_server.services.datasets.versions import data_file
from patchbay_server.services.errors import Invalid
from patchbay_server.services.platform import Platform
from patchbay_server.store.data import dataset_version
from patchbay_server.store.database import Transaction
from patchbay_server.table_reader import TableQuestionError

PARTS = 20
"""Parts of time, or groups, for which coverage is told."""


def rows(platform: Platform, project_id: int, name: str, number: int, **question: Any) -> dict[str, Any]:
    """A page of rows; `question`: what `TableReader.page` takes. Raises what `data_file` and the reader raise."""
    version = versions.find(platform, project_id, name, number)
    return platform.tables.page([data_file(platform, project_id, name, version)], format="parquet", **question)


def statistics(platform: Platform, project_id: int, name: str, number: int | None = None) -> list[dict[str, Any]]:
    """Figures of every column, computed once and kept; they stay when the rows have expired.

    `number`: the version, None: the newest. Raises what `data_file` and the table reader raise.
    """
    version = versions.find(platform, project_id, name, number)
    kept = versions.kept_statistics(platform, project_id, name, version.number)
    if kept is not None:
        return kept
    file = data_file(platform, project_id, name, version)
    found = platform.tables.statistics([file], format="parquet")
    known = datasets.find(platform, project_id, name)
    platform.database.transact(_keep, known.id, version.number, found)
    return found


def histogram(
    platform: Platform, project_id: int, name: str, number: int, column: str, *, bins: int = 20, by: str | None = None
) -> dict[str, Any]:
    """How a column's values are distributed, also per class of column `by`. Raises TableQuestionError and others."""
    version = versions.find(platform, project_id, name, number)
    return platform.tables.histogram(
        [data_file(platform, project_id, name, version)], column, bins, by, format="parquet"
    )


def target(platform: Platform, project_id: int, name: str, number: int, *, bins: int = 20) -> dict[str, Any]:
    """The distribution of the target that the dataset's meta names: counts and their shares of the known values.

    Raises:
        Invalid: the meta names none.
    """
    column = datasets.find(platform, project_id, name).meta.get("target")
    if column is None:
        raise Invalid(f"The meta of dataset {name!r} names no target.", field="meta.target", reason="no_target")
    found = histogram(platform, project_id, name, number, column, bins=bins)
    known = sum(found["counts"]) + found["other"]
    return found | {"rates": [count / known if known else 0.0 for count in found["counts"]]}


def coverage(
    platform: Platform, project_id: int, name: str, number: int, column: str, *, by: str | None = None
) -> list[dict[str, Any]]:
    """Share of rows with a value in `column`: per part of time, or per group of the column `by`.

    `by`: default is the time column of the dataset's meta, then its group column. A list of ``{"part", "rows",
    "present", "rate"}``; a part is a time at which it begins, or a
    group; null: the rows for which it is missing.

    Raises:
        Invalid: nothing is named to divide the rows by.
        TableQuestionError: there is no such column, or it has too many groups.
    """
    meta = datasets.find(platform, project_id, name).meta
    divider = by or meta.get("time_column") or meta.get("group_column")
    if divider is None:
        raise Invalid(
            "Name a column in `by`, or a time or group column in the dataset's meta.", field="by", reason="no_groups"
        )
    version = versions.find(platform, project_id, name, number)
    files = [data_file(platform, project_id, name, version)]
    found = []
    for part, where in _parts(platform, files, divider):
        counts = [
            platform.tables.page(files, format="parquet", limit=1, columns=[column], where=conditions)["matching"]
            for conditions in (where, [*where, {"column": column, "operator": "present", "value": None}])
        ]
        rows, present = counts
        found.append({"part": part, "rows": rows, "present": present, "rate": present / rows if rows else 0.0})
    return found


@contextmanager
def exported(
    platform: Platform, project_id: int, name: str, number: int, to: Literal["csv", "parquet"]
) -> Iterator[Path]:
    """A file with all rows, to be read within the context."""
    version = versions.find(platform, project_id, name, number)
    file = data_file(platform, project_id, name, version)
    if to == "parquet":
        yield file
        return
    folder = datasets_folder(platform.settings, project_id)
    with TemporaryDirectory(prefix=".export-", dir=folder) as temporary:
        target = Path(temporary) / f"{name}-{number}.csv"
        platform.tables.export([file], target, "csv", format="parquet")
        yield target


def _parts(platform: Platform, files: Sequence[Path], divider: str) -> Iterator[tuple[Any, list[Mapping[str, Any]]]]:
    """(what a part is called, the conditions that its rows meet)."""
    found = platform.tables.histogram(files, divider, PARTS, format="parquet")
    if found["missing"]:
        yield None, [{"column": divider, "operator": "missing", "value": None}]
    if found["edges"] is None:
        if found["other"]:
            raise TableQuestionError(f"Column {divider!r} has more than {PARTS} values: they are no groups.")
        for value in found["values"]:
            yield value, [{"column": divider, "operator": "=", "value": value}]
        return
    edges = found["edges"]
    last = len(edges) - 2
    for place, (low, high) in enumerate(pairwise(edges)):
        upper = "<=" if place == last else "<"
        yield (
            low,
            [
                {"column": divider, "operator": ">=", "value": low},
                {"column": divider, "operator": upper, "value": high},
            ],
        )


def _keep(transaction: Transaction, dataset_id: int, number: int, found: list[dict[str, Any]]) -> None:
    wanted = dataset_version.c.dataset_id == dataset_id, dataset_version.c.number == number
    transaction.core.execute(dataset_version.update().where(*wanted).values(statistics=found))
