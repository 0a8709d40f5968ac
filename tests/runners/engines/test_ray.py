"""A driver of Ray that is stopped while it connects."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from patchbay_runners.engines.engine import engine_named
from patchbay_runners.engines.ray import ADDRESS
from patchbay_sdk.errors import Cancelled


def terminate(number: int, frame: Any) -> None:
    raise Cancelled("The run was cancelled.")


@pytest.fixture(autouse=True)
def handler() -> Iterator[None]:
    """Of this process, as a task process has it."""
    before = signal.signal(signal.SIGTERM, terminate)
    yield
    signal.signal(signal.SIGTERM, before)


def test_a_stop_while_ray_connects_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    """`ray.init` sets a handler of SIGTERM that exits."""
    closed: list[bool] = []

    def init(*args: Any, **settings: Any) -> None:
        signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(number))
        signal.raise_signal(signal.SIGTERM)

    monkeypatch.setenv(ADDRESS, "127.0.0.1:1")
    monkeypatch.setitem(sys.modules, "ray", SimpleNamespace(init=init, shutdown=lambda: closed.append(True)))
    with pytest.raises(Cancelled), engine_named("ray").connected("token"):
        raise AssertionError("the operator is not called")
    assert closed
    assert signal.getsignal(signal.SIGTERM) is terminate
