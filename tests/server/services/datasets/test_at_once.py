"""Many do the same at the same moment, on each database: one does it, the others are told."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import polars as pl

from patchbay_sdk.errors import PatchbayError
from patchbay_server.services.datasets import features, uploads
from patchbay_server.services.people import audit, projects
from patchbay_server.services.people.actor import COMMAND
from patchbay_server.services.people.audit import Filter
from patchbay_server.services.project_folder import project_folder
from tests.server.services.datasets.saved import save

MANY = 12


def at_once(do: Callable[[int], Any]) -> Counter[str]:
    """How often it was done, and how often refused with which code."""
    barrier, results = threading.Barrier(MANY), Counter[str]()

    def attempt(number: int) -> None:
        barrier.wait()
        try:
            do(number)
            results["done"] += 1
        except PatchbayError as error:
            results[error.code] += 1

    threads = [threading.Thread(target=attempt, args=(number,)) for number in range(MANY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_making_what_has_one_name(platform):
    results = at_once(lambda number: projects.create(platform, COMMAND, name="etch"))
    assert results == {"done": 1, "already_exists": MANY - 1}


def test_saying_for_the_first_time_what_a_column_means(platform, project):
    save(project_folder(platform.settings, project), "lots", pl.DataFrame({"cd": [1.0]}))
    place = (platform, COMMAND, project, "lots", "cd")
    results = at_once(lambda number: features.change(*place, expected=0, meta={"meaning": str(number)}))
    assert results.pop("done") == 1
    assert set(results) <= {"conflict", "tables_busy"}


def test_giving_an_upload_up(platform, project):
    known = uploads.create(platform, COMMAND, project, file_name="lots.csv", size=10)
    results = at_once(lambda number: uploads.discard(platform, COMMAND, project, known.id))
    assert results == {"done": 1, "not_found": MANY - 1}
    assert len(audit.entries(platform.database, Filter(action="upload.discarded")).items) == 1
