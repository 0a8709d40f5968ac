from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from patchbay_runners.local import LocalRunner
from patchbay_runners.runner import runner_class
from patchbay_sdk.errors import ParamError
from patchbay_sdk.hookspecs import hookimpl
from patchbay_sdk.registry import plugin_manager


class Plugin:
    @hookimpl
    def register_runner(self) -> Mapping[str, str]:
        return {"elsewhere": "tests.runners.test_runner:ElsewhereRunner"}


class ElsewhereRunner(LocalRunner):
    """What a plugin brings."""


@pytest.fixture
def plugin() -> Iterator[Plugin]:
    plugin = Plugin()
    plugin_manager().register(plugin)
    yield plugin
    plugin_manager().unregister(plugin)


def test_the_local_runner_is_there() -> None:
    assert runner_class("local") is LocalRunner


def test_a_plugin_brings_a_runner(plugin: Plugin) -> None:
    assert runner_class("elsewhere").__name__ == "ElsewhereRunner"
    assert runner_class("local") is LocalRunner


def test_an_unknown_engine_is_named_with_those_there_are(plugin: Plugin) -> None:
    with pytest.raises(ParamError, match=r"no engine 'spork'; there are: deepspeed, elsewhere, local, ray, spark"):
        runner_class("spork")
