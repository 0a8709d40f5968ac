"""What a spec must hold, and how a wrong one is refused."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from patchbay_sdk import Catalogue, OperatorSpec, SpecError, UnknownOperator

GOOD = dict(Catalogue.installed().latest("clean.fill_missing").raw)


def _without_chinese_title(raw: dict[str, Any]) -> None:
    del raw["i18n"]["zh-CN"]["title"]


def _unused_text(raw: dict[str, Any]) -> None:
    raw["i18n"]["en"]["spare"] = "x"
    raw["i18n"]["zh-CN"]["spare"] = "x"


def _field_without_section(raw: dict[str, Any]) -> None:
    raw["ui"][0]["fields"].remove("strategy")


def _circle(raw: dict[str, Any]) -> None:
    raw["params"]["properties"]["strategy"]["x-when"] = {"value": {"const": 1}}


def _unknown_condition(raw: dict[str, Any]) -> None:
    raw["params"]["properties"]["value"]["x-when"] = {"strategi": {"const": "constant"}}


def _input_and_param(raw: dict[str, Any]) -> None:
    raw["inputs"][0]["name"] = "columns"


def _unknown_widget(raw: dict[str, Any]) -> None:
    raw["params"]["properties"]["value"]["x-widget"] = "hologram"


def _unknown_keyword(raw: dict[str, Any]) -> None:
    raw["params"]["properties"]["value"]["x-wenn"] = {}


def _learned_nowhere(raw: dict[str, Any]) -> None:
    raw["outputs"][0]["learned"] = "model"


@pytest.mark.parametrize(
    ("spoil", "part"),
    [
        (_without_chinese_title, "'title' is a required property"),
        (_unused_text, "texts that nothing uses: spare"),
        (_field_without_section, "param 'strategy' is in no section"),
        (_circle, "circle"),
        (_unknown_condition, "names unknown field 'strategi'"),
        (_input_and_param, "both an input and a param"),
        (_unknown_widget, "hologram"),
        (_unknown_keyword, "x-wenn"),
        (_learned_nowhere, "learned names 'model'"),
    ],
)
def test_a_wrong_spec_is_refused_by_name(spoil: Callable[[dict[str, Any]], None], part: str, tmp_path: Path) -> None:
    raw = copy.deepcopy(GOOD)
    spoil(raw)
    file = tmp_path / "bad.json"
    file.write_text(json.dumps(raw))
    with pytest.raises(SpecError) as caught:
        OperatorSpec.from_file(file)
    assert "bad.json" in caught.value.message
    assert part in caught.value.message


def test_a_file_that_is_no_json_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_text("{")
    with pytest.raises(SpecError, match=r"broken\.json: cannot be read as JSON"):
        OperatorSpec.from_file(tmp_path / "broken.json")


def test_an_unknown_operator_names_what_there_is() -> None:
    catalogue = Catalogue.installed()
    with pytest.raises(UnknownOperator, match=r"installed in version 1\.0\.0, not 9\.9\.9"):
        catalogue.get("clean.fill_missing@9.9.9")
    with pytest.raises(UnknownOperator, match=r"did you mean clean\.fill_missing"):
        catalogue.get("clean.fil_missing@1.0.0")
    with pytest.raises(UnknownOperator, match=r"No operator 'quite\.different' is installed"):
        catalogue.latest("quite.different")
