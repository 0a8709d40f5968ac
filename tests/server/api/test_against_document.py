"""The API against its own document: thousands of generated calls, good and bad; no 5xx, nothing undocumented.

`PATCHBAY_FUZZ_CALLS` is the number of calls in all.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import checks
from schemathesis.generation import GenerationMode
from schemathesis.schemas import BaseSchema

from patchbay_server import config
from patchbay_server.app import create_app
from patchbay_server.services.platform import Platform
from tests.server.api.conftest import API, serving
from tests.server.api.inhabited import FLOW, Inhabited

CALLS = int(os.environ.get("PATCHBAY_FUZZ_CALLS", "2000"))

CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
]
BODIES = {"document": st.just(FLOW), "flow": st.just("yield"), "name": st.sampled_from(["ann", "lots", "new"])}
"""Values of bodies that mean something here, which would hardly be found by chance."""
HEADERS = st.fixed_dictionaries(
    {}, optional={"If-Match": st.sampled_from(['"1"', '"2"']), "Idempotency-Key": st.just("k")}
)


def _document() -> dict[str, Any]:
    with Platform.open(config.load({"PATCHBAY_HOME": "/nowhere"})) as platform:
        return create_app(platform).test_client().get(f"{API}/openapi.json").json


OPERATIONS = sorted(
    (path, method) for path, methods in _document()["paths"].items() for method in methods if method != "parameters"
)


@pytest.fixture(scope="session")
def schema(any_app: Flask) -> BaseSchema:
    return schemathesis.openapi.from_wsgi(f"{API}/openapi.json", any_app)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # schemathesis closes no streamed answer
@pytest.mark.parametrize(("path", "method"), OPERATIONS, ids=lambda text: text)
def test_answers_are_what_the_document_says(
    path: str, method: str, there: Inhabited, any_app: Flask, schema: BaseSchema
) -> None:
    """On a platform of its own: what is done to it does not reach the other operations."""
    with Platform.open(there.settings) as platform:
        serving(any_app, platform)
        operation = schema[path][method.upper()]
        real = {name: st.just(value) for name, value in there.names(path).items()}
        cases = st.one_of(operation.as_strategy(generation_mode=mode) for mode in GenerationMode)

        @seed(0)
        @settings(
            max_examples=max(1, round(CALLS / len(OPERATIONS))),
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(cases, st.fixed_dictionaries({}, optional=real), st.fixed_dictionaries({}, optional=BODIES), HEADERS)
        def call(case: schemathesis.Case, names: dict[str, Any], body: dict[str, Any], headers: dict[str, str]) -> None:
            if case.path_parameters:
                case.path_parameters.update(names)
            if isinstance(case.body, dict):
                case.body.update({name: value for name, value in body.items() if name in case.body})
            token = {"Authorization": f"Bearer {there.token}"} if "If-Match" in headers or names else {}
            response = case.call(headers=headers | token)
            case.validate_response(response, checks=CHECKS)

        call()
