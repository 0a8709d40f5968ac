"""Whether a column that tells the target very well must hold the answer, or may be a very good measurement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from patchbay_operators.check._advice.identifiers import row_names
from patchbay_operators.check._advice.subject import Subject
from patchbay_operators.check._leakage import Score

if TYPE_CHECKING:
    import polars as pl

ALMOST_ALL = 0.995
"""A measurement has noise: one that goes along with a result so closely is the result."""

NEARLY_ALWAYS = 0.98
"""Share of rows whose class, of several, a column alone must tell."""

MOST_OF_CLASS = 0.5
"""Share of a class's rows that the telling words of a column must cover: a tool that spoils its wafers covers few."""


def holds_the_answer(
    subject: Subject, column: pl.Series, target: pl.Series, score: Score, each: Sequence[Score]
) -> bool:
    """Whether a suspicious score can hardly come from a measurement that was made before the result."""
    about = score.about
    if about.get("of") == "gap" or score.column in row_names(subject):
        return True
    if score.measure == "purity":
        # A flag is set by whoever knows the result; words and numbers may also name a cause.
        return column.drop_nulls().n_unique() <= 2 or _covers(target, score, each)
    if score.measure == "AUC" and target.n_unique() > 2:
        return _tells_all_classes(column, target)
    return score.score >= ALMOST_ALL


def _covers(target: pl.Series, score: Score, each: Sequence[Score]) -> bool:
    label = score.about["class"]
    same = [other for other in each if other.column == score.column and other.measure == "purity"]
    rows = sum(other.score * other.about["rows"] for other in same if other.about["class"] == label)
    return bool(rows >= MOST_OF_CLASS * (target == label).sum())


def _tells_all_classes(column: pl.Series, target: pl.Series) -> bool:
    """Whether thresholds on one column part all classes; learned on one half of the rows, tried on the other."""
    import numpy as np
    import polars as pl
    from sklearn.tree import DecisionTreeClassifier

    known = column.is_not_null().to_numpy()
    values = column.to_physical().cast(pl.Float64, strict=False).to_numpy()[known][:, None]
    labels = np.asarray(target.cast(pl.String).to_list())[known]
    tree = DecisionTreeClassifier(max_leaf_nodes=4 * target.n_unique(), random_state=0).fit(values[::2], labels[::2])
    return bool(np.isfinite(values).all() and tree.score(values[1::2], labels[1::2]) >= NEARLY_ALWAYS)
