"""`patchbay pools quota`."""

import json

import pytest


def test_from_no_quota_to_one_and_back(patchbay) -> None:
    first = patchbay("pools", "quota", "default").output
    assert first.count("no limit") == 4 and "Weight 1; may have more while others leave it idle." in first
    patchbay("pools", "quota", "default", "--cpu", "4", "--trainings", "1", "--weight", "2.5")
    shown = patchbay("pools", "quota", "default", "--no-borrow")
    assert shown.status == 0
    lines = [line.split() for line in shown.output.splitlines()]
    assert ["CPUs", "0", "4"] in lines and ["trainings", "0", "1"] in lines
    assert lines[-1] == ["Weight", "2.5;", "borrows", "nothing."]
    kept = patchbay("pools", "quota", "default", "--storage", "1.5Gi").output.splitlines()
    assert ["GiB", "kept", "0", "1.5"] in [line.split() for line in kept]
    limits = json.loads(patchbay("pools", "quota", "default", "--reset", "--gpu", "0.5", "--json").output)["limits"]
    assert limits == {"weight": 1.0, "cpu": None, "gpu": 0.5, "trainings": None, "storage": None, "borrows": True}
    assert patchbay("pools", "quota", "default", "--reset").output == first


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nowhere",), "'nowhere'"),
        (("default", "--cpu", "-1"), "--cpu"),
        (("default", "--weight", "0"), "--weight"),
        (("default", "--storage", "9GB"), "--storage"),
        (("default", "--trainings", "1.5"), "--trainings"),
    ],
)
def test_what_cannot_be(patchbay, arguments: tuple[str, ...], message: str) -> None:
    ended = patchbay("pools", "quota", *arguments)
    assert ended.status == 2 and message in ended.errors
