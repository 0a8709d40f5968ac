"""Fixes that set flow params: kept in the flow's wizard with what was there before, so that a click undoes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from patchbay_server.graph.document import UNSET, FlowDocument, FlowParam, ParamFix, Text


@dataclass(frozen=True, slots=True)
class SetParams:
    """What to do about the finding `code`: give flow params these values; a list is put beside what it holds."""

    code: str
    label: Text
    params: Mapping[str, Any]


Fill = Callable[[FlowDocument, Mapping[str, Any]], FlowDocument]
"""Gives flow params values, and raises FlowParamError."""


def apply(document: FlowDocument, fix: SetParams, fill: Fill) -> FlowDocument:
    """The flow with these values, and a note of what they were; as it was where all of them are there already."""
    values = {name: _beside(document.params.get(name), value) for name, value in fix.params.items()}
    filled = fill(document, values)
    wizard = filled.wizard
    changed = [name for name in values if document.params[name].default != filled.params[name].default]
    if wizard is None or not changed:
        return filled
    known = {name: param.default for name, param in document.params.items() if param.default is not UNSET}
    note = ParamFix(
        id=_free_id(wizard.fixes, fix.code),
        code=fix.code,
        label=fix.label,
        before={name: known[name] for name in changed if name in known},
        after={name: filled.params[name].default for name in changed},
    )
    return replace(filled, wizard=replace(wizard, fixes=(*wizard.fixes, note)))


def in_effect(document: FlowDocument) -> list[ParamFix]:
    """Those of which something is left: nobody has given all their params other values since."""
    return [fix for fix in _fixes(document) if any(_is_left(document, fix, name) for name in fix.after)]


def remove(document: FlowDocument, id: str) -> FlowDocument:
    """The flow with what a fix has set as it was before. What somebody has set since stays.

    Raises KeyError: the flow has no such fix.
    """
    fixes = _fixes(document)
    places = {fix.id: place for place, fix in enumerate(fixes)}
    place = places[id]
    gone, params = fixes[place], dict(document.params)
    for name in gone.after:
        if name in params and _is_left(document, gone, name):
            params[name] = replace(params[name], default=_without(params[name].default, gone, name))
    later = tuple(_as_if_never(gone, fix) for fix in fixes[place + 1 :])
    assert document.wizard is not None
    return replace(document, params=params, wizard=replace(document.wizard, fixes=fixes[:place] + later))


def _as_if_never(gone: ParamFix, later: ParamFix) -> ParamFix:
    """A later fix: undone, it must not bring back what has been undone before it."""
    before = dict(later.before)
    for name in gone.after.keys() & before.keys():
        if isinstance(before[name], list):
            before[name] = _without(before[name], gone, name)
        elif before[name] != gone.after[name]:
            continue
        elif name in gone.before:
            before[name] = gone.before[name]
        else:
            del before[name]
    return replace(later, before=before)


def _fixes(document: FlowDocument) -> tuple[ParamFix, ...]:
    return document.wizard.fixes if document.wizard else ()


def _is_left(document: FlowDocument, fix: ParamFix, name: str) -> bool:
    now, after = document.params[name].default if name in document.params else UNSET, fix.after[name]
    if isinstance(now, list) and isinstance(after, list):
        return any(item in now for item in _added(fix, name))
    return bool(now == after)


def _without(now: Any, fix: ParamFix, name: str) -> Any:
    if isinstance(now, list) and isinstance(fix.after[name], list):
        added = _added(fix, name)
        return [item for item in now if item not in added]
    return fix.before.get(name, UNSET)


def _added(fix: ParamFix, name: str) -> list[Any]:
    before = fix.before.get(name, ())
    return [item for item in fix.after[name] if item not in before]


def _beside(param: FlowParam | None, value: Any) -> Any:
    """What a flow param becomes: of a list, what it held and what is new."""
    before = param.default if param else None
    if not isinstance(value, list) or not isinstance(before, list):
        return value
    return [*before, *(item for item in value if item not in before)]


def _free_id(fixes: tuple[ParamFix, ...], code: str) -> str:
    taken = {fix.id for fix in fixes}
    return next(id for number in count(1) if (id := f"set_{code}_{number}") not in taken)
