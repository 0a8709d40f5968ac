"""What no request may contain, whatever it is for: it would break a database or a file name far from here."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from flask import Flask, request
from werkzeug.exceptions import BadRequest, NotFound, UnprocessableEntity, UnsupportedMediaType


def refuse_unusable_texts(app: Flask) -> None:
    """Refuse NUL and lone surrogates in every text, what JSON does not have, nesting without end, packed bodies."""

    @app.before_request
    def check() -> None:
        if "\0" in request.path:
            raise NotFound("A path holds no NUL character.")
        if any("\0" in text for pair in request.args.items(multi=True) for text in pair):
            raise UnprocessableEntity("A query holds no NUL character.")
        if request.content_encoding not in (None, "", "identity"):
            raise UnsupportedMediaType("Send the body as it is, without Content-Encoding.")
        if request.is_json and request.content_length:
            _check_text(_parsed(request.get_data()))


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body, parse_constant=_refuse_constant, object_pairs_hook=_members)
    except RecursionError:
        raise BadRequest("The JSON is nested too deeply.") from None
    except ValueError as error:
        raise BadRequest(f"This is not JSON: {error}.") from None


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("an object has two members of the same name")
    return members


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


def _check_text(value: Any) -> None:
    waiting = [value]
    while waiting:
        match waiting.pop():
            case str() as text:
                _check_characters(text)
            case list() as items:
                waiting.extend(items)
            case dict() as members:
                waiting.extend(members)
                waiting.extend(members.values())


def _check_characters(text: str) -> None:
    if "\0" in text:
        raise UnprocessableEntity("The JSON holds a NUL character.")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise UnprocessableEntity("The JSON holds half a character (a lone surrogate).") from None
