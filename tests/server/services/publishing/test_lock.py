"""Which dependencies need an environment of their own, and what pip's refusals come to."""

from importlib.metadata import version

import pytest

from patchbay_server.services.publishing.errors import ReleaseRefused
from patchbay_server.services.publishing.lock import own_requirements
from patchbay_server.services.publishing.pip import reason


@pytest.mark.parametrize(
    "dependencies",
    [
        [],
        ["patchbay"],
        [f"patchbay=={version('patchbay')}", "polars", "NumPy>=1", "scikit_learn", "pyarrow"],
        ["colorama; sys_platform == 'win32'"],
    ],
)
def test_what_operators_may_count_on_needs_no_environment(dependencies: list[str]) -> None:
    assert own_requirements(dependencies) == []


@pytest.mark.parametrize("dependency", ["polars<1", "numpy[extra]", "portion", "flask", "blake3"])
def test_everything_else_does(dependency: str) -> None:
    names = [requirement.name for requirement in own_requirements(["patchbay", "numpy", dependency])]
    assert names[:2] == ["numpy", dependency.partition("<")[0].partition("[")[0]]
    assert {"pluggy", "pyarrow", "blake3", "polars"} <= set(names)
    assert not {"patchbay", "sqlalchemy", "pandas"} & set(names)


def test_an_extra_of_ours_brings_what_it_stands_for() -> None:
    names = [requirement.name for requirement in own_requirements(["patchbay[operators]", "portion"])]
    assert {"pandas", "scikit-learn", "skops"} <= set(names)


@pytest.mark.parametrize(
    ("dependency", "why"),
    [
        ("patchbay>99", "It needs patchbay>99, and this is Patchbay"),
        ("portion @ https://example.com/portion.whl", "names an address"),
        ("portion ==", "cannot be read"),
    ],
)
def test_what_cannot_be_locked_is_refused(dependency: str, why: str) -> None:
    with pytest.raises(ReleaseRefused, match=why):
        own_requirements([dependency])


def test_reasons_of_pip_are_those_of_people() -> None:
    conflict = (
        "Collecting a\nERROR: Cannot install a==1 and a==2 because these package versions have conflicting "
        "dependencies.\n\nThe conflict is caused by:\n    The user requested a==1\n    The user requested a==2\n\n"
        "To fix this you could try to:\n1. loosen the range\n\nERROR: ResolutionImpossible: for help visit https://x\n"
    )
    assert reason(conflict) == (
        "Cannot install a==1 and a==2 because these package versions have conflicting dependencies; "
        "The user requested a==1; The user requested a==2."
    )
    away = "WARNING: Retrying after NewConnectionError\nERROR: No matching distribution found for a\n"
    assert reason(away) == "the package index cannot be reached; No matching distribution found for a."
    assert "the disk is full" in reason("ERROR: [Errno 28] No space left on device\n")
