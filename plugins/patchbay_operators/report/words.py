"""Numbers, shares and names as people read them, in both languages."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

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


def of_ten(part: float, whole: float) -> Text:
    """A share as people say it, ``7 of 10``: exact for few, and "about" where it is rounded.

    Shares that tens would bend are told of 100 or of 1,000. `whole` must not be 0.
    """
    share = part / whole
    if share in (0, 1):
        return Text("all", "全部") if share else Text("none", "零")
    if whole <= 20 and float(part).is_integer() and float(whole).is_integer():
        return Text(f"{part:g} of {whole:g}", f"{whole:g} 个中有 {part:g} 个")
    base = next((base for base in (10, 100, 1000) if _says(share, base)), 0)
    if not base:
        return Text("nearly all", "几乎全部") if share > 0.5 else Text("fewer than 1 of 1,000", "不到千分之一")
    rounded = round(share * base)
    exact = math.isclose(share * base, rounded)
    about, about_zh = ("", "") if exact else ("about ", "约 ")
    return Text(f"{about}{rounded:,} of {base:,}", f"每 {base:,} 个中{about_zh or '有 '}{rounded:,} 个")


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
    return f"{value:.1f} %" if 0 < value < 2 or 98 < value < 100 else f"{value:.0f} %"


def listed(names: Sequence[str], most: int = 5) -> Text:
    """Names in quotes, one after the other; of many, the first and how many more."""
    shown, more = names[:most], len(names) - most
    en, zh = ", ".join(f"“{name}”" for name in shown), "、".join(f"“{name}”" for name in shown)
    if more > 0:
        return Text(f"{en} and {more} more", f"{zh}等 {len(names)} 个")
    if len(shown) > 1:
        en = f"{', '.join(f'“{name}”' for name in shown[:-1])} and “{shown[-1]}”"
    return Text(en, zh)
