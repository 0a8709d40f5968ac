"""What no longer fits when a wizard's data change: columns that are gone are asked for anew, fixes of theirs undone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from patchbay_sdk.registry import Catalogue
from patchbay_server.graph.document import UNSET, FlowDocument
from patchbay_server.graph.problem import Problem
from patchbay_server.services.wizards import fixes
from patchbay_server.services.wizards.form import param_title, referenced
from patchbay_server.services.wizards.texts import Texts

MISSING = "param_column_missing"
ANSWER, ASKED = "positive", "target"
"""Fields of operators: the first is a value of the column that the second names, and means nothing without it."""

ProblemsOf = Callable[[FlowDocument], Iterable[Problem]]


def is_about_data(document: FlowDocument, names: Iterable[str]) -> bool:
    """Whether one of these flow params says which data the wizard is about."""
    steps = document.wizard.steps if document.wizard else ()
    return not set(names).isdisjoint(name for step in steps if step.view == "data" for name in step.params)


def refitted(
    document: FlowDocument, first: FlowDocument, catalogue: Catalogue, problems_of: ProblemsOf
) -> tuple[FlowDocument, list[Texts]]:
    """The flow with what fits its data, and what was taken out of it, in words.

    A flow param that named a missing column begins again as in `first`, of a list only what is missing goes. A fix
    goes as a whole. `problems_of`: of a flow, with the columns that reach its nodes.
    """
    dropped: list[Texts] = []
    while True:
        missing = [problem for problem in problems_of(document) if problem.code == MISSING]
        stale = _stale_fix(document, missing)
        if stale is not None:
            document = fixes.remove(document, stale.id)
            dropped.append(stale.label)
            continue  # columns behind it may be others now
        gone = _gone(document, missing)
        if not gone:
            return document, dropped
        dropped += [_told(document, catalogue, name, columns) for name, columns in gone.items()]
        document = _without(document, first, gone)


def _stale_fix(document: FlowDocument, missing: Iterable[Problem]) -> fixes.AppliedFix | None:
    nodes, gone = {problem.node for problem in missing}, _gone(document, missing)
    for fix in fixes.applied(document):
        if fix.operator is not None:
            if fix.id in nodes:
                return fix
        elif any(_names(fix.params.get(name), column) for name, columns in gone.items() for column in columns):
            return fix
    return None


def _names(value: Any, column: Any) -> bool:
    return column in value if isinstance(value, list) else bool(value == column)


def _gone(document: FlowDocument, missing: Iterable[Problem]) -> dict[str, list[Any]]:
    """Flow param -> the missing columns that it names."""
    nodes = {node.id: node for node in document.nodes}
    gone: dict[str, list[Any]] = {}
    for problem in missing:
        node = nodes.get(problem.node or "")
        name = referenced(node.params.get(_field(problem))) if node else None
        if name is not None and name in document.params and problem.value not in gone.setdefault(name, []):
            gone[name].append(problem.value)
    return gone


def _field(problem: Problem) -> str:
    return (problem.field or "").removeprefix("params.").partition(".")[0]


def _told(document: FlowDocument, catalogue: Catalogue, name: str, columns: list[Any]) -> Texts:
    title, listed = param_title(document, catalogue, name), [str(column) for column in columns]
    between = {"en": ": ", "zh-CN": "："}, {"en": ", ", "zh-CN": "、"}
    return {language: title[language] + between[0][language] + between[1][language].join(listed) for language in title}


def _without(document: FlowDocument, first: FlowDocument, gone: dict[str, list[Any]]) -> FlowDocument:
    params = dict(document.params)
    for name in (*gone, *_answers(document, gone)):
        now = params[name].default
        if isinstance(now, list):
            left: Any = [value for value in now if value not in gone[name]]
        else:
            left = first.params[name].default if name in first.params else UNSET
        # What a wizard begins with may be missing too: then there is no value.
        params[name] = replace(params[name], default=UNSET if left == now else left)
    return replace(document, params=params)


def _answers(document: FlowDocument, gone: dict[str, list[Any]]) -> list[str]:
    """The flow params that name an answer in a column which is gone."""
    found = []
    for node in document.nodes:
        answer = referenced(node.params.get(ANSWER))
        if answer is not None and referenced(node.params.get(ASKED)) in gone:
            found.append(answer)
    return [name for name in dict.fromkeys(found) if name in document.params and name not in gone]
