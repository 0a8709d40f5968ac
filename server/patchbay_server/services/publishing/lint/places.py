"""Where in a JSON file each value stands."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

Path = tuple[str | int, ...]

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')


class Place(NamedTuple):
    """Line and column, both from 1."""

    line: int
    column: int


class Places:
    """The places of a valid JSON text's values and keys.

    `duplicates`: paths of keys that stand twice in their object, with the place of the second.
    """

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._values: dict[Path, int] = {}
        self._keys: dict[Path, int] = {}
        self.duplicates: list[tuple[Path, Place]] = []
        self._read(_TOKEN.finditer(text))

    def value(self, path: Path) -> Place:
        """Where a value begins; of one that is not there, where the nearest around it does."""
        while path not in self._values:
            path = path[:-1]
        return self._place(self._values[path])

    def key(self, path: Path) -> Place:
        """Where the key of a value begins; of an item of a list, where the item does."""
        return self._place(self._keys[path]) if path in self._keys else self.value(path)

    def _place(self, offset: int) -> Place:
        line = next((n for n in range(len(self._starts), 0, -1) if self._starts[n - 1] <= offset), 1)
        return Place(line, offset - self._starts[line - 1] + 1)

    def _read(self, tokens: Iterator[re.Match[str]]) -> None:
        """Note every value, with a stack of the objects and lists around it: deep nesting costs no recursion."""
        around: list[str | int] = []
        expects_key: list[bool] = []
        key: tuple[str, int] | None = None
        for token in tokens:
            text = token.group()
            if text in "}]":
                around.pop()
                expects_key.pop()
            elif text == ",":
                if expects_key and isinstance(around[-1], int):
                    around[-1] += 1
                elif expects_key:
                    expects_key[-1] = True
            elif text == ":":
                assert key is not None
                around[-1] = key[0]
                self._note_key((*around,), key[1])
                expects_key[-1] = False
            elif expects_key and expects_key[-1] and text[0] == '"':
                key = (json.loads(text), token.start())
            else:
                self._values[(*around,)] = token.start()
                if text in "{[":
                    around.append("" if text == "{" else 0)
                    expects_key.append(text == "{")

    def _note_key(self, path: Path, offset: int) -> None:
        if path in self._keys:
            self.duplicates.append((path, self._place(offset)))
        self._keys[path] = offset


def parsed(text: str) -> tuple[Any, Places]:
    """The value of a JSON text and the places in it.

    Raises:
        json.JSONDecodeError: it is not JSON.
        RecursionError: it is nested too deeply.
    """

    def refuse(constant: str) -> Any:
        raise json.JSONDecodeError(f"{constant} is no number of JSON", text, text.index(constant))

    def finite(number: str) -> float:
        return float(number) if math.isfinite(float(number)) else refuse(number)

    value = json.loads(text, parse_constant=refuse, parse_float=finite)
    return value, Places(text)
