"""Networks behind an endpoint."""

from pathlib import Path

import pytest

from patchbay_sdk import Table
from tests.runners.serving.asking import ask, serving
from tests.training.test_recipes import again, numbers, trained

pytestmark = pytest.mark.heavy


def test_an_endpoint_answers_as_the_network_predicts(tmp_path: Path) -> None:
    frame = numbers()
    model = trained("train.tabular", tmp_path, frame, target="kind", features=["a", "b"], epochs=1)["model"]
    with serving(again(model, tmp_path / "model")) as endpoint:
        status, answer = ask(endpoint, "POST", "/predict", {"rows": frame.select("a", "b").to_dicts()})
    expected = model.predict(Table(frame)).polars()
    assert status == 200
    assert [row["prediction"] for row in answer["predictions"]] == expected["prediction"].to_list()
