"""Whether what is said in both languages is whole in Chinese."""

from __future__ import annotations

import re

TERMS = r"PSI|AUC|R2|Spearman|String|Int64"
"""Latin words of the trade, which Chinese uses too."""


def assert_chinese(text: str) -> None:
    """AssertionError where English words or half-width punctuation stand outside of quoted names and values."""
    said = re.sub(rf"“[^”]*”|\b({TERMS})\b|\d[\d,.]*", "", text)
    assert re.search("[一-鿿]", said), text
    assert not re.search("[A-Za-z,.:;?!()'\"]", said), text


def assert_same(english: str, chinese: str) -> None:
    """AssertionError unless the Chinese is whole, and has the same numbers as the English."""
    assert_chinese(chinese)
    numbers = [sorted(re.findall(r"\d+(?:[,.]\d+)*%?", text)) for text in (english, chinese)]
    assert numbers[0] == numbers[1], (english, chinese)
