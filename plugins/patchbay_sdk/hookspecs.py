"""Every hook that a Patchbay plugin may implement (pluggy)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pluggy

if TYPE_CHECKING:
    from patchbay_sdk.context import Context
    from patchbay_sdk.schema import Schema

hookspec = pluggy.HookspecMarker("patchbay")
hookimpl = pluggy.HookimplMarker("patchbay")
"""Marks a function or method of a plugin as the implementation of the hook of the same name."""


@hookspec
def operator_spec() -> Mapping[str, Any]:
    """The operator's spec, as in its JSON file."""
    raise AssertionError


@hookspec(firstresult=True)
def operator_infer(schemas: Mapping[str, Schema | None], params: Mapping[str, Any]) -> Mapping[str, Schema | None]:
    """Schemas of the table outputs, from the schemas of the table inputs (None: unknown) and the params.

    Called in the plugin host for outputs whose spec says ``"infer": true``.
    """
    raise AssertionError


@hookspec(firstresult=True)
def operator_preview(params: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """How a source would read the beginning of its file, for people; None: it cannot tell.

    Called in the plugin host before a file is imported, with the params that were chosen, without defaults. The answer
    is JSON: ``options`` (the params to import with), ``columns`` (``{"name", "type"}``), ``rows`` (the first ones,
    values as text or null) and ``reading``: what was found out or guessed, each with ``code``, ``columns``,
    ``values``, ``certain``, ``title`` and ``meaning`` (by language), and ``options``: what may be chosen instead, each
    with ``label``, ``options`` (the params that it sets) and ``chosen``.
    """
    raise AssertionError


@hookspec(firstresult=True)
def operator_run(
    context: Context, engine: str, inputs: Mapping[str, Any], params: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Run the operator on an engine: input port -> value in, output port -> value out. In a task process."""
    raise AssertionError


@hookspec
def before_task(operator: str, params: Mapping[str, Any]) -> None:
    """Called in the task process before an operator (``id@version``) runs; an exception fails the task."""


@hookspec
def after_task(operator: str, params: Mapping[str, Any], error: Exception | None) -> None:
    """Called in the task process after an operator ran; `error` is what it raised, or None."""


@hookspec
def run_finished(run_id: str, state: str) -> None:
    """Called in the plugin host, once, when a run has ended; `state` is done, failed or cancelled."""


@hookspec
def register_runner() -> Mapping[str, str]:
    """Further runners: engine name -> ``module:Class`` of a runner."""
    raise AssertionError


@hookspec(firstresult=True)
def open_source(url: str) -> str | None:
    """A local copy of a URL whose scheme this plugin knows (the path), or None. In a task process."""
    raise AssertionError
