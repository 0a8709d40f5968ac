"""The encoding of a file: which one it is, by all of its bytes, and its text in UTF-8.

Blocks of bytes are given as something that can be iterated over several times: a file may be larger than memory.
"""

from __future__ import annotations

import codecs
import re
from collections import deque
from collections.abc import Iterable, Iterator

from patchbay_operators.advice import Text
from patchbay_operators.source._raw import beginning, without_control_characters
from patchbay_sdk import DataError

ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "gb18030": "GB18030",
    "big5": "Big5",
    "shift_jis": "Shift JIS",
    "latin-1": "Latin-1",
    "windows-1252": "Windows-1252",
}
"""Python's codec -> the name that people know."""

_SAMPLE = 20_000
"""Characters other than ASCII by which an encoding is recognised."""

_ASCII = re.compile(r"[\x00-\x7f]+")


class NotInEncoding(DataError):
    """Some bytes do not fit the encoding."""


def in_utf8(raw: Iterable[bytes], codec: str, name: str, shown: str) -> Iterator[bytes]:
    """The same text in UTF-8, in blocks of whole characters. Raises NotInEncoding naming the byte and its line."""
    decoder = codecs.getincrementaldecoder(codec)()
    lines = 0
    for block in _and_end(raw):
        if codec == "utf-8" and block and block.isascii() and not decoder.getstate()[0]:
            text = block
        else:
            try:
                text = decoder.decode(block, final=not block).encode()
            except UnicodeError as error:
                raise _not_in(error, block, lines, name, shown) from error
        lines += block.count(b"\n")
        if text:
            yield text


def _and_end(raw: Iterable[bytes]) -> Iterator[bytes]:
    yield from raw
    yield b""


def _not_in(error: UnicodeError, block: bytes, lines: int, name: str, shown: str) -> NotInEncoding:
    """`lines`: line ends above the block."""
    byte = Text("the end of the file", "文件结尾")
    if isinstance(error, UnicodeDecodeError):
        kept = len(error.object) - len(block)
        code = f"0x{error.object[error.start]:02x}"
        byte = Text(f"byte {code}", f"字节 {code} ")
        lines += error.object.count(b"\n", 0, error.start) - error.object.count(b"\n", 0, kept)
    return NotInEncoding(
        Text(
            f"File {name!r} is not in {shown}: {byte.en} in line {lines + 1} does not fit. "
            "Set the encoding to auto or to the one it was saved in.",
            f"文件“{name}”不是 {shown} 编码：第 {lines + 1} 行的{byte.zh}不符合。"
            "请把编码设为自动识别，或设为保存时的编码。",
        ).as_json()
    )


def detect_encoding(raw: Iterable[bytes], name: str) -> tuple[str, bool]:
    """The codec that the bytes look like, and whether that is a guess: only a BOM or valid UTF-8 is certain.

    Raises:
        DataError: the file is no text, nearly UTF-8 but for some damaged bytes, or in none of the known encodings.
    """
    first = beginning(raw, 4096)
    if first.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16", False
    if b"\0" in first and (utf16 := _utf16_without_bom(first, raw)):
        return utf16, True
    ascii = True
    for block in without_control_characters(raw, name):
        ascii = ascii and block.isascii()
    if ascii:
        return "utf-8", False
    try:
        deque(in_utf8(raw, "utf-8", name, ENCODINGS["utf-8"]), maxlen=0)
    except NotInEncoding:
        if _is_damaged_utf8(raw):
            raise
    else:
        return "utf-8", False
    if _looks_chinese(raw):
        return "gb18030", True
    if _looks_japanese(raw):
        return "shift_jis", True
    if _looks_traditional(raw):
        return "big5", True
    if _holds(raw, rb"[\x81\x8d\x8f\x90\x9d]"):  # no letter in any Western encoding
        unknown = Text(
            f"The encoding of file {name!r} cannot be told: set it, or save the file as UTF-8.",
            f"无法判断文件“{name}”的编码：请设置编码，或将文件另存为 UTF-8。",
        )
        raise DataError(unknown.as_json())
    return ("windows-1252" if _holds(raw, rb"[\x80-\x9f]") else "latin-1"), True


