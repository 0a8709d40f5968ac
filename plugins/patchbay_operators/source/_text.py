"""Files as UTF-8 text: unpacked, decoded, and refused with a clear word when they are no text at all."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from patchbay_operators.source._encoding import ENCODINGS, detect_encoding, in_utf8
from patchbay_operators.source._raw import Raw, beginning, refuse_no_text, without_control_characters


@dataclass(frozen=True, slots=True)
class Text:
    """A file's text as UTF-8 with ``\\n`` line ends, in blocks that can be iterated over several times.

    `encoding`: its name for people; `guessed`: it was chosen by what the bytes look like.
    """

    blocks: Iterable[bytes]
    encoding: str
    guessed: bool

    @property
    def data(self) -> bytes:
        """The whole text."""
        return b"".join(self.blocks)


@dataclass(frozen=True, slots=True)
class _Decoded:
    """Raises DataError where the file is damaged, no text, or not in the encoding."""

    raw: Iterable[bytes]
    codec: str
    shown: str
    name: str

    def __iter__(self) -> Iterator[bytes]:
        text = in_utf8(self.raw, self.codec, self.name, self.shown)
        yield from without_control_characters(_plain_line_ends(_without_bom(text)), self.name)


def read_text(path: Path, encoding: str = "auto", head: int | None = None) -> Text:
    """Read a text file into memory; `head`: only about so many bytes, up to a line's end.

    Raises:
        DataError: the file is empty, damaged, no text, or not in the encoding.
    """
    raw = next(iter(Raw(path, -1 if head is None else head)), b"")
    if head is not None and len(raw) == head:
        raw = raw[: _lines_end(raw)] or raw
    text = _text([raw], path.name, encoding)
    return replace(text, blocks=[text.data])


def _lines_end(raw: bytes) -> int:
    """Where the last line that is whole ends. In UTF-16 a line's end has two bytes, and may seem to be elsewhere."""
    if b"\0" not in raw:
        return raw.rfind(b"\n") + 1
    return max(_last_even(raw, b"\n\0"), _last_even(raw, b"\0\n")) + 2


def _last_even(raw: bytes, pair: bytes) -> int:
    at = raw.rfind(pair)
    while at > 0 and at % 2:
        at = raw.rfind(pair, 0, at + 1)
    return at if at % 2 == 0 else -2


def open_text(path: Path, encoding: str, block: int) -> Text:
    """A text file of any size, read while its blocks are iterated over: about `block` bytes each.

    Raises:
        DataError: the file is empty, damaged, no text, or its encoding cannot be told.
    """
    return _text(Raw(path, block), path.name, encoding)


def _text(raw: Iterable[bytes], name: str, encoding: str) -> Text:
    refuse_no_text(raw, name)
    guessed = False
    if encoding == "auto":
        encoding, guessed = detect_encoding(raw, name)
    shown = ENCODINGS.get(encoding.removesuffix("-le").removesuffix("-be"), encoding)
    first = beginning(raw, len(BOM_UTF8))
    if encoding == "utf-8" and first == BOM_UTF8:
        shown = "UTF-8 with BOM"
    if encoding == "utf-16":
        encoding = "utf-16-be" if first.startswith(b"\xfe\xff") else "utf-16-le"
    return Text(_Decoded(raw, encoding, shown, name), shown, guessed)


def _without_bom(blocks: Iterable[bytes]) -> Iterator[bytes]:
    at_start = True
    for block in blocks:
        yield block.removeprefix(BOM_UTF8) if at_start else block
        at_start = False


def _plain_line_ends(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """``\\n`` for ``\\r\\n`` and ``\\r``, and without the end mark (0x1a) of old DOS files."""
    held = b""
    for block in blocks:
        data = held + block
        # What follows decides about these two.
        held = data[-1:] if data.endswith((b"\r", b"\x1a")) else b""
        yield _with_plain_ends(data[: len(data) - len(held)])
    if held == b"\r":
        yield b"\n"


def _with_plain_ends(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in data else data
