"""Takes the values of secrets out of what a task prints and reports.

A value is found as it is, in the forms in which programs usually show it (JSON, Python, URL, HTML, base64, hex), line
by line, and by its parts that are secret by themselves: the password of a URL, the texts of a JSON document. What an
operator makes of it otherwise (spelt backwards, one letter a line) is not found.
"""

from __future__ import annotations

import base64
import contextlib
import html
import json
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote, quote_plus, unquote, urlsplit

from patchbay_runners.protocol import TaskEvent

HIDDEN = "***"
SHORTEST = 4
"""Characters of the shortest text that is masked; a shorter one would take words out of every log."""
SHORTEST_IN_DOCUMENT = 8
"""Of a text within a JSON document, where ``type`` and ``true`` are no secrets."""


class Mask:
    """Hides these secrets. Without any it changes nothing and costs nothing."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        found = {form for secret in secrets for part in parts_of(secret) for form in _forms(part)}
        self._forms = sorted(_encode(form) for form in found if len(form) >= SHORTEST)

    def __bool__(self) -> bool:
        return bool(self._forms)

    def text(self, text: str) -> str:
        """The text without the secrets."""
        if not self._forms:
            return text
        masked, _ = MaskedStream(self).feed(_encode(text), last=True)
        return masked.decode("utf-8", "surrogatepass")

    def json(self, value: Any) -> Any:
        """Plain JSON without the secrets, in keys too."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.text(name): self.json(item) for name, item in value.items()}
        if isinstance(value, list):
            return [self.json(item) for item in value]
        return value

    def event(self, event: TaskEvent) -> TaskEvent:
        """The event without the secrets. Ports and artifact ids are the platform's own words and stay."""
        if not self._forms:
            return event
        if event.kind != "finished":
            return TaskEvent(event.kind, self.json(event.data))
        artifacts = {self.text(name): id for name, id in event.data["artifacts"].items()}
        metrics = {port: self.json(values) for port, values in event.data["metrics"].items()}
        return TaskEvent(event.kind, {**event.data, "artifacts": artifacts, "metrics": metrics})

    def found_in(self, data: bytes) -> list[tuple[int, int]]:
        """Where secrets are: (begin, end), in order, overlapping ones as one."""
        places = []
        for form in self._forms:
            begin = data.find(form)
            while begin >= 0:
                places.append((begin, begin + len(form)))
                begin = data.find(form, begin + 1)
        return _joined(places)

    def open_end(self, data: bytes) -> int:
        """Where a secret may begin whose end is not there yet; the length of `data` when there is none."""
        return min((_open_end(form, data) for form in self._forms), default=len(data))


class MaskedStream:
    """Masks bytes that arrive in pieces, wherever they were cut."""

    def __init__(self, mask: Mask) -> None:
        self._mask = mask
        self._hidden = 0
        """Bytes at the beginning of the next piece that belong to a secret already told as hidden."""

    def __bool__(self) -> bool:
        return bool(self._mask)

    def feed(self, data: bytes, *, last: bool) -> tuple[bytes, int]:
        """(masked bytes, how many of `data` were taken): the next call begins with those that were not.

        `last`: nothing follows, so all of it is taken.
        """
        if not self._mask:
            return data, len(data)
        end = len(data) if last else self._mask.open_end(data)
        if end == 0:
            return b"", 0
        places = _joined([*([(0, self._hidden)] if self._hidden else []), *self._mask.found_in(data)])
        told, position = [], 0
        for begin, finish in places:
            if begin >= end:
                break
            told.append(data[position:begin])
            if begin or not self._hidden:
                told.append(HIDDEN.encode())
            position = finish
        told.append(data[position:end])
        self._hidden = max(0, position - end)
        return b"".join(told), end


def _open_end(form: bytes, data: bytes) -> int:
    """Where `form` begins in `data` without ending there; the length of `data` when it does not."""
    start = form[:SHORTEST]
    begin = data.find(start, max(0, len(data) - len(form) + 1))
    while begin >= 0:
        if form.startswith(data[begin:]):
            return begin
        begin = data.find(start, begin + 1)
    return len(data) - next((size for size in range(len(start) - 1, 0, -1) if data.endswith(form[:size])), 0)


def _joined(places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The places in order, those that overlap as one."""
    joined: list[tuple[int, int]] = []
    for begin, end in sorted(places):
        if joined and begin < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return joined


def parts_of(secret: str) -> set[str]:
    """What is secret of a value: all of it, its lines, the password of a URL, the texts of a JSON document."""
    return {part for part in _parts(secret.strip()) if len(part) >= SHORTEST}


def _parts(whole: str) -> Iterator[str]:
    yield whole
    yield from (line.strip() for line in whole.splitlines())
    try:
        password = urlsplit(whole).password
    except ValueError:
        password = None
    if password:
        yield from (password, unquote(password))
    if whole[:1] in ("{", "["):
        with contextlib.suppress(ValueError, RecursionError):
            yield from _texts(json.loads(whole))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str) and len(value) >= SHORTEST_IN_DOCUMENT:
        yield value
        yield from (line for line in value.splitlines() if len(line) >= SHORTEST_IN_DOCUMENT)
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)


def _forms(text: str) -> Iterator[str]:
    """A text as programs show it."""
    data = _encode(text)
    yield text
    yield from (json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1])
    yield from (repr(text)[1:-1], ascii(text)[1:-1], html.escape(text))
    percent = [quote(data, safe=""), quote(data), quote_plus(data)]
    yield from (form for url in percent for form in (url, _lower_escapes(url)))
    yield from (data.hex(), data.hex().upper())
    for whole in (base64.b64encode(data).decode(), base64.urlsafe_b64encode(data).decode()):
        yield from (whole, whole.rstrip("="))
    yield from base64.encodebytes(data).decode().split()
    for before in range(3):  # within something longer, such as "user:password", it has three looks
        inner = slice(-(-before * 8 // 6), (before + len(data)) * 8 // 6)
        shifted = bytes(before) + data + bytes(3)
        yield from (base64.b64encode(shifted).decode()[inner], base64.urlsafe_b64encode(shifted).decode()[inner])


def _lower_escapes(url: str) -> str:
    """``%2F`` as ``%2f``."""
    first, *others = url.split("%")
    return "%".join([first, *(other[:2].lower() + other[2:] for other in others)])


def _encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
