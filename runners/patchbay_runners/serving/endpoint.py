"""What an endpoint answers: a request becomes a status, a content type and a body. Nothing here knows Ray."""

from __future__ import annotations

import hmac
import json
import logging
import math
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from patchbay_runners.serving.counts import Counts
from patchbay_runners.serving.document import document
from patchbay_runners.serving.rows import table_of
from patchbay_sdk.errors import PatchbayError
from patchbay_sdk.model import Model
from patchbay_sdk.schema import Schema
from patchbay_sdk.table import Table

logger = logging.getLogger(__name__)

LARGEST_BODY = 16 << 20
"""Bytes."""
JSON = "application/json"
TEXT = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Served:
    """A version in memory. `name`, `number`: of the model, for people. `inputs`: what a row needs, not the target."""

    version_id: int
    name: str
    number: int
    model: Model
    inputs: Schema

    @classmethod
    def of(cls, version_id: int, name: str, number: int, model: Model) -> Served:
        """A model that was just loaded."""
        inputs = Schema(tuple(column for column in model.input_schema if column.name != model.target))
        return cls(version_id, name, number, model, inputs)


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back. `rows`: how many were predicted."""

    status: int
    body: bytes
    type: str = JSON
    rows: int = 0


class Refused(Exception):
    """A request that is no prediction; `status` is HTTP's."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class Endpoint:
    """Answers with the version that was put in last; a request keeps the one that it began with."""

    def __init__(self, path: str, executor: Executor, metrics: Callable[[], str]) -> None:
        self._path = path
        self._executor = executor
        self._metrics = metrics
        self._served: Served | None = None
        self._digests: tuple[str, ...] = ()
        self.counts = Counts()

    @property
    def served(self) -> Served | None:
        """The version that answers."""
        return self._served

    def serve(self, served: Served | None, digests: Iterable[str]) -> None:
        """From now on answer with this version, to whoever has a key with one of these SHA-256 digests (hex).

        None: with the version that there is.
        """
        self._served = served or self._served
        self._digests = tuple(digests)

    async def answer(self, method: str, path: str, headers: Mapping[str, str], body: Callable[[], Any]) -> Answer:
        """Answer a request below the endpoint's path; `body` reads it when it is wanted. Never raises."""
        started = time.perf_counter()
        try:
            answer = await self._route(method, path, headers, body)
        except Refused as error:
            answer = _error(error.status, error.code, error.message)
        except PatchbayError as error:
            answer = _error(422, error.code, error.message, error.details)
        except Exception:
            logger.exception("%s %s", method, path)
            answer = _error(500, "model_failed", "The model failed on this request; its log says why.")
        if path == "/predict":
            self.counts.add(answer.status, time.perf_counter() - started, answer.rows)
        return answer

    async def _route(self, method: str, path: str, headers: Mapping[str, str], body: Callable[[], Any]) -> Answer:
        served = self._served
        if served is None:
            raise Refused(503, "starting", "The model is being loaded.")
        if (method, path) == ("GET", "/health"):
            return Answer(200, b'{"status":"ok"}')
        self._check_key(headers)
        if (method, path) == ("POST", "/predict"):
            return await self._predict(served, headers, body)
        if (method, path) == ("GET", "/openapi.json"):
            return Answer(200, _json(document(self._path, served.name, served.number, served.inputs)))
        if (method, path) == ("GET", "/metrics"):
            return Answer(200, self._metrics().encode(), TEXT)
        raise Refused(404, "not_found", "There are POST /predict, GET /openapi.json, /health and /metrics.")

    def _check_key(self, headers: Mapping[str, str]) -> None:
        scheme, _, key = headers.get("authorization", "").partition(" ")
        digest = sha256(key.strip().encode("utf-8", "surrogatepass")).hexdigest()
        known = [hmac.compare_digest(digest, one) for one in self._digests]  # all of them: time tells nothing
        if scheme.lower() != "bearer" or not any(known):
            raise Refused(401, "unauthorized", "This endpoint needs its key: Authorization: Bearer pbs_...")

    async def _predict(self, served: Served, headers: Mapping[str, str], body: Callable[[], Any]) -> Answer:
        import asyncio

        if int(headers.get("content-length") or 0) > LARGEST_BODY:
            raise Refused(413, "too_large", f"A request has at most {LARGEST_BODY >> 20} MiB.")
        raw = await body()
        if len(raw) > LARGEST_BODY:
            raise Refused(413, "too_large", f"A request has at most {LARGEST_BODY >> 20} MiB.")
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, predict, served, raw)


def predict(served: Served, raw: bytes) -> Answer:
    """The answer to ``{"row": {...}}`` or ``{"rows": [{...}, ...]}``.

    Raises:
        Refused: it is not JSON of that shape.
        RowsError: a value does not fit; row and column are named.
        DataError: the model cannot answer these rows.
    """
    try:
        asked = json.loads(raw, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Refused(400, "not_json", "The body is not JSON; NaN and Infinity are none either: use null.") from None
    if not isinstance(asked, dict) or set(asked) not in ({"row"}, {"rows"}):
        raise Refused(400, "bad_request", 'Send {"row": {...}} or {"rows": [{...}, ...]}.')
    rows = [asked["row"]] if "row" in asked else asked["rows"]
    if not isinstance(rows, list):
        raise Refused(400, "bad_request", '"rows" must be a list of objects.')
    answers = records(served.model.predict(table_of(served.inputs, rows)))
    shown = {"prediction": answers[0]} if "row" in asked else {"predictions": answers}
    model = {"name": served.name, "version": served.number}
    return Answer(200, _json({**shown, "model": model}), rows=len(rows))


def records(table: Table) -> list[dict[str, Any]]:
    """The rows of an answer as JSON values: what is not a number is null, times are ISO 8601."""
    return [{name: _plain(value) for name, value in row.items()} for row in table.polars().iter_rows(named=True)]


def _plain(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value.total_seconds() if isinstance(value, timedelta) else value


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _error(status: int, code: str, message: str, details: Mapping[str, Any] | None = None) -> Answer:
    told = {"code": code, "message": message, "details": dict(details or {})}
    return Answer(status, json.dumps({"error": told}, ensure_ascii=False, default=str).encode("utf-8", "surrogatepass"))
