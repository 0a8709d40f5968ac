"""Asking an endpoint as the platform: for people who try a model, without the key of its clients."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import requests

from patchbay_server.services.errors import Conflict, Invalid
from patchbay_server.services.platform import Platform
from patchbay_server.services.serving import deployments, door

TIMEOUT = (2.0, 30.0)
"""Seconds to connect, and to wait for the answer: a person waits for it."""


@dataclass(frozen=True, slots=True)
class Answers:
    """`predictions`: one for each row. `number`: of the version that answered. `seconds`: until it had."""

    predictions: list[dict[str, Any]]
    model: str
    number: int
    seconds: float


def ask(platform: Platform, project_id: int, name: str, rows: Sequence[Mapping[str, Any]]) -> Answers:
    """What a deployment predicts for some rows.

    Raises:
        NotFound: there is no such deployment.
        Invalid: the rows do not fit; the message names row and column, `details["problems"]` all of them.
        Conflict: it does not answer at this moment.
    """
    known = deployments.find(platform, project_id, name)
    base = door.base_url(platform.settings)
    if base is None or known.live is None:
        raise _away(known.state, known.message)
    headers = {"Authorization": f"Bearer {door.own_key(platform.settings)}"}
    started = time.perf_counter()
    try:
        answer = requests.post(
            f"{base}{known.path}/predict", json={"rows": list(rows)}, headers=headers, timeout=TIMEOUT
        )
        body = answer.json()
    except (requests.RequestException, ValueError) as error:
        raise _away(known.state, known.message) from error
    seconds = time.perf_counter() - started
    if answer.status_code == 200:
        return Answers(body["predictions"], body["model"]["name"], body["model"]["version"], seconds)
    said = body.get("error", {}) if isinstance(body, dict) else {}
    message = str(said.get("message") or f"The endpoint answered with status {answer.status_code}.")
    if answer.status_code in (400, 413, 422):
        details = said.get("details", {})
        raise Invalid(message, reason=str(said.get("code")), problems=details.get("problems", []))
    if answer.status_code in (404, 503):
        raise _away(known.state, known.message)
    raise Conflict(message, reason="endpoint_failed")


def _away(state: str, message: str) -> Conflict:
    why = f": {message}" if message else ""
    return Conflict(f"The endpoint does not answer at this moment; it is {state}{why}.", reason="endpoint_away")
