"""Every operator keeps its own spec's word: examples, code, and tables that trip operators over."""

from __future__ import annotations

from pathlib import Path

import pytest

from patchbay_sdk import OperatorSpec
from patchbay_sdk.registry import installed_catalogue
from patchbay_sdk.testing import Case, check_code, example_cases, try_generated

CASES = example_cases("patchbay_operators")
SPECS = list(installed_catalogue())


def test_every_spec_can_be_read() -> None:
    assert installed_catalogue().broken == []


def test_there_are_enough_operators() -> None:
    assert len(SPECS) >= 40


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.key)
def test_code_takes_what_the_spec_declares(spec: OperatorSpec) -> None:
    check_code(spec)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_example(case: Case, tmp_path: Path) -> None:
    case.run(tmp_path)


@pytest.mark.parametrize("case", [case for case in CASES if "error" not in case.example["expect"]], ids=str)
def test_generated_tables_work_or_give_a_clear_error(case: Case, tmp_path: Path) -> None:
    try_generated(case, tmp_path)
