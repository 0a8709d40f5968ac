"""What an endpoint answers, without a server."""

from hashlib import sha256

import numpy as np
import pytest
from openapi_spec_validator import validate

from patchbay_runners.serving.counts import BOUNDS, Counts, prometheus, quantile
from patchbay_runners.serving.endpoint import LARGEST_BODY, Served
from patchbay_sdk import Model, Table, portable
from tests.runners.serving.asking import KEY, ask, serving
from tests.server.services.models.trained import FRAME, model

ROW = {"width": 1.0, "count": 3}


@pytest.fixture
def endpoint():
    with serving(model()) as made:
        yield made


def test_one_row_and_many_get_what_the_model_predicts(endpoint):
    rows = FRAME.select("width", "count").to_dicts()
    status, many = ask(endpoint, "POST", "/predict", {"rows": rows})
    assert (status, many["model"]) == (200, {"name": "yield", "version": 1})
    assert many["predictions"] == model().predict(Table(FRAME)).polars().to_dicts()
    status, one = ask(endpoint, "POST", "/predict", {"row": rows[0]})
    assert (status, one["prediction"]) == (200, many["predictions"][0])


def test_a_model_of_spark_answers_as_it_predicts(tmp_path):
    """As it is read from its files."""
    arrays = portable.LinearClassifier(coefficients=np.array([[0.5, -0.2]]), intercepts=np.array([0.1]))
    options = {"task": "classification", "features": ("width", "count"), "target": "target"}
    trained = Model.fitted(arrays, Table(FRAME), classes=("good", "bad"), positive="bad", metrics={}, **options)
    trained.save(tmp_path)
    files = {file.relative_to(tmp_path).as_posix(): file for file in tmp_path.rglob("*") if file.is_file()}
    with serving(Model.load(files)) as endpoint:
        status, answer = ask(endpoint, "POST", "/predict", {"rows": FRAME.select("width", "count").to_dicts()})
    assert (status, answer["predictions"]) == (200, trained.predict(Table(FRAME)).polars().to_dicts())


def test_what_cannot_be_answered_says_why(endpoint):
    cases = [
        (b"{", 400, "not_json"),
        (b'{"row": {"width": NaN, "count": 1}}', 400, "not_json"),
        ({"row": ROW, "rows": [ROW]}, 400, "bad_request"),
        ({"rows": ROW}, 400, "bad_request"),
        ({"row": {"width": "wide", "count": 1}}, 422, "rows_invalid"),
        (b"x" * (LARGEST_BODY + 1), 413, "too_large"),
    ]
    for body, status, code in cases:
        found = ask(endpoint, "POST", "/predict", body)
        assert (found[0], found[1]["error"]["code"]) == (status, code), body[:20]
    assert ask(endpoint, "POST", "/predict", {"row": {"width": 1.0}})[1]["error"]["details"]["problems"] == [
        {"row": 0, "column": "count", "message": "is missing; null stands for an unknown value"}
    ]
    assert ask(endpoint, "GET", "/nowhere")[0] == 404
    assert endpoint.counts.refused == endpoint.counts.requests == len(cases) + 1


def test_only_health_is_told_without_the_key(endpoint):
    for headers in ({}, {"authorization": "Bearer wrong"}, {"authorization": f"Basic {KEY}"}):
        for method, path in (("POST", "/predict"), ("GET", "/openapi.json"), ("GET", "/metrics")):
            assert ask(endpoint, method, path, {"row": ROW}, headers)[0] == 401
        assert ask(endpoint, "GET", "/health", headers=headers) == (200, {"status": "ok"})
    assert ask(endpoint, "GET", "/metrics") == (200, "metrics")


def test_its_document_is_openapi_made_from_the_input_schema(endpoint):
    _, document = ask(endpoint, "GET", "/openapi.json")
    validate(document)
    row = document["components"]["schemas"]["Row"]
    assert row["required"] == ["width", "count"] and document["servers"] == [{"url": "/default/press"}]
    assert row["properties"]["width"] == {"type": ["number", "null"]}


def test_a_model_that_fails_is_an_error_and_another_takes_its_place(endpoint):
    broken = model()
    broken.estimator.coef_ = None
    endpoint.serve(Served.of(2, "yield", 2, broken), [sha256(KEY.encode()).hexdigest()])
    status, answer = ask(endpoint, "POST", "/predict", {"row": ROW})
    assert (status, answer["error"]["code"], endpoint.counts.errors) == (500, "model_failed", 1)
    endpoint.serve(Served.of(3, "yield", 3, model()), [sha256(b"another").hexdigest()])
    assert ask(endpoint, "POST", "/predict", {"row": ROW})[0] == 401
    assert (
        ask(endpoint, "POST", "/predict", {"row": ROW}, {"authorization": "Bearer another"})[1]["model"]["version"] == 3
    )


def test_counts_add_up_and_are_read_by_prometheus():
    from prometheus_client.parser import text_string_to_metric_families as families

    one, other = Counts(), Counts()
    one.add(200, 0.002, 5)
    other.add(422, 0.002, 0)
    other.add(500, 99.0, 0)
    both = Counts.sum([one.to_json(), other.to_json()])
    assert (both.requests, both.refused, both.errors, both.rows) == (3, 1, 1, 5)
    assert quantile(both.latencies, 0.5) == pytest.approx(0.001 + 0.0015 * 0.75)
    assert quantile(both.latencies, 1.0) == BOUNDS[-1] and quantile([0] * 14, 0.5) is None
    found = {s.name: s.value for f in families(prometheus({"endpoint": 'a"b'}, both, 2)) for s in f.samples}
    assert found["patchbay_endpoint_latency_seconds_count"] == 3 and found["patchbay_endpoint_replicas"] == 2
