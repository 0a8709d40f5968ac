"""Published operators: named by an index file that changes, loaded from the folder of their release."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from patchbay_sdk.errors import OperatorError, UnknownOperator, WithdrawnOperator
from patchbay_sdk.published import CurrentCatalogue
from patchbay_sdk.registry import code_digest, load_operator, plugin_manager
from patchbay_sdk.spec import OperatorSpec

CODE = """
from patchbay_sdk import Operator


class Say(Operator):
    def run(self, context):
        return {"text": "VERSION"}
"""


def entry(folder: Path, version: str, state: str = "published", package: str = "saying", **more: Any) -> dict[str, Any]:
    """A release of one operator, unpacked, and its entry in the index."""
    root = folder / "releases" / package / version
    (root / package).mkdir(parents=True, exist_ok=True)
    (root / package / "__init__.py").write_text(CODE.replace("VERSION", version))
    spec = {
        "id": f"{package}.say",
        "version": version,
        "category": "code",
        "implementation": f"{package}:Say",
        "inputs": [],
        "outputs": [{"name": "text", "type": "text"}],
        "params": {"type": "object", "properties": {}},
    }
    (root / "say.json").write_text(json.dumps(spec))
    place = root.relative_to(folder)
    return {
        "spec": spec,
        "path": str(place / "say.json"),
        "release": f"{package}@{version}",
        "root": str(place),
        "python": None,
        "digest": f"digest of {version}",
        "state": state,
        **more,
    }


def write(folder: Path, *entries: dict[str, Any], withdrawn: dict[str, str] | None = None) -> Path:
    index, draft = folder / "index.json", folder / "draft.json"
    draft.write_text(json.dumps({"format": 1, "operators": list(entries), "withdrawn": withdrawn or {}}))
    draft.replace(index)
    return index


@pytest.fixture(autouse=True)
def clean_process() -> Iterator[None]:
    path = list(sys.path)
    yield
    sys.path[:] = path
    for name in [name for name in sys.modules if name.partition(".")[0] == "saying"]:
        del sys.modules[name]
    for key, plugin in plugin_manager().list_name_plugin():
        if key.startswith("saying."):
            plugin_manager().unregister(plugin)


def say(spec: OperatorSpec) -> Any:
    return load_operator(spec).run(None)["text"]


def test_the_catalogue_follows_the_index(tmp_path: Path) -> None:
    catalogue = CurrentCatalogue(tmp_path / "index.json")
    installed = len(catalogue())
    assert installed > 40
    write(tmp_path, entry(tmp_path, "1.0.0"))
    first = catalogue()
    assert len(first) == installed + 1
    assert catalogue() is first
    write(tmp_path, entry(tmp_path, "1.0.0"), entry(tmp_path, "1.1.0"))
    assert catalogue().latest("saying.say").version == "1.1.0"
    assert catalogue().get("saying.say@1.0.0") is first.get("saying.say@1.0.0")
    (tmp_path / "index.json").unlink()
    assert "saying.say@1.0.0" not in catalogue()


def test_a_deprecated_operator_works_and_is_not_the_latest(tmp_path: Path) -> None:
    index = write(tmp_path, entry(tmp_path, "1.0.0"), entry(tmp_path, "2.0.0", "deprecated"))
    catalogue = CurrentCatalogue(index)()
    assert catalogue.latest("saying.say").version == "1.0.0"
    assert say(catalogue.get("saying.say@2.0.0")) == "2.0.0"
    index = write(tmp_path, entry(tmp_path, "1.0.0", "deprecated"))
    with pytest.raises(UnknownOperator, match=r"is deprecated; there is: saying\.say@1\.0\.0"):
        CurrentCatalogue(index)().latest("saying.say")


def test_a_withdrawn_operator_says_so(tmp_path: Path) -> None:
    index = write(tmp_path, withdrawn={"saying.say@1.0.0": "It was withdrawn: wrong. Use saying.say@1.1.0."})
    with pytest.raises(WithdrawnOperator, match=r"Use saying\.say@1\.1\.0"):
        CurrentCatalogue(index)().get("saying.say@1.0.0")
    with pytest.raises(UnknownOperator):
        CurrentCatalogue(index)().latest("saying.say")


def test_a_broken_index_leaves_the_installed_operators(tmp_path: Path) -> None:
    (tmp_path / "index.json").write_text("{")
    catalogue = CurrentCatalogue(tmp_path / "index.json")()
    assert "source.csv@1.0.0" in catalogue
    assert "index of published operators" in catalogue.broken[-1].message


def test_a_published_operator_never_stands_in_for_an_installed_one(tmp_path: Path) -> None:
    fake = entry(tmp_path, "1.0.0")
    fake["spec"] = {**fake["spec"], "id": "source.csv"}
    assert CurrentCatalogue(write(tmp_path, fake))().get("source.csv@1.0.0").home is None


def test_the_code_comes_from_the_release(tmp_path: Path) -> None:
    catalogue = CurrentCatalogue(write(tmp_path, entry(tmp_path, "1.0.0"), entry(tmp_path, "1.1.0")))()
    spec = catalogue.get("saying.say@1.0.0")
    assert say(spec) == "1.0.0"
    assert code_digest(spec) == "digest of 1.0.0"
    with pytest.raises(OperatorError, match=r"saying@1\.1\.0.*two versions of it"):
        load_operator(catalogue.get("saying.say@1.1.0"))


def test_an_environment_of_its_own_is_not_this_one(tmp_path: Path) -> None:
    catalogue = CurrentCatalogue(write(tmp_path, entry(tmp_path, "1.0.0", python="environments/x/bin/python")))()
    with pytest.raises(OperatorError, match=r"saying@1\.0\.0, which has an environment of its own"):
        load_operator(catalogue.get("saying.say@1.0.0"))
    here = os.path.relpath(Path(sys.prefix) / "bin" / "python", tmp_path)
    assert say(CurrentCatalogue(write(tmp_path, entry(tmp_path, "1.0.0", python=here)))().get("saying.say@1.0.0"))
