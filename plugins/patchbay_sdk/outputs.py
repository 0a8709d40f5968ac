"""Checks what an operator returned against its spec; the platform and the testing helpers ask the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from patchbay_sdk import ports
from patchbay_sdk.errors import OperatorError, PatchbayError
from patchbay_sdk.spec import OperatorSpec, OutputPort


def check_outputs(spec: OperatorSpec, outputs: Any) -> None:
    """Raise OperatorError unless `outputs` has a value of the right type for every output port, and no other."""
    if not isinstance(outputs, Mapping):
        raise OperatorError(
            f"{spec.key} must return a dict of output port -> value, not {type(outputs).__name__}; "
            f"its outputs: {_names(spec)}."
        )
    for port in spec.outputs:
        if outputs.get(port.name) is None:
            raise OperatorError(f"{spec.key} returned no value for its output {port.name!r}.", port=port.name)
        _check_type(spec, port, outputs[port.name])
    for name in outputs:
        if spec.output(name) is None:
            raise OperatorError(
                f"{spec.key} returned {name!r}, which is none of its outputs: {_names(spec)}.", port=name
            )


def _check_type(spec: OperatorSpec, port: OutputPort, value: Any) -> None:
    try:
        found = ports.port_type_of(value)
    except PatchbayError as error:
        raise OperatorError(f"Output {port.name!r} of {spec.key}: {error.message}", port=port.name) from error
    if port.type not in (found, "any"):
        raise OperatorError(
            f"Output {port.name!r} of {spec.key} must be of type {port.type}, but {found} was returned.", port=port.name
        )


def _names(spec: OperatorSpec) -> str:
    return ", ".join(port.name for port in spec.outputs) or "none"
