from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from patchbay_runners.local import LocalRunner
from patchbay_sdk.registry import installed_catalogue
from patchbay_server.worker.main import preload_list
from tests.guided import Expert, expert


@pytest.fixture
def ann(tmp_path: Path) -> Iterator[Expert]:
    store = tmp_path / "store"
    runner = LocalRunner(store, preload_list(installed_catalogue()), grace=1.0)
    with runner, expert(tmp_path, runner, store) as ann:
        yield ann
