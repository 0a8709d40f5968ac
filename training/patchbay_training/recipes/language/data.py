"""Texts as bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from patchbay_sdk import DataError, Table
from patchbay_training.recipes.text.data import texts

Array = np.ndarray[Any, Any]

BETWEEN = 256
"""Stands before and behind each text."""
NOTHING = 257
"""Fills up what is shorter than the others."""
SYMBOLS = 258


class ByteReader:
    """`options`: ``length``, bytes that the network sees at once."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self.options = options

    def take(self, table: Table, features: Sequence[str]) -> Array:
        """rows x (length + 1), int16: each text between two marks, cut or filled up."""
        rows = [coded(text) for text in texts(table, features[0])]
        result = np.full((len(rows), int(self.options["length"]) + 1), NOTHING, np.int16)
        for row, symbols in zip(result, rows, strict=True):
            row[: len(symbols)] = symbols[: len(row)]
        return result

    def stream(self, table: Table, column: str) -> tuple[Array, Array]:
        """All texts in a row, cut into pieces of `length`, and the same one place further: what comes next.

        Raises:
            DataError: there are fewer bytes than one piece needs.
        """
        length = int(self.options["length"])
        symbols = np.concatenate([np.zeros(0, np.int16), *(coded(text)[1:] for text in texts(table, column))])
        count = (len(symbols) - 1) // length
        if count < 1:
            raise DataError(f"{column!r} has {len(symbols)} bytes; a piece needs {length + 1}: take a smaller length.")
        pieces = symbols[: count * length].reshape(count, length)
        return pieces, symbols[1 : count * length + 1].reshape(count, length)


def coded(text: str) -> Array:
    """A text's UTF-8 bytes between two marks."""
    return np.array([BETWEEN, *text.encode(), BETWEEN], np.int16)
