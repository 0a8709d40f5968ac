"""Fonts of PDFs: Chinese in a free font of this machine, of which the signs in use are embedded, if it has one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

READERS_OWN = "STSong-Light"
"""Adobe's name of a font that a reader of PDF replaces by its own: nothing is embedded."""
EMBEDDED = "PatchbayChinese"
FOLDERS = (
    Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path("~/.local/share/fonts"), Path("~/.fonts"),
)  # fmt: skip
FREE = ("wqy-microhei*.tt?", "wqy-zenhei*.tt?", "NotoSansSC-*.ttf", "NotoSansSC*.ttf", "DroidSansFallback*.ttf")
"""Names of fonts with free licences whose outlines reportlab can embed, the best first."""


@cache
def chinese_font() -> str:
    """The name under which the font for Chinese is registered."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfbase.ttfonts import TTFError, TTFont

    for path in _found():
        try:
            pdfmetrics.registerFont(TTFont(EMBEDDED, str(path), subfontIndex=0))
        except (TTFError, OSError):
            continue  # of other outlines, or damaged
        return EMBEDDED
    pdfmetrics.registerFont(UnicodeCIDFont(READERS_OWN))
    return READERS_OWN


@lru_cache(5000)
def font_for(text: str) -> str:
    """Helvetica where it has all characters, else the Chinese font."""
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return chinese_font()
    return "Helvetica"


def _found() -> Iterator[Path]:
    for name in FREE:
        for folder in FOLDERS:
            yield from sorted(folder.expanduser().rglob(name))
