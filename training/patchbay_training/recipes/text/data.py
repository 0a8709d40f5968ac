"""Texts as numbers of symbols; the symbols are learned from the training texts, nothing is downloaded."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from patchbay_sdk import DataError, Table

Array = np.ndarray[Any, Any]

PIECES = re.compile(r"[^\W\d_]+|\d|[^\w\s]|_")
"""Words, single digits, single signs."""


class TextReader:
    """`options`: ``symbols``, words and single characters in order of their numbers (1, 2, ...), and ``length``."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self.options = options
        self._numbers = {symbol: number for number, symbol in enumerate(options["symbols"], start=1)}

    @classmethod
    def learn(cls, table: Table, column: str, symbols: int, length: int) -> TextReader:
        """The most frequent words that come at least twice, behind all characters that come at least twice.

        Raises:
            DataError: the column holds no texts.
        """
        words: Counter[str] = Counter()
        characters: Counter[str] = Counter()
        for text in texts(table, column):
            found = pieces(text)
            words.update(found)
            characters.update("".join(found))
        often = [character for character, count in characters.most_common(symbols) if count > 1]
        more = [word for word, count in words.most_common(symbols) if count > 1 and len(word) > 1]
        return cls({"symbols": [*often, *more][:symbols], "length": length})

    def take(self, table: Table, features: Sequence[str]) -> Array:
        """rows x length, int32; what is longer is cut, what is shorter is filled with 0."""
        rows = list(texts(table, features[0]))
        result = np.zeros((len(rows), int(self.options["length"])), np.int32)
        for row, text in zip(result, rows, strict=True):
            numbers = self._symbols(text)[: len(row)]
            row[: len(numbers)] = numbers
        return result

    def _symbols(self, text: str) -> list[int]:
        numbers = []
        for piece in pieces(text):
            known = self._numbers.get(piece)
            numbers += [known] if known else [self._numbers[c] for c in piece if c in self._numbers]
        return numbers


def pieces(text: str) -> list[str]:
    """Words in lower case, digits and signs."""
    return PIECES.findall(text.lower())


def texts(table: Table, column: str) -> Iterable[str]:
    """The texts of a column, an empty one for a missing one. Raises DataError when it holds no texts."""
    table.require(column)
    found = table.schema.get(column)
    if found is None or found.kind != "text":
        raise DataError(f"{column!r} is {found.type if found else 'missing'}; a column of texts is needed.")
    return (text or "" for text in table.polars()[column].cast(str).to_list())
