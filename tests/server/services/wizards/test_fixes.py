"""Fixes are nodes before the check: put in, made longer, taken out; the rest of the flow stays."""

from dataclasses import replace
from typing import Any

import pytest

from patchbay_server.engine.errors import NotFound
from patchbay_server.graph.document import FlowDocument
from patchbay_server.graph.reader import parse
from patchbay_server.graph.validate import validate
from patchbay_server.services.errors import Conflict, Invalid
from patchbay_server.services.wizards import fixes
from patchbay_server.services.wizards.fixes import Fix
from tests.server.services.wizards.template import TEMPLATE, catalogue, template, with_node

LEAVE_OUT = "shape.select_columns@1.0.0"


def leave_out(*columns: str, code: str = "leakage", operator: str = LEAVE_OUT, **more: Any) -> Fix:
    label = {"en": f"Leave out {columns[0]}", "zh-CN": f"去掉 {columns[0]}"}
    return Fix(code, label, operator, {"columns": list(columns), "mode": "drop"} | more)


def insert(document: FlowDocument, *wanted: Fix) -> FlowDocument:
    for fix in wanted:
        document = fixes.insert(document, catalogue(), fix)
    return document


def edges(document: FlowDocument) -> list[str]:
    return [str(edge) for edge in document.edges if "check" in str(edge) or "fix" in str(edge)]


def test_a_fix_stands_before_the_check_and_the_flow_is_still_one() -> None:
    fixed = insert(template(), leave_out("serial"))
    assert edges(fixed) == [
        "data.table -> fix_leakage_1.table", "fix_leakage_1.table -> check.table", "check.table -> keep.table",
    ]  # fmt: skip
    found = {problem.code for problem in validate(fixed, catalogue())}
    assert found <= {"flow_param_missing", "param_invalid"}, "only what is not filled in yet"
    assert [fix.id for fix in fixes.applied(fixed)] == ["fix_leakage_1"]
    assert fixes.applied(fixed)[0].label["zh-CN"] == "去掉 serial"


def test_the_next_one_comes_after_it() -> None:
    fixed = insert(template(), leave_out("serial"), leave_out("id", code="constant"))
    assert edges(fixed)[:3] == [
        "data.table -> fix_leakage_1.table",
        "fix_leakage_1.table -> fix_constant_1.table",
        "fix_constant_1.table -> check.table",
    ]


def test_another_column_of_the_same_finding_goes_into_the_same_node() -> None:
    fixed = insert(template(), leave_out("serial"), leave_out("id"), leave_out("serial"))
    (fix,) = fixes.applied(fixed)
    assert fix.params["columns"] == ["serial", "id"]
    assert fix.label == {"en": "Leave out serial; Leave out id", "zh-CN": "去掉 serial；去掉 id"}
    kept = insert(fixed, leave_out("x", mode="keep"))
    assert [fix.id for fix in fixes.applied(kept)] == ["fix_leakage_1", "fix_leakage_2"], "it does something else"


def test_what_comes_up_behind_another_fix_is_mended_behind_it() -> None:
    """Words that become gaps are rows without an answer, which the step before cannot leave out."""
    fixed = insert(template(), leave_out("serial"), leave_out("id", code="constant"), leave_out("serial"))
    assert [fix.id for fix in fixes.applied(fixed)] == ["fix_leakage_1", "fix_constant_1", "fix_leakage_2"]


def test_undone_the_flow_is_what_it_was() -> None:
    both = insert(template(), leave_out("serial"), leave_out("id", code="constant"))
    assert fixes.remove(fixes.remove(both, "fix_leakage_1"), "fix_constant_1") == template()
    assert fixes.without_fixes(both).edges == template().edges
    with pytest.raises(NotFound, match="may have been undone already"):
        fixes.remove(template(), "fix_leakage_1")
    with pytest.raises(NotFound):
        fixes.remove(template(), "check")


def test_the_canvas_makes_place_for_it() -> None:
    fixed = insert(template(), leave_out("serial"))
    assert {node.id: node.position for node in fixed.nodes} == {
        "data": (0, 0), "fix_leakage_1": (260, 0), "check": (520, 0), "keep": (780, 0), "fit": (1040, 0),
    }  # fmt: skip
    nowhere = replace(template(), nodes=tuple(replace(node, position=None) for node in template().nodes))
    assert {node.position for node in insert(nowhere, leave_out("serial")).nodes} == {None}


@pytest.mark.parametrize(
    "operator", ["source.csv@1.0.0", "shape.join@1.0.0", "code.python_batches@1.0.0", "no.such@1.0.0"]
)
def test_only_what_prepares_one_table_is_a_fix(operator: str) -> None:
    with pytest.raises(Invalid):
        insert(template(), leave_out("serial", operator=operator))


def test_a_flow_without_a_fed_check_takes_none() -> None:
    unfed = parse(TEMPLATE | {"edges": TEMPLATE["edges"][1:]})
    without = parse(with_node("check") | {"wizard": {"kind": "other", "steps": [{"id": "run", "view": "run"}]}})
    for document in (unfed, without):
        with pytest.raises(Conflict):
            insert(document, leave_out("serial"))
