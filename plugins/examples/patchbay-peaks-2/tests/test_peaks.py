"""The plugin's operators keep their specs' word."""

from __future__ import annotations

from pathlib import Path

import pytest

from patchbay_sdk.testing import Case, check_code, example_cases, try_generated

CASES = example_cases("patchbay_peaks")


@pytest.mark.parametrize("case", CASES, ids=str)
def test_example(case: Case, tmp_path: Path) -> None:
    check_code(case.spec)
    case.run(tmp_path)
    try_generated(case, tmp_path)
