"""Text on Spark as polars reads and writes it."""

from __future__ import annotations

import re
from typing import Any

from sqlglot import exp

from patchbay_sdk.errors import ExpressionError
from patchbay_sdk.expression_spark_base import Translation, arguments, refused, sf

WHITE_SPACE = "\\t-\\r \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000"
"""What Unicode calls white space, for a class of a regular expression in Java."""

WHOLE = "^[+-]?[0-9]+\\z"
DECIMAL = "^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?\\z"
"""Texts that polars takes for numbers; Spark also takes some with blanks around them, and letters behind."""

NOT_A_NUMBER = "(?i)^[+-]?nan\\z"
INFINITE = "(?i)^[+-]?inf(inity)?\\z"


def text(t: Translation, node: exp.Expression) -> Any:
    """A value as polars writes it. Raises ExpressionError where Spark would write it differently."""
    return text_of(t.of(node), t.dtype(node), node)


def text_of(value: Any, dtype: Any, node: exp.Expression) -> Any:
    """A value as polars writes it. Raises ExpressionError for decimal numbers, durations and times with a zone."""
    import polars as pl

    if dtype == pl.Date or dtype.is_integer() or dtype in (pl.Boolean, pl.String, pl.Categorical, pl.Null):
        return value.cast("string")
    if dtype == pl.Datetime("us"):
        return sf().date_format(value, "yyyy-MM-dd HH:mm:ss.SSSSSS")
    raise ExpressionError(
        {
            "en": f"{node.sql(dialect='duckdb')!r} is {dtype}, which Spark writes as another text: cast it to INT "
            "first, or run this step locally.",
            "zh-CN": f"“{node.sql(dialect='duckdb')}”的类型是 {dtype}，Spark 会写成另一种文本："
            "请先转换为 INT，或在本机运行此步骤。",
        }
    )


def number_of(value: Any, whole: bool, strict: bool, node: exp.Expression) -> Any:
    """The number that a text holds; for others null, or an error when the query runs (`strict`)."""
    if whole:
        found = sf().when(value.rlike(WHOLE), value.try_cast("long"))
    else:
        found = (
            sf()
            .when(value.rlike(DECIMAL), value.try_cast("double"))
            .when(value.rlike(NOT_A_NUMBER), sf().lit(float("nan")))
            .when(
                value.rlike(INFINITE), sf().when(value.startswith("-"), sf().lit(-float("inf"))).otherwise(float("inf"))
            )
        )
    if not strict:
        return found
    message = sf().concat(sf().lit(f"{node.sql(dialect='duckdb')}: no number: "), value)
    return (
        sf()
        .when(found.isNull() & value.isNotNull(), sf().raise_error(message).cast("long" if whole else "double"))
        .otherwise(found)
    )


def trimmed(value: Any) -> Any:
    """Without white space at both ends."""
    return sf().regexp_replace(value, f"^[{WHITE_SPACE}]+|[{WHITE_SPACE}]+\\z", "")


def like_pattern(pattern: str, any_case: bool) -> str:
    """The regular expression, in Java, of a LIKE pattern."""
    parts = "".join({"%": ".*", "_": "."}.get(c, re.escape(c)) for c in pattern)
    return f"(?{'iu' if any_case else ''}s)^{parts}\\z"


_TOKEN = re.compile(r"\\[dDwWsSbBtnr]|\\[^0-9A-Za-z]|\[\^?(\\[dDwWsStnr]|\\[^0-9A-Za-z]|[^\[\]\\&~-]|(?<!\[)-(?!-))+\]"
                    r"|\((\?:)?|\)|[*+?]\??|\{\d+(,\d*)?\}\??|[|^$.]|[^\\\[\](){}*+?|^$.]")  # fmt: skip


def regular_expression(pattern: str) -> str | None:
    """A regular expression of polars (Rust) for Spark (Java), or None where it may mean something else there.

    What both know: characters, classes, groups, repetitions, alternatives, anchors. Java is told to take letters and
    digits of all languages, to end lines with \\n only, and to match ``$`` at the very end.
    """
    flags, case = "(?Ud)", re.match(r"\(\?i\)", pattern)
    if case is not None:
        flags, pattern = "(?Udiu)", pattern[case.end() :]
    parts, place, previous = [], 0, ""
    while place < len(pattern):
        token = _TOKEN.match(pattern, place)
        if token is None or (token[0][0] in "*+?{" and (not previous or previous[0] in "*+?{(|^")):
            return None
        parts.append("\\z" if token[0] == "$" else token[0])
        place, previous = token.end(), token[0]
    return flags + "".join(parts)


def like(t: Translation, node: exp.Like | exp.ILike) -> Any:
    return t.of(node.this).rlike(like_pattern(node.expression.this, isinstance(node, exp.ILike)))


def regexp(t: Translation, node: exp.RegexpLike) -> Any:
    pattern = regular_expression(node.expression.this)
    if pattern is None:
        why = "its pattern uses a construct that the two engines read differently"
        raise refused(node, why, "两个引擎对其中的正则表达式理解不同")
    return t.of(node.this).rlike(pattern)


def char_length_of(t: Translation, node: exp.Length) -> Any:
    return sf().char_length(t.of(node.this))


def concat(t: Translation, node: exp.Concat) -> Any:
    return sf().concat(*(sf().coalesce(text(t, part), sf().lit("")) for part in arguments(node)))


def substring(t: Translation, node: exp.Substring) -> Any:
    """From `start` (1 is the first character); 0 and less count from the end."""
    value = t.of(node.this)
    length = sf().char_length(value).cast("long")
    start = t.of(node.args["start"]).cast("long") - 1 if "start" in node.args else sf().lit(0).cast("long")
    begin = sf().when(start < 0, start + length).otherwise(start)
    size = node.args.get("length")
    end = length if size is None else sf().least(begin + t.of(size).cast("long"), length)
    first = sf().greatest(begin, sf().lit(0).cast("long"))
    count = sf().greatest(end - first, sf().lit(0).cast("long"))
    known = value.isNotNull() & start.isNotNull()
    return sf().when(known, sf().substr(value, (first + 1).cast("int"), count.cast("int")))


def replace(t: Translation, node: exp.Replace) -> Any:
    """Replaced by nothing known, a text stays as it is."""
    searched = node.expression
    if not isinstance(searched, exp.Literal) or not searched.this:
        why = "what is replaced must be a text written out, and not empty"
        raise refused(node, why, "被替换的内容必须是直接写出的文本，且不能为空")
    value = t.of(node.this)
    return sf().coalesce(sf().replace(value, t.of(searched), t.of(node.args["replacement"])), value)