def _holds(raw: Iterable[bytes], pattern: bytes) -> bool:
    return any(re.search(pattern, block) for block in raw)


def _utf16_without_bom(first: bytes, raw: Iterable[bytes]) -> str | None:
    """UTF-16 when most zero bytes (those of digits and delimiters) lie on one side, and lines end as they must."""
    even, odd = first[::2].count(0), first[1::2].count(0)
    if odd > 4 * even and _holds_pair(raw, b"\n\0"):
        return "utf-16-le"
    if even > 4 * odd and _holds_pair(raw, b"\0\n"):
        return "utf-16-be"
    return None


def _holds_pair(raw: Iterable[bytes], pair: bytes) -> bool:
    before = b""
    for block in raw:
        if pair in block or before + block[:1] == pair:
            return True
        before = block[-1:]
    return False


def _is_damaged_utf8(raw: Iterable[bytes]) -> bool:
    """Far more characters are right than wrong."""
    right = wrong = 0
    for text in _decoded(raw, "utf-8", "replace"):
        damaged = text.count("\ufffd")
        wrong += damaged
        right += len(text) - len(text.encode("ascii", "ignore")) - damaged
    return right > 5 * wrong


def _decoded(raw: Iterable[bytes], codec: str, errors: str = "strict") -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(codec)(errors)
    for block in _and_end(raw):
        yield decoder.decode(block, final=not block)


def _foreign(raw: Iterable[bytes], codec: str) -> str | None:
    """The first characters other than ASCII, or None where some bytes of the file do not fit the codec."""
    found = ""
    try:
        for text in _decoded(raw, codec):
            if len(found) < _SAMPLE:
                found += _ASCII.sub("", text)[:_SAMPLE]
    except UnicodeDecodeError:
        return None
    return found[:_SAMPLE]


def _looks_chinese(raw: Iterable[bytes]) -> bool:
    """Nearly every character is one of GB2312's punctuation or first level (the common 3,755 characters).

    Western text decodes as GB18030 too, often without an error, but to rare characters.
    """
    foreign = _foreign(raw, "gb18030")
    if foreign is None:
        return False
    pairs = foreign.encode("gbk", "ignore")
    common = [lead for lead in pairs.decode("gbk").encode("gb2312", "ignore")[::2] if lead <= 0xD7]
    return len(common) >= 0.7 * len(pairs) / 2


def _looks_japanese(raw: Iterable[bytes]) -> bool:
    """Kana among full-width characters: Western bytes decode as Shift JIS too, but to half-width kana."""
    kana = wide = count = 0
    try:
        for text in _decoded(raw, "shift_jis"):
            foreign = _ASCII.sub("", text)
            count += len(foreign)
            kana += len(re.findall(r"[\u3040-\u30ff]", foreign))
            wide += len(re.findall(r"[\u3000-\u303f\u4e00-\u9fff\uff01-\uff5e℃]", foreign))
    except UnicodeDecodeError:
        return False
    return kana >= 0.15 * count and kana + wide >= 0.9 * count


def _looks_traditional(raw: Iterable[bytes]) -> bool:
    """Nearly every character is one of Big5's punctuation or its first level (the common 5,401 characters).

    Its second bytes are mostly no letters; those of a Western letter and the one behind it are.
    """
    sample = _foreign(raw, "big5")
    if sample is None:
        return False
    foreign = sample.encode("big5")
    pairs = len(foreign) / 2
    common, high = sum(0xA1 <= lead <= 0xC6 for lead in foreign[::2]), sum(trail >= 0xA1 for trail in foreign[1::2])
    return pairs >= 3 and common >= 0.9 * pairs and high >= 0.3 * pairs
