"""Files as UTF-8 text: unpacked, decoded, and refused with a clear word when they are no text at all."""

from __future__ import annotations

import gzip
import re
import zlib
from dataclasses import dataclass
from pathlib import Path

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

_SIGNATURES = {
    b"PK\x03\x04": "a zip archive or an Excel workbook; read a workbook with source.excel",
    b"\xd0\xcf\x11\xe0": "an old Excel or Office file; read a workbook with source.excel",
    b"PAR1": "a Parquet file; read it with source.parquet",
    b"ARROW1": "an Arrow file; convert it to Parquet and read that with source.parquet",
    b"SQLite format 3": "a SQLite database; read it with source.sql",
    b"\x1f\x8b": "packed twice with gzip; unpack it once",
    b"%PDF": "a PDF document",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
}


@dataclass(frozen=True, slots=True)
class Text:
    """A file's text as UTF-8 with ``\\n`` line ends; `guessed`: the encoding was chosen by what the bytes look like."""

    data: bytes
    encoding: str
    guessed: bool = False


def read_text(path: Path, encoding: str = "auto", head: int | None = None) -> Text:
    """Read a text file, unpacked when it is gzip; `head`: only about so many bytes, up to a line's end.

    Raises:
        DataError: the file is empty, damaged, no text, or not in the encoding.
    """
    raw = _read(path, head)
    if not raw:
        raise DataError(f"File {path.name!r} is empty.")
    for signature, kind in _SIGNATURES.items():
        if raw.startswith(signature):
            raise DataError(f"File {path.name!r} is not text: it is {kind}.")
    if head is not None and len(raw) == head:
        raw = raw[: raw.rfind(b"\n") + 1] or raw
    text = _decode(raw, path.name, encoding)
    _refuse_control_characters(text.data, path.name)
    return text


def _read(path: Path, head: int | None) -> bytes:
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    try:
        with gzip.open(path) if packed else path.open("rb") as file:
            return file.read(-1 if head is None else head)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise DataError(f"The gzip file {path.name!r} is damaged or cut off: {error}.") from error


def _decode(raw: bytes, name: str, encoding: str) -> Text:
    if encoding == "auto":
        encoding, guessed = detect_encoding(raw, name)
    else:
        guessed = False
    if encoding == "utf-8":
        data, shown = (
            raw.removeprefix(b"\xef\xbb\xbf"),
            "UTF-8 with BOM" if raw.startswith(b"\xef\xbb\xbf") else "UTF-8",
        )
        _check_utf8(data, name)
    else:
        shown = ENCODINGS.get(encoding.removesuffix("-le").removesuffix("-be"), encoding)
        try:
            data = raw.decode(encoding).removeprefix("\ufeff").encode()
        except UnicodeError as error:
            start = error.start if isinstance(error, UnicodeDecodeError) else len(raw)
            raise _not_in(raw, start, name, shown) from error
    if data.endswith(b"\x1a"):  # the end mark of old DOS files
        data = data[:-1]
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return Text(data, shown, guessed)


def _check_utf8(data: bytes, name: str) -> None:
    if data.isascii():
        return
    try:
        data.decode()
    except UnicodeDecodeError as error:
        raise _not_in(data, error.start, name, "UTF-8") from error


def _not_in(raw: bytes, start: int, name: str, encoding: str) -> DataError:
    line = raw.count(b"\n", 0, start) + 1
    byte = f"byte 0x{raw[start]:02x}" if start < len(raw) else "the end of the file"
    return DataError(
        f"File {name!r} is not in {encoding}: {byte} in line {line} does not fit. "
        "Set the encoding to auto or to the one it was saved in."
    )


