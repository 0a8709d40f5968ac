"""Blueprints whose every route says what it needs: one without a permission does not import."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from http import HTTPStatus
from typing import Any, Literal, TypeVar

import flask_smorest
from flask import Request
from marshmallow import RAISE
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import UnsupportedMediaType
from werkzeug.routing import IntegerConverter

from patchbay_server.api import access, idempotency
from patchbay_server.api.downloads import BINARY, BYTES
from patchbay_server.services.people.rights import PERMISSIONS

View = TypeVar("View", bound=Callable[..., Any])

PREFIX = "/api/v1"
JSON = "application/json"
ERRORS = (400, 404, 406, 409, 413, 415, 422, 429, 431, 500, 503)
"""What any route may answer beside its success; 401 and 403 as well, unless it is open to everybody."""
IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "description": "The ETag of what is changed, as its GET gave it.",
    "schema": {"type": "string", "pattern": '^"[0-9]{1,9}"$'},
}
IDEMPOTENCY_KEY = {
    "in": "header",
    "name": idempotency.HEADER,
    "description": "The same key with the same request gives the first answer again, and makes nothing twice.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
}


class Id(IntegerConverter):
    """``<id:name>`` in a path: a number of the database, 1 to 2^63 - 1."""

    def __init__(self, map: Any) -> None:
        super().__init__(map, min=1, max=(1 << 63) - 1)


class Parser(FlaskParser):
    """Refuses what a schema does not know, in queries as in bodies: a filter with a typing mistake shows too much."""

    DEFAULT_UNKNOWN_BY_LOCATION = FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION | {"query": RAISE}

    def load_json(self, req: Request, schema: Any) -> Any:
        """See FlaskParser, which takes a body of another kind for none at all."""
        if req.content_length and req.mimetype != JSON:
            raise UnsupportedMediaType(f"Send the body as {JSON}.")
        return super().load_json(req, schema)


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc] # flask-smorest brings no types
    """Routes of one resource below ``/api/v1``, or another `root`.

    Each is declared with `requires`, a permission of `rights.PERMISSIONS`. `creates`: it honours Idempotency-Key.
    `if_match`: it takes this header, "required" or "optional".
    """

    ARGUMENTS_PARSER = Parser()

    def __init__(self, name: str, description: str, prefix: str = "", *, root: str = PREFIX) -> None:
        super().__init__(name, name, url_prefix=root + prefix, description=description)
        self.permissions: dict[str, str] = {}
        """View name -> permission."""

    def route(
        self,
        rule: str,
        *,
        requires: str,
        creates: bool = False,
        if_match: Literal["required", "optional"] | None = None,
        **options: Any,
    ) -> Callable[[View], View]:
        """See the class; the other options are Flask's."""
        permission = PERMISSIONS[requires]
        full = f"{self.url_prefix}{rule}"
        assert (permission.scope == "project") <= ("<project_name>" in full), f"{full} names no project"

        def decorate(view: View) -> View:
            @wraps(view)
            def guarded(*arguments: Any, **values: Any) -> Any:
                access.check(requires)
                return idempotency.once(view, arguments, values) if creates else view(*arguments, **values)

            assert view.__name__ not in self.permissions, f"two views are named {view.__name__}"
            self.permissions[view.__name__] = requires
            documented = self._documented(guarded, requires, creates, if_match)
            super(Blueprint, self).route(rule, **options)(documented)
            return view

        return decorate

    def download(self, view: View) -> View:
        """Say that a view answers with a file, as `downloads.download` does."""
        view = self.alt_response(206, schema=BINARY, content_type=BYTES, description="What Range asked for.")(view)
        view = self.alt_response(304, description="What If-None-Match names is what there is.")(view)
        view = self.alt_response(416, response=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE.name)(view)
        described: View = self.response(200, BINARY, content_type=BYTES)(view)
        return described

    def _documented(self, view: Any, requires: str, creates: bool, if_match: str | None) -> Any:
        is_open = PERMISSIONS[requires].scope == "open"
        view = self._with_errors(view, (*ERRORS, *((428,) if if_match else ()), *(() if is_open else (401, 403))))
        if creates:
            self._add_header(view, IDEMPOTENCY_KEY)
        if if_match:
            self._add_header(view, IF_MATCH | {"required": if_match == "required"})
        notes: dict[str, Any] = {
            "operationId": view.__name__,
            "x-requires": requires,
            "security": [] if is_open else [{"token": []}, {"session": []}],
        }
        return self.doc(**notes)(view)

    def _add_header(self, view: Any, header: dict[str, Any]) -> None:
        """Beside the arguments that the view has; `doc` would put it in their place."""
        view._apidoc.setdefault("arguments", {}).setdefault("parameters", []).append(header)

    def _with_errors(self, view: Any, statuses: Sequence[int]) -> Any:
        """The view with the one error payload for every status that it does not describe itself.

        flask-smorest copies all that is known of a view at each decorator; one for each status would take a second
        of the web process's start.
        """
        described = getattr(view, "_apidoc", {}).get("response", {}).get("responses", {})
        first, *others = [status for status in statuses if status not in described]
        view = self.alt_response(first, response=HTTPStatus(first).name)(view)
        responses = view._apidoc["response"]["responses"]
        for status in others:
            responses[status] = [HTTPStatus(status).name]
        return view
