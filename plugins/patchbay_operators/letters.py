"""Letters that were damaged on the way: read in another encoding than they were written in, or lost."""

from __future__ import annotations

DAMAGED = r"[ÃÂ][\u{80}-\u{bf}“”‘’„†‡•™š›œžŸ€]|â€|ï»¿|锟斤拷|\u{fffd}"
"""UTF-8 that was read as Windows-1252, or what was lost for ever; for polars."""

LOST = "\ufffd"


def repaired(text: str) -> str | None:
    """The text as it was before UTF-8 was read as Windows-1252; None when it was not, or cannot be told."""
    if text.isascii() or LOST in text:
        return None
    for encoding in ("windows-1252", "latin-1"):
        try:
            right = text.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
        return right if right != text else None
    return None
