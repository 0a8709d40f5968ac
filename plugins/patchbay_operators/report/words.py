"""Numbers, shares and names as people read them, in both languages."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from patchbay_operators.advice import Text

_CHINESE = {
    "wafer": ("晶圆", "片"), "die": ("芯片", "颗"), "chip": ("芯片", "颗"), "lot": ("批次", "个"),
    "batch": ("批次", "个"), "part": ("零件", "个"), "customer": ("客户", "位"),
    "person": ("人", "个"), "message": ("消息", "条"),
    "order": ("订单", "张"), "machine": ("设备", "台"), "tool": ("机台", "台"), "engine": ("发动机", "台"),
    "row": ("数据", "行"), "day": ("日", "个"), "hour": ("小时", "个"), "image": ("图像", "张"),
}  # fmt: skip
"""What a row often is -> its word and its measure word."""
_PLURALS = {"die": "dies", "person": "people"}


@dataclass(frozen=True, slots=True)
class Unit:
    """What one row is: a wafer, a lot, or just a row. `measure`: the Chinese measure word."""

    one: str
    many: str
    zh: str
    measure: str

    @classmethod
    def of(cls, word: str) -> Unit:
        """The unit of a word that people gave in either language; none given: a row."""
        word = word.strip() or "row"
        known = word.lower()
        if known in _CHINESE:
            zh, measure = _CHINESE[known]
            return cls(word, _plural(word), zh, measure)
        for english, (zh, measure) in _CHINESE.items():
            if word == zh:
                return cls(english, _plural(english), zh, measure)
        return cls(word, _plural(word), word, "个")

    def count(self, number: int) -> Text:
        """``1 wafer``, ``1,204 wafers``."""
        return Text(f"{number:,} {self.one if number == 1 else self.many}", f"{number:,} {self.measure}{self.zh}")


def _plural(word: str) -> str:
    lower = word.lower()
    if lower in _PLURALS:
        return _PLURALS[lower]
    if not word.isascii():
        return word
    if lower.endswith(("s", "x", "ch", "sh")):
        return f"{word}es"
    if lower.endswith("y") and lower[-2:-1] not in "aeiou":
        return f"{word[:-1]}ies"
    return f"{word}s"


@dataclass(frozen=True, slots=True)
class Share:
    """A share as people say it: ``7 of 10``, exact for few and "about" where it is rounded; or ``all``, ``none``."""

    part: int
    whole: int
    about: bool = False
    counted: bool = False

    @classmethod
    def of(cls, part: int, whole: int) -> Share:
        """Of up to 20 the very numbers; else of 10, or of 100 or 1,000 where tens would bend it. `whole` is not 0."""
        share = part / whole
        if whole <= 20 or part in (0, whole):
            return cls(part, whole, counted=True)
        base = next((base for base in (10, 100, 1000) if _says(share, base)), 1000)
        rounded = min(max(round(share * base), 1), base - 1)
        return cls(rounded, base, about=not math.isclose(share * base, rounded))

    @property
    def all(self) -> bool:
        """Whether it is the whole."""
        return self.part == self.whole

    @property
    def none(self) -> bool:
        """Whether it is nothing."""
        return self.part == 0

    @property
    def en(self) -> str:
        """``about 7 of 10``."""
        return f"{'about ' if self.about else ''}{self.part:,} of {self.whole:,}"

    def zh(self, measure: str, noun: str) -> tuple[str, str]:
        """``每 10 片坏晶圆`` and ``约 7 片``, between which a verb stands; of few that were counted without 每."""
        each = "" if self.counted else "每 "
        return f"{each}{self.whole:,} {measure}{noun}", f"{'约 ' if self.about else ' '}{self.part:,} {measure}"


def _says(share: float, base: int) -> bool:
    rounded = round(share * base)
    return 0 < rounded < base and (base > 10 or abs(share * base - rounded) <= 0.25)


def number(value: float) -> str:
    """A quantity with three meaningful digits: 2.47, 13.9, 1,234, 0.0012."""
    if not math.isfinite(value):
        return "?"
    if value == 0:
        return "0"
    if abs(value) >= 1e15 or abs(value) < 1e-4:
        return f"{value:.2e}"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    shown = f"{value:,.{digits}f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def percent(share: float) -> str:
    """A share as per cent, with a digit behind the point where it is small or near the whole."""
    value = share * 100
    if 0 < value < 0.05:
        return "<0.1%"
    if 99.95 <= value < 100:
        return ">99.9%"
    return f"{value:.1f}%" if 0 < value < 2 or 98 < value < 100 else f"{value:.0f}%"


def moment(value: Any) -> str:
    """A time as people write it, without seconds where they are none: 2024-05-03 08:00; other values as text."""
    if not isinstance(value, datetime):
        return str(value)
    shown = value.strftime("%Y-%m-%d %H:%M:%S")
    return shown.removesuffix(":00")


def listed(names: Sequence[str], most: int = 5) -> Text:
    """Names in quotes, one after the other; of many, the first and how many more."""
    shown, more = names[:most], len(names) - most
    en, zh = ", ".join(f"“{name}”" for name in shown), "、".join(f"“{name}”" for name in shown)
    if more > 0:
        return Text(f"{en} and {more} more", f"{zh}等 {len(names)} 个")
    if len(shown) > 1:
        en = f"{', '.join(f'“{name}”' for name in shown[:-1])} and “{shown[-1]}”"
    return Text(en, zh)
