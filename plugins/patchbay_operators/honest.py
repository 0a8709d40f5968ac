"""How rows are divided so that a judgement of a model holds in use: by time, by group, or else at random.

`shape.hold_out` puts test rows aside by it, `model.auto` makes its folds by it, so both tell the same story.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.folds import Fold, make_folds
from patchbay_operators.labels import is_category, label_texts
from patchbay_operators.row_groups import find_groups
from patchbay_operators.row_times import find_time
from patchbay_sdk import Context, DataError, ParamError, Table

if TYPE_CHECKING:
    import polars as pl

FOLDS = 5
"""Folds where the rows are enough for so many."""
DRAWS = 10
"""So many draws of groups are looked at, until one has every answer in each part."""


@dataclass(frozen=True)
class Division:
    """How to divide, and why in plain words.

    `method`: time, group, stratified or random. `column`: of the times or groups; by time, empty: the rows are in the
    order of time; stratified: the target.
    """

    method: str
    column: str
    why: Text


def choose_division(table: Table, target: str, method: str = "auto", column: str = "") -> Division:
    """How the rows of a table are honestly divided.

    Args:
        target: what is to be predicted; empty: nothing yet.
        method: auto (found in the rows), or the one that is wanted.
        column: of the times or groups; empty: it is found.

    Raises:
        ParamError: groups are wanted, but no column names them.
    """
    if column and method in ("time", "group"):
        table.require(column)
        return Division(method, column, _wished(method, column))
    if method == "time":
        found = find_time(table, target)
        return Division("time", found[0], found[1]) if found else Division("time", "", _wished("time", ""))
    if method == "group":
        groups = find_groups(table, target)
        if groups is None:
            none = Text("column: No column names groups of rows; choose one.", "没有发现表示分组的列；请选择一列。")
            raise ParamError(none.as_json(), field="column")
        return Division("group", *groups)
    if method == "auto":
        if found := find_time(table, target):
            return Division("time", *found)
        if groups := find_groups(table, target):
            return Division("group", *groups)
    return _at_random(table, target, method)


def _at_random(table: Table, target: str, method: str) -> Division:
    values = table.polars()[target] if target else None
    if method == "random" or values is None or not is_category(values):
        return Division("random", "", RANDOM)
    if min(label_texts(values).alias("value").value_counts()["count"], default=0) < 2:
        return Division("random", "", RARE)
    return Division("stratified", target, STRATIFIED)


RANDOM = Text(
    "The rows neither have an order in time nor belong together in groups, so they are divided at random.",
    "各行没有时间先后，也不成组，因此随机划分。",
)
RARE = Text(
    "The rows neither have an order in time nor belong together in groups, so they are divided at random. One of the "
    "answers occurs only once, so it cannot be in both parts.",
    "各行没有时间先后，也不成组，因此随机划分。有一个取值只出现一次，不可能在两部分中都有。",
)
STRATIFIED = Text(
    "The rows neither have an order in time nor belong together in groups, so they are divided at random, with the "
    "same share of each answer in every part.",
    "各行没有时间先后，也不成组，因此随机划分，并使每个取值在各部分中的占比相同。",
)


def _wished(method: str, column: str) -> Text:
    if method == "group":
        return Text(
            f"As chosen, rows with the same {column} stay together, so that the test has only new ones.",
            f"按您的选择，“{column}”相同的行不分开，检验时只用没见过的。",
        )
    if not column:
        return Text(
            "As chosen, the rows are taken to be in the order of time, and the last ones are the test.",
            "按您的选择，认为各行已按时间排序，用最后的行检验。",
        )
    return Text(
        f"As chosen, rows with a later {column} are the test, as in use, where the future is unknown.",
        f"按您的选择，用“{column}”较晚的行检验，正如实际使用时未来是未知的。",
    )


def honest_folds(
    context: Context, table: Table, target: str, division: Division, seed: int
) -> tuple[list[Fold], Division]:
    """Folds to judge models by, and how they were made.

    There are `FOLDS` of them, or fewer where the rows are too few for that or an answer would be missing in a part.
    Where no number of folds will do, rows are divided at random, and `why` says so.

    Raises:
        DataError: the rows are too few for any.
    """
    classes = label_texts(table.polars()[target]) if is_category(table.polars()[target]) else None
    draws = DRAWS if division.method == "group" else 1  # by chance, a draw of groups may have all of a rare answer
    for count, draw in product(range(FOLDS, 1, -1), range(draws)):
        try:
            folds = make_folds(table, division.method, division.column, count, seed + draw)
        except DataError:
            continue
        if division.method == "random" or classes is None or _all_can_be_judged(folds, classes):
            return folds, division
    if division.method == "random":
        raise DataError(
            Text(
                f"{table.num_rows} rows are too few to judge a model; a few dozen are needed.",
                f"{table.num_rows} 行太少，无法评判模型；至少需要几十行。",
            ).as_json()
        )
    context.warn(_fallen_back(division).as_json())
    other = _at_random(table, target, "stratified" if division.method != "stratified" else "random")
    return honest_folds(context, table, target, replace(other, why=_fallen_back(division)), seed)


def _all_can_be_judged(folds: Sequence[Fold], classes: pl.Series) -> bool:
    """Whether each part that is tested has two classes, and no class that was not there to learn from."""
    for fold in folds:
        tested, learned = classes[fold.test].drop_nulls().unique(), classes[fold.train].drop_nulls().unique()
        if len(tested) < 2 or not set(tested) <= set(learned):
            return False
    return True


def _fallen_back(wanted: Division) -> Text:
    by = {"time": ("by time", "按时间"), "group": ("by group", "按组")}.get(wanted.method, ("evenly", "均匀"))
    return Text(
        f"Divided {by[0]}, some parts would lack one of the answers, so nothing could be judged there. The rows were "
        f"divided at random instead; the judgement may be too good.",
        f"{by[1]}划分时，有的部分缺少某个取值，无法评判。因此改为随机划分，评价可能偏好。",
    )


def repeated(table: Table, division: Division, count: int, seed: int, first: int) -> list[Fold]:
    """The same kind of folds once more, divided otherwise; their numbers begin at `first`.

    Raises:
        DataError: the rows cannot be divided so.
    """
    folds = make_folds(table, division.method, division.column, count, seed)
    return [replace(fold, number=first + position) for position, fold in enumerate(folds)]


def as_json(division: Division, **more: Any) -> dict[str, Any]:
    """As a JSON object; `more` is added."""
    return {"method": division.method, "column": division.column, **more, "why": division.why.as_json()}
