"""What operators say when they fail reaches people in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from patchbay_sdk import PatchbayError
from patchbay_sdk.testing import Case, example_cases, run_example

CATEGORIES = ("apply", "code", "evaluate", "model")
CASES = [
    case
    for case in example_cases("patchbay_operators")
    if "error" in case.example["expect"] and case.spec.id.startswith(CATEGORIES)
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_an_operator_raises_is_said_in_chinese_too(case: Case, tmp_path: Path) -> None:
    with pytest.raises(PatchbayError) as raised:
        run_example(case.spec, case.example, tmp_path)
    if "patchbay_operators" in Path(raised.traceback[-1].path).parts:  # before, the spec has refused the params
        chinese = raised.value.details["texts"]["zh-CN"]
        assert re.search("[一-鿿]", chinese)
        assert _numbers(chinese) == _numbers(raised.value.message)


def _numbers(text: str) -> list[str]:
    return sorted(re.findall(r"\d+(?:[,.]\d+)*", text))
