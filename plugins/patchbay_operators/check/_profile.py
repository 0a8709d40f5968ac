"""What can be said about one column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.check._columns import count_values
from patchbay_operators.check._problems import percent, plural, show

if TYPE_CHECKING:
    import polars as pl

QUANTILES = {"p5": 0.05, "p25": 0.25, "median": 0.5, "p75": 0.75, "p95": 0.95}

TYPES = {
    "column": "string",
    "type": "string",
    "rows": "int",
    "missing": "int",
    "missing_share": "float",
    "distinct": "int",
    "constant": "bool",
    "min": "float",
    "max": "float",
    "mean": "float",
    "std": "float",
    **dict.fromkeys(QUANTILES, "float"),
    "first": "string",
    "last": "string",
    "top_values": "string",
    "suggestion": "string",
    "suggestion_zh": "string",
}
"""Columns of the profile. `first` and `last`: smallest and largest time or text."""

MISSING_WORDS = ("", "?", "-", "na", "n/a", "nan", "null", "none", "missing", "unknown", "缺失", "无")
"""Text that usually stands for a missing value, in lower case."""

MISSING_NUMBERS = (-999, -9999, -99999)
"""Numbers that usually stand for a missing value."""

DATE = r"^\s*\d{4}[/-]\d{1,2}[/-]\d{1,2}([ T]\d|\s*$)"
"""How a text begins that is taken for a date."""

MOSTLY = 0.5
"""Above this share of missing values a column is called mostly missing."""


@dataclass(frozen=True, slots=True)
class Texts:
    """What the different texts of a column are like; those that stand for a missing value are `words`, at most 3."""

    words: Sequence[str]
    numbers: bool
    """All others are numbers; `dates`: are dates. Both False where there are no others."""
    dates: bool
    folded: int
    """Different ones, when neither case nor spaces around them count."""
    spaced: bool
    """Some have spaces around them."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What an engine has found out about a column; NaN is a missing value."""

    rows: int
    known: int
    """Rows with a value."""
    distinct: int
    frequent: Sequence[tuple[Any, int]]
    """The most frequent values and their rows; of equals the one that comes first."""
    figures: Mapping[str, Any]
    """`min` to `p95` of finite numbers, or `first` and `last`."""
    infinite: int = 0
    codes: Sequence[int] = ()
    """Those of `MISSING_NUMBERS` that it holds."""
    texts: Texts | None = None


def profile_of(name: str, type: str, dtype: pl.DataType, facts: Facts) -> dict[str, Any]:
    """One row of the profile. Figures that a type does not have are None."""
    missing = facts.rows - facts.known
    suggestions = list(_suggestions(dtype, facts))
    return {
        "column": name,
        "type": type,
        "rows": facts.rows,
        "missing": missing,
        "missing_share": missing / facts.rows if facts.rows else 0.0,
        "distinct": facts.distinct,
        "constant": facts.distinct <= 1,
        **facts.figures,
        "top_values": ", ".join(f"{show(value)} {percent(rows / facts.known)}" for value, rows in facts.frequent),
        "suggestion": " ".join(suggestion.en for suggestion in suggestions),
        "suggestion_zh": "".join(suggestion.zh for suggestion in suggestions),
    }


def facts_of(column: pl.Series, top: int) -> Facts:
    """The facts of a column, null for NaN, with the `top` most frequent values."""
    import polars as pl

    known = column.drop_nulls()
    counts = count_values(known)
    return Facts(
        len(column),
        len(known),
        counts.height,
        list(counts.head(top).iter_rows()),
        _figures(known),
        int(known.is_infinite().sum()) if column.dtype.is_float() else 0,
        [code for code in MISSING_NUMBERS if column.dtype.is_numeric() and (known.cast(pl.Float64) == code).any()],
        _texts(counts["value"]) if column.dtype == pl.String else None,
    )


def _figures(known: pl.Series) -> dict[str, Any]:
    """Figures of the finite numbers, or the smallest and largest time or text."""
    import polars as pl

    if known.dtype.is_numeric() or known.dtype == pl.Boolean:
        numbers = known.cast(pl.Float64)
        numbers = numbers.filter(numbers.is_finite())
        quantiles = {name: numbers.quantile(level, "linear") for name, level in QUANTILES.items()}
        return {"min": numbers.min(), "max": numbers.max(), "mean": numbers.mean(), "std": numbers.std(), **quantiles}
    if not len(known) or known.dtype.is_nested() or known.dtype == pl.Binary:
        return {}
    comparable = known if known.dtype.is_temporal() else known.cast(pl.String)
    return {"first": str(comparable.min()), "last": str(comparable.max())}


def _texts(values: pl.Series) -> Texts:
    """`values`: the different ones, the most frequent first."""
    import polars as pl

    words = [value for value in values if value.strip().lower() in MISSING_WORDS]
    rest = values.filter(~values.is_in(words)) if words else values
    trimmed = values.str.strip_chars()
    return Texts(
        words[:3],
        bool(len(rest) and rest.str.strip_chars().cast(pl.Float64, strict=False).is_not_null().all()),
        bool(len(rest) and rest.str.contains(DATE).all()),
        trimmed.str.to_lowercase().n_unique(),
        bool((values != trimmed).any()),
    )


def _suggestions(dtype: pl.DataType, facts: Facts) -> Iterator[Text]:
    """What a careful reader of the figures would do next."""
    if not facts.rows:
        return
    if not facts.known:
        yield Text("Holds no value: drop it.", "没有任何值：请去掉该列。")
        return
    if facts.distinct == 1:
        yield Text("Constant: drop it.", "只有一个值：请去掉该列。")
        return
    if facts.rows - facts.known > MOSTLY * facts.rows:
        yield Text("Mostly missing: drop it, or find out why.", "大部分缺失：请去掉该列，或查明原因。")
    if dtype.is_integer() and facts.distinct == facts.rows > 1:
        yield Text(
            "A different number in every row: an identifier, not a feature.", "每行的数字都不同：是编号，不是特征。"
        )
    if facts.infinite:
        yield Text(
            f"{plural(facts.infinite, 'infinite number')}: replace or clip.",
            f"有 {facts.infinite:,} 个无穷大的值：请替换或截断。",
        )
    if facts.codes:
        yield Text(f"{facts.codes[0]} may stand for a missing value.", f"“{facts.codes[0]}”可能表示缺失。")
    if facts.texts is not None:
        yield from _text_suggestions(facts, facts.texts)


def _text_suggestions(facts: Facts, texts: Texts) -> Iterator[Text]:
    if texts.words:
        yield Text(
            f"{', '.join(map(repr, texts.words))} may stand for a missing value.",
            f"{'、'.join(f'“{word}”' for word in texts.words)}可能表示缺失。",
        )
    if texts.numbers:
        yield Text("Text that holds numbers: cast it.", "文本中存的是数字：请转换列类型。")
    elif texts.dates:
        yield Text("Text that holds dates: cast it.", "文本中存的是日期：请转换列类型。")
    elif facts.distinct == facts.known > 1:
        yield Text(
            "A different text in every row: an identifier or free text, not a category.",
            "每行的文本都不同：是编号或自由文本，不是类别。",
        )
    elif texts.folded < facts.distinct:
        yield Text(
            "Some values differ only in case or spaces: trim the text.", "有些值仅大小写或空格不同：请整理文本。"
        )
    elif texts.spaced:
        yield Text("Some values have spaces around them: trim the text.", "有些值前后有空格：请整理文本。")
