"""Flows that wizards made: started, shown step by step, filled in, fixed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from patchbay_server.engine import flows as saved
from patchbay_server.engine.errors import NotFound
from patchbay_server.engine.flows import Revision, StartedFlow
from patchbay_server.graph.document import UNSET, FlowDocument
from patchbay_server.graph.flow_params import bind
from patchbay_server.graph.problem import Problem
from patchbay_server.services import flows
from patchbay_server.services.errors import Conflict
from patchbay_server.services.people.actor import Actor
from patchbay_server.services.platform import Platform
from patchbay_server.services.wizards import fixes, param_fixes
from patchbay_server.services.wizards.changed import ChangedNode, changed
from patchbay_server.services.wizards.fixes import AppliedFix, Fix
from patchbay_server.services.wizards.form import Form, form_of
from patchbay_server.services.wizards.offered import template
from patchbay_server.services.wizards.param_fixes import SetParams
from patchbay_server.services.wizards.refit import is_about_data, refitted
from patchbay_server.services.wizards.texts import Texts
from patchbay_server.services.wizards.titles import retitled
from patchbay_server.store.database import Transaction
from patchbay_server.store.paging import Page

Edit = Callable[[FlowDocument], FlowDocument]


@dataclass(frozen=True, slots=True)
class WizardView:
    """A flow as a wizard shows it. `number`: of the revision, None: the document is not saved.

    `values`: of the flow params, None: not given yet. `changed`: what differs from the flow that the wizard made.
    `dropped`: what this very change took out, since its columns are not in the data that were chosen.
    """

    name: str
    number: int | None
    wizard: Mapping[str, Any]
    form: Form
    values: dict[str, Any]
    fixes: list[AppliedFix]
    changed: list[ChangedNode]
    problems: list[Problem]
    dropped: list[Texts]


def start(platform: Platform, actor: Actor, project_id: int, wizard: str, name: str | None = None) -> Revision:
    """A new flow made from a wizard, with everything filled in that its template fills in.

    `name`: of the flow, which has no other title then; None: that of the wizard, with a number if that is taken.

    Raises:
        NotFound: there is no such wizard.
        AlreadyExists: the project has a flow of that name.
        DocumentError: no flow can have that name.
    """

    def write(transaction: Transaction) -> Revision:
        made = _made(template(transaction, project_id, wizard), wizard)
        if name is None:
            made = replace(made, name=_free_name(transaction, project_id, wizard))
        else:
            made = flows.read({**made.to_json(), "name": name, "title": None})
        return flows.save_new(transaction, actor, project_id, made)

    return platform.database.transact(write)


def listed(platform: Platform, project_id: int, *, cursor: str | None = None, limit: int = 50) -> Page[StartedFlow]:
    """The flows that wizards made, newest first. Raises CursorError."""
    with platform.database.read() as transaction:
        return saved.page_started(transaction, project_id, cursor=cursor, limit=limit)


def get(platform: Platform, actor: Actor, project_id: int, flow: str) -> WizardView:
    """A flow as a wizard shows it. Raises NotFound: there is no such flow, or it is none of a wizard."""
    with platform.database.read() as transaction:
        revision = saved.get(transaction, project_id, flow)
        first = saved.get(transaction, project_id, flow, 1)
    document = flows.document(revision)
    started = saved.wizard_role(revision.document) == "started"
    made = flows.document(first) if started else document
    return _shown(platform, actor, project_id, document, made, revision.number)


def preview(platform: Platform, actor: Actor, project_id: int, raw: Mapping[str, Any]) -> WizardView:
    """A document that need not be saved as a wizard would show it. Raises DocumentError, NotFound: as `get`."""
    document = flows.read(raw)
    return _shown(platform, actor, project_id, document, document, None)


def fill_in(
    platform: Platform, actor: Actor, project_id: int, flow: str, values: Mapping[str, Any], *, expected: int
) -> WizardView:
    """Keep these values of flow params as the flow's next revision; None: what the wizard began with.

    The flow is called after them where its wizard says how, and nobody has given it another title. With other data,
    what names columns that they lack is emptied, and fixes of such columns are undone.

    Raises:
        NotFound: there is no such flow, or it is none of a wizard.
        FlowParamError: a param is unknown, or has a value of another type.
        Conflict: the flow's newest revision is not `expected`, or no wizard made the flow.
        Forbidden: as `services.flows.change`.
    """

    dropped: list[Texts] = []

    def problems_of(document: FlowDocument) -> list[Problem]:
        return flows.check_for(platform, actor, project_id, document).problems

    def edit(document: FlowDocument) -> FlowDocument:
        first = flows.document(platform.engine.flow(project_id, flow, 1))
        filled = _filled(document, values, first)
        if is_about_data(document, values):
            filled, gone = refitted(filled, first, platform.catalogue, problems_of)
            dropped.extend(gone)
        return retitled(document, filled, first.title)

    return replace(_change(platform, actor, project_id, flow, edit, expected), dropped=dropped)


def apply_fix(
    platform: Platform,
    actor: Actor,
    project_id: int,
    flow: str,
    fix: Fix | SetParams,
    *,
    expected: int | None = None,
) -> WizardView:
    """Do what a finding suggests: put a node before the check, or set flow params.

    Raises:
        Invalid, Conflict: as `fixes.insert`.
        NotFound, FlowParamError, Conflict, Forbidden: as `fill_in`.
    """

    def edit(document: FlowDocument) -> FlowDocument:
        if isinstance(fix, Fix):
            return fixes.insert(document, platform.catalogue, fix)
        return param_fixes.apply(document, fix, lambda before, values: _filled(before, values, before))

    return _change(platform, actor, project_id, flow, edit, expected)


def undo_fix(
    platform: Platform, actor: Actor, project_id: int, flow: str, id: str, *, expected: int | None = None
) -> WizardView:
    """Take a fix out of a flow. Raises NotFound: the flow has no such fix; and as `fill_in`."""
    return _change(platform, actor, project_id, flow, lambda document: fixes.remove(document, id), expected)


def _change(
    platform: Platform, actor: Actor, project_id: int, flow: str, edit: Edit, expected: int | None
) -> WizardView:
    revision = platform.engine.flow(project_id, flow)
    document = flows.document(revision)
    _check_wizard(document)
    if saved.wizard_role(revision.document) != "started":
        message = f"No wizard made flow {flow!r}: start from it, or change it as a flow."
        raise Conflict(message, reason="not_started")
    number = revision.number if expected is None else expected
    if number != revision.number:
        raise Conflict(f"Flow {flow!r} was changed meanwhile.", revision=revision.number, reason="changed")
    edited = edit(document)
    flows.change(platform, actor, project_id, flow, edited.to_json(), expected=number)
    return get(platform, actor, project_id, flow)


def _made(template: FlowDocument, wizard: str) -> FlowDocument:
    assert template.wizard is not None
    return replace(template, wizard=replace(template.wizard, published=False, template=wizard))


def _free_name(transaction: Transaction, project_id: int, wizard: str) -> str:
    names = (wizard if number == 1 else f"{wizard} {number}" for number in count(1))
    return next(name for name in names if saved.find(transaction, project_id, name) is None)


def _filled(document: FlowDocument, values: Mapping[str, Any], first: FlowDocument) -> FlowDocument:
    given = {name: value for name, value in values.items() if value is not None or name not in document.params}
    params = dict(bind(document, given).params)
    for name in values.keys() - given.keys():
        begun = first.params.get(name)
        params[name] = replace(params[name], default=UNSET if begun is None else begun.default)
    return replace(document, params=params)


def _check_wizard(document: FlowDocument) -> None:
    if document.wizard is None:
        raise NotFound(f"Flow {document.name!r} is not shown as a wizard.", reason="wizard_block")


def _shown(
    platform: Platform, actor: Actor, project_id: int, document: FlowDocument, made: FlowDocument, number: int | None
) -> WizardView:
    _check_wizard(document)
    checked = flows.check_for(platform, actor, project_id, document)
    begun = {name: param.default for name, param in made.params.items()}
    as_made = {name: replace(param, default=begun.get(name, UNSET)) for name, param in document.params.items()}
    return WizardView(
        name=document.name,
        number=number,
        wizard=document.to_json()["wizard"],
        form=form_of(replace(document, params=as_made), platform.catalogue, checked.schemas),
        values={name: None if param.default is UNSET else param.default for name, param in document.params.items()},
        fixes=fixes.applied(document),
        changed=changed(made, document, platform.catalogue),
        problems=checked.problems,
        dropped=[],
    )
