"""Checks an operator's code against its spec, without running it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from patchbay_sdk.errors import OperatorError
from patchbay_sdk.operator import Learner
from patchbay_sdk.registry import load_operator
from patchbay_sdk.spec import OperatorSpec


def check_code(spec: OperatorSpec) -> None:
    """Raise OperatorError unless the code takes exactly the spec's inputs and params, and has all it declares.

    A param that a form may leave out (no default, or conditional) needs a default in Python.
    """
    operator = load_operator(spec)
    for engine in spec.runs.engines:
        method = operator.variant(engine)
        if isinstance(operator, Learner) and type(operator).run is Learner.run and engine == "local":
            method = operator.fit
        _check_signature(spec, method)
    if any((port.schema or {}).get("infer") for port in spec.outputs) and not hasattr(operator, "infer"):
        raise OperatorError(f"{spec.key} declares an inferred schema but has no method infer.")


def _check_signature(spec: OperatorSpec, method: Callable[..., Any]) -> None:
    arguments = dict(inspect.signature(method).parameters)
    arguments.pop("context", None)
    fields = spec.params.get("properties", {})
    required = set(spec.params.get("required", ()))
    optional = {n for n, f in fields.items() if "x-when" in f or ("default" not in f and n not in required)}
    optional |= {port.name for port in spec.inputs if not port.required}
    expected = {port.name for port in spec.inputs} | set(fields)
    if any(a.kind is inspect.Parameter.VAR_KEYWORD for a in arguments.values()):
        return
    for name in sorted(expected - set(arguments)):
        raise OperatorError(f"{spec.key}: {method.__name__} lacks the argument {name!r}, which its spec declares.")
    for name, argument in arguments.items():
        if name not in expected:
            raise OperatorError(f"{spec.key}: {method.__name__} takes {name!r}, which is neither an input nor a param.")
        if name in optional and argument.default is inspect.Parameter.empty:
            raise OperatorError(
                f"{spec.key}: argument {name!r} of {method.__name__} needs a default: a form may leave it out."
            )