def detect_encoding(raw: bytes, name: str) -> tuple[str, bool]:
    """The codec that the bytes look like, and whether that is a guess: only a BOM or valid UTF-8 is certain.

    Raises:
        DataError: the file is no text, nearly UTF-8 but for some damaged bytes, or in none of the known encodings.
    """
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16", False
    if b"\0" in raw[:4096] and (utf16 := _utf16_without_bom(raw)):
        return utf16, True
    _refuse_control_characters(raw, name)
    if raw.isascii():
        return "utf-8", False
    text = raw.decode("utf-8", "replace")
    damaged = text.count("\ufffd")
    if not damaged or raw.count("\ufffd".encode()) == damaged:
        return "utf-8", False
    correct = len(text) - len(text.encode("ascii", "ignore")) - damaged
    if correct > 5 * damaged:
        _check_utf8(raw, name)
    if _looks_chinese(raw):
        return "gb18030", True
    if _looks_japanese(raw):
        return "shift_jis", True
    if _looks_traditional(raw):
        return "big5", True
    if re.search(rb"[\x81\x8d\x8f\x90\x9d]", raw):  # no letter in any Western encoding
        raise DataError(f"The encoding of file {name!r} cannot be told: set it, or save the file as UTF-8.")
    return ("windows-1252" if re.search(rb"[\x80-\x9f]", raw) else "latin-1"), True


def _utf16_without_bom(raw: bytes) -> str | None:
    """UTF-16 when most zero bytes (those of digits and delimiters) lie on one side, and lines end as they must."""
    even, odd = raw[:4096:2].count(0), raw[1:4096:2].count(0)
    if odd > 4 * even and b"\n\0" in raw:
        return "utf-16-le"
    if even > 4 * odd and b"\0\n" in raw:
        return "utf-16-be"
    return None


def _looks_chinese(raw: bytes) -> bool:
    """Nearly every character is one of GB2312's punctuation or first level (the common 3,755 characters).

    Western text decodes as GB18030 too, often without an error, but to rare characters.
    """
    try:
        text = raw.decode("gb18030")
    except UnicodeDecodeError:
        return False
    pairs = re.sub(r"[\x00-\x7f]+", "", text)[:20_000].encode("gbk", "ignore")
    common = [lead for lead in pairs.decode("gbk").encode("gb2312", "ignore")[::2] if lead <= 0xD7]
    return len(common) >= 0.7 * len(pairs) / 2


def _looks_japanese(raw: bytes) -> bool:
    """Kana among full-width characters: Western bytes decode as Shift JIS too, but to half-width kana."""
    try:
        text = raw.decode("shift_jis")
    except UnicodeDecodeError:
        return False
    foreign = re.sub(r"[\x00-\x7f]+", "", text)
    kana = len(re.findall(r"[\u3040-\u30ff]", foreign))
    wide = kana + len(re.findall(r"[\u3000-\u303f\u4e00-\u9fff\uff01-\uff5e℃]", foreign))
    return kana >= 0.15 * len(foreign) and wide >= 0.9 * len(foreign)


def _looks_traditional(raw: bytes) -> bool:
    """Nearly every character is one of Big5's punctuation or its first level (the common 5,401 characters).

    Its second bytes are mostly no letters; those of a Western letter and the one behind it are.
    """
    try:
        text = raw.decode("big5")
    except UnicodeDecodeError:
        return False
    foreign = re.sub(r"[\x00-\x7f]+", "", text)[:20_000].encode("big5")
    pairs = len(foreign) / 2
    common, high = sum(0xA1 <= lead <= 0xC6 for lead in foreign[::2]), sum(trail >= 0xA1 for trail in foreign[1::2])
    return pairs >= 3 and common >= 0.9 * pairs and high >= 0.3 * pairs


def _refuse_control_characters(data: bytes, name: str) -> None:
    found = re.search(rb"[\x00-\x08\x0e-\x19\x1c-\x1f]", data[: 1 << 16]) or re.search(rb"\0", data)
    if found is not None:
        line = data.count(b"\n", 0, found.start()) + 1
        raise DataError(
            f"File {name!r} is not a text file, or is damaged: line {line} holds the control character "
            f"0x{data[found.start()]:02x}."
        )
