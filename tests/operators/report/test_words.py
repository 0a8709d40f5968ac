"""Numbers and names as people read them."""

from __future__ import annotations

import pytest

from patchbay_operators.report.words import Share, Unit, number, percent


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (3, 7, "3 of 7"), (70, 100, "7 of 10"), (72, 100, "about 7 of 10"), (73, 100, "73 of 100"),
        (734, 1000, "about 73 of 100"), (30, 1000, "3 of 100"), (3, 1000, "3 of 1,000"), (1, 9000, "about 1 of 1,000"),
        (8999, 9000, "about 999 of 1,000"), (99, 99, "99 of 99"), (0, 99, "0 of 99"),
    ],
)  # fmt: skip
def test_shares(part: int, whole: int, text: str) -> None:
    share = Share.of(part, whole)
    assert share.en == text
    assert (share.all, share.none) == (part == whole, part == 0)


def test_no_share_is_rounded_by_more_than_it_says() -> None:
    for whole in (21, 104, 1000, 4567):
        for part in range(1, whole):
            share = Share.of(part, whole)
            bound = {10: 0.025, 100: 0.005}.get(share.whole, 0.001)
            assert abs(share.part / share.whole - part / whole) <= bound + 1e-9
            assert share.about == (abs(share.part / share.whole - part / whole) > 1e-9)


def test_shares_in_chinese() -> None:
    assert Share.of(72, 100).zh("片", "坏晶圆") == ("每 10 片坏晶圆", "约 7 片")
    assert Share.of(3, 7).zh("片", "坏晶圆") == ("7 片坏晶圆", " 3 片")


@pytest.mark.parametrize(
    ("word", "count", "en", "zh"),
    [
        ("wafer", 1, "1 wafer", "1 片晶圆"), ("Wafer", 1204, "1,204 Wafers", "1,204 片晶圆"),
        ("晶圆", 2, "2 wafers", "2 片晶圆"),
        ("", 2, "2 rows", "2 行数据"), ("batch", 2, "2 batches", "2 个批次"),
        ("assembly", 2, "2 assemblies", "2 个assembly"),
        ("炉次", 2, "2 炉次", "2 个炉次"), ("day", 2, "2 days", "2 个日"), ("die", 3, "3 dies", "3 颗芯片"),
    ],
)  # fmt: skip
def test_units(word: str, count: int, en: str, zh: str) -> None:
    text = Unit.of(word).count(count)
    assert (text.en, text.zh) == (en, zh)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"), (2.4712, "2.47"), (13.94, "13.9"), (1234.5, "1,234"), (-0.00123, "-0.00123"), (1e-9, "1.00e-09"),
        (float("nan"), "?"), (100.0, "100"), (2.5e20, "2.50e+20"),
    ],
)  # fmt: skip
def test_numbers(value: float, text: str) -> None:
    assert number(value) == text


def test_shares_near_the_ends_keep_a_digit() -> None:
    assert [percent(share) for share in (0, 0.0001, 0.012, 0.31, 0.993, 1)] == [
        "0%",
        "<0.1%",
        "1.2%",
        "31%",
        "99.3%",
        "100%",
    ]
