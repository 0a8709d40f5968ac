"""The ways in which columns are prepared for a model: operators with params, as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from patchbay_operators.advice import Text
from patchbay_operators.model._columns_to_learn import ColumnsToLearn
from patchbay_sdk import Dimension, Table

Step = dict[str, Any]
"""``{"operator": "id@version", "params": {...}}``"""

WIDE = 15
"""With more columns than this, choosing among them is worth a try."""
BEST = (5, 10, 20, 40, 80, 160)
"""How many columns are kept where they are chosen among."""
TERMS = (500, 1000, 2000, 4000)
"""How many words or groups of letters stand for a text."""
LETTERS, WORDS, SINGLE_WORDS = "char_wb", "word", "single_word"
"""What a text is cut into: groups of letters, words and pairs of words, or words alone."""


@dataclass(frozen=True)
class Preparation:
    """What can be done with the columns of one table.

    `task`: classification or regression. `means`: the mean of the target per category can be taken. `by_time`: rows are
    judged by later ones, of which the years and months of training say nothing. `types`: of the columns.
    """

    columns: ColumnsToLearn
    target: str
    task: str
    means: bool
    by_time: bool
    rows: int
    types: dict[str, str]

    @classmethod
    def of(
        cls, table: Table, columns: ColumnsToLearn, target: str, task: str, classes: int, by_time: bool
    ) -> Preparation:
        """For the rows to learn from; `classes`: how many the target has."""
        types = {column.name: column.type for column in table.schema}
        return cls(columns, target, task, task == "regression" or classes == 2, by_time, table.num_rows, types)

    def steps(self, choose: Callable[[Dimension], Any], takes_gaps: bool) -> list[Step]:
        """The steps before a model, as chosen. A model that takes no gaps gets them filled, and all columns on a
        common scale; one that does works with columns as they are.
        """
        columns, kept = self.columns, [self.target, *([self.columns.text] if self.columns.text else [])]
        steps = [*self._dropped(), *self._time_parts(), *self._encoded(choose, takes_gaps)]
        if columns.numbers or columns.categories or columns.many_categories or columns.times:
            log = not takes_gaps and bool(columns.skewed) and choose(_choice("log", False, True))
            if log:
                steps.append(_step("feature.scale", columns=columns.skewed, log=True))
            fill = not takes_gaps or (bool(columns.gaps) and choose(_choice("gaps", "keep", "fill")) == "fill")
            steps.append(_step("clean.drop_mostly_missing", limit=0.5 if fill else 0.95, keep=kept))
            steps.append(_step("clean.drop_constant", keep=kept))
            if fill:
                steps.append(_step("clean.fill_missing", exclude=kept))
            if not takes_gaps:
                steps.append(_step("feature.scale", exclude=kept))
        steps += self._words(choose)
        if self._width() > WIDE and choose(_choice("choose", False, True)):
            sizes = [size for size in BEST if size < self._width()]
            best = choose(Dimension("best", "choice", choices=tuple(sizes)))
            steps.append(_step("feature.select_k_best", target=self.target, task=self.task, k=best))
        return steps

    def first(self) -> list[dict[str, Any]]:
        """Choices to begin with: the columns as they are, and where there are many, the best of them."""
        plain = {
            "log": False,
            "gaps": "keep",
            "choose": False,
            "many": "means",
            "few": "codes",
            "analyzer": WORDS,
            "terms": 2000,
        }
        if self._width() <= 4 * WIDE or self.columns.text:
            return [plain]
        return [plain, {**plain, "choose": True, "best": 40}]

    def _width(self) -> int:
        columns = self.columns
        text = TERMS[0] if columns.text else 0
        return len(columns.numbers) + 5 * len(columns.categories) + len(columns.many_categories) + text

    def _dropped(self) -> list[Step]:
        left_out = list(self.columns.left_out)
        return [_step("shape.select_columns", columns=left_out, mode="drop")] if left_out else []

    def _time_parts(self) -> list[Step]:
        steps = []
        for name in self.columns.times:
            parts = ["weekday"] if self.by_time else ["month", "weekday", "elapsed"]
            parts += ["hour"] if self.types[name] == "datetime" else []
            steps.append(_step("feature.date_parts", column=name, parts=parts, drop_original=True))
        return steps

    def _encoded(self, choose: Callable[[Dimension], Any], takes_gaps: bool) -> list[Step]:
        few, many, steps = list(self.columns.categories), self.columns.many_categories, []
        if many and self.means and choose(_choice("many", "means", "columns")) == "means":
            steps.append(_step("feature.encode", columns=many, method="target", target=self.target))
        else:
            few += many
        if few and takes_gaps and choose(_choice("few", "codes", "columns")) == "codes":
            steps.append(_step("feature.encode", columns=few, method="ordinal"))  # trees tell codes apart, and quickly
        elif few:
            steps.append(_step("feature.encode", columns=few, method="one_hot", max_categories=30))
        return steps

    def _words(self, choose: Callable[[Dimension], Any]) -> list[Step]:
        if not self.columns.text:
            return []
        parts = choose(_choice("analyzer", WORDS, SINGLE_WORDS, LETTERS))
        shortest, longest = {WORDS: (1, 2), SINGLE_WORDS: (1, 1)}.get(parts, (2, 5))
        analyzer = LETTERS if parts == LETTERS else WORDS
        terms = choose(Dimension("terms", "choice", choices=TERMS))
        params = {"column": self.columns.text, "analyzer": analyzer, "ngram_min": shortest, "ngram_max": longest}
        rare = 2 if self.rows > 500 else 1
        return [_step("feature.tfidf", **params, max_features=terms, sublinear_tf=True, min_df=rare)]


def _choice(name: str, *choices: Any) -> Dimension:
    return Dimension(name, "choice", choices=choices)


def _step(operator: str, **params: Any) -> Step:
    return {"operator": f"{operator}@1.0.0", "params": params}


def described(steps: Sequence[Mapping[str, Any]]) -> list[Text]:
    """What distinguishes the preparation from the plain one, in plain words."""
    told = []
    for step in steps:
        operator, params = step["operator"].partition("@")[0], step["params"]
        if operator == "feature.select_k_best":
            told.append(Text(f"the {params['k']} columns that say most", f"最有用的 {params['k']} 列"))
        elif operator == "feature.scale" and params.get("log"):
            told.append(Text("very large values toned down", "压缩特别大的数值"))
        elif operator == "feature.tfidf":
            kind = ("words", "词") if params["analyzer"] == WORDS else ("groups of letters", "字母组合")
            if params["analyzer"] == WORDS and params["ngram_max"] == 1:
                kind = ("single words", "单词")
            told.append(Text(f"{params['max_features']} {kind[0]}", f"{params['max_features']} 个{kind[1]}"))
    return told
