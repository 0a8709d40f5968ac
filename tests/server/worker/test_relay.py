"""What a task process sends is not trusted, and never ends the worker that hears it."""

from typing import Any

import pytest

from patchbay_runners.protocol import TaskEvent
from patchbay_server.engine import Engine
from patchbay_server.worker.relay import Relay


@pytest.mark.parametrize(
    ("data", "warnings"),
    [
        ({}, []),
        ({"level": ["warning"]}, []),
        ({"level": "warning"}, [{"message": "", "texts": {}}]),
        ({"level": "warning", "message": {"a": 1}, "texts": "b"}, [{"message": "{'a': 1}", "texts": {}}]),
        ({"level": "warning", "message": "m", "texts": {"en": None}}, [{"message": "m", "texts": {"en": "None"}}]),
    ],
)
def test_a_warning_of_any_form_is_text(engine: Engine, data: dict[str, Any], warnings: list[dict[str, Any]]) -> None:
    relay = Relay(engine, None)  # type: ignore[arg-type] # nothing is written
    relay.add(TaskEvent("log", data))
    assert relay.warnings == warnings


def test_a_flood_of_warnings_is_cut(engine: Engine) -> None:
    relay = Relay(engine, None)  # type: ignore[arg-type] # nothing is written
    for number in range(1000):
        texts = {f"{language:09d}" * 100: "x" * 10_000 for language in range(20)}
        relay.add(TaskEvent("log", {"level": "warning", "message": f"{number}" + "y" * 10_000, "texts": texts}))
    assert len(relay.warnings) == 10
    assert all(len(each["message"]) <= 500 and len(each["texts"]) <= 10 for each in relay.warnings)
