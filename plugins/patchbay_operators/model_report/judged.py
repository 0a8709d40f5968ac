"""What a report on a model is made from: the model, its rows, its answers, and how to speak of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Finding, Text
from patchbay_operators.explained import Asked
from patchbay_operators.labels import label_text
from patchbay_operators.predicted import PREFIXES, Classified
from patchbay_operators.report.naming import naming_column
from patchbay_operators.report.words import Unit
from patchbay_sdk import Context, Model, Table

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

    Array = np.ndarray[Any, Any]

BAD = {
    "fail", "failed", "failure", "bad", "ng", "nok", "nogood", "defect", "defective", "reject", "rejected", "scrap",
    "不良", "不合格", "失败", "坏", "次品",
}  # fmt: skip
"""Labels, and names of columns of yes and no, by which rows are called bad."""
YES = {"1", "true", "yes", "y", "-1"}
FREE_TEXT = 30
"""Characters on average from which on a column of text is free text."""


@dataclass(frozen=True)
class Noun:
    """How rows of a class are called: bad wafers, “spam” messages, wafers with y = 1."""

    one: str
    many: str
    zh: str
    measure: str

    def count(self, number: int) -> Text:
        """``1 bad wafer``, ``1,204 bad wafers``."""
        return Text(f"{number:,} {self.one if number == 1 else self.many}", f"{number:,} {self.measure}{self.zh}")


def noun_of(unit: Unit, target: str, label: str) -> Noun:
    """The rows of a class."""
    lower = label.strip().lower()
    if lower in BAD or (lower in YES and target.strip().lower() in BAD):
        return Noun(f"bad {unit.one}", f"bad {unit.many}", f"坏{unit.zh}", unit.measure)
    if lower in YES | {"0", "false", "no", "n"} or not any(sign.isalpha() for sign in label):
        which, which_zh = f" with {target} = {label}", f" {target} = {label} 的"
        return Noun(f"{unit.one}{which}", f"{unit.many}{which}", f"{which_zh}{unit.zh}", unit.measure)
    return Noun(f"“{label}” {unit.one}", f"“{label}” {unit.many}", f"“{label}”类{unit.zh}", unit.measure)


@dataclass(frozen=True)
class Judged:
    """A model that was judged on test rows.

    `train`, `test`: rows with a target, the test rows with answers too. `summary`: of the automatic modelling, or
    empty. `findings`: of the data check, unfixed. `by`: columns to break errors down by. `time`: the column that orders
    the rows; empty and `ordered`: they are in the order of time as they come. `classified`: None for numbers.
    `truth`, `answered`: per test row; label texts or floats. `terms`: technical terms used so far.
    """

    context: Context
    model: Model
    train: Table
    test: Table
    target: str
    unit: Unit
    summary: Mapping[str, Any]
    findings: Sequence[Finding]
    by: Sequence[str]
    time: str
    ordered: bool
    classified: Classified | None
    truth: Array
    answered: Array
    terms: list[str] = field(default_factory=list)

    def term(self, *names: str) -> None:
        """Note that technical terms were used."""
        self.terms.extend(names)

    @property
    def positive(self) -> str | None:
        """The class that is looked for, of two."""
        return self.classified.positive if self.classified else None

    @cached_property
    def sought(self) -> Noun:
        """Rows of the class that is looked for; only where there is one."""
        return noun_of(self.unit, self.target, str(self.positive))

    @cached_property
    def rows(self) -> pl.DataFrame:
        """The test rows."""
        return self.test.polars()

    @cached_property
    def reads(self) -> list[str]:
        """Columns of the test rows on which answers may depend."""
        return [name for name in self.model.reads(self.test).names if name in self.rows.columns]

    @cached_property
    def naming(self) -> str:
        """The column by which people know a test row; empty: rows have no names."""
        answers = [name for name in self.rows.columns if name.startswith(PREFIXES)]
        return naming_column(self.test, {*self.reads, self.target, "prediction", "score", *answers})

    @cached_property
    def error(self) -> Array:
        """How wrong each answer is: 0 or 1 for classes, the distance for numbers."""
        import numpy as np

        found: Array
        if self.classified is None:
            found = np.abs(self.answered - self.truth)
        elif self.positive is not None:
            found = (self.classified.is_positive != (self.answered == self.positive)).astype(float)
        else:
            found = (self.answered != self.truth).astype(float)
        return found

    @cached_property
    def metric(self) -> str:
        """What importance is measured in: auc, accuracy or mae, whichever is defined."""
        if self.classified is None:
            return "mae"
        two = self.positive is not None and len(self.model.classes) == 2
        return "auc" if two and self.classified.scores().values.get("auc") is not None else "accuracy"

    @cached_property
    def scores(self) -> Mapping[str, float | int | None]:
        """All metrics on the test rows."""
        from patchbay_operators.scores import regression_scores

        found = regression_scores(self.truth, self.answered) if self.classified is None else self.classified.scores()
        return found.values

    @cached_property
    def train_truth(self) -> Array:
        """The target of the training rows, as `truth`."""
        import polars as pl

        from patchbay_operators.labels import label_texts

        column = self.train.polars()[self.target]
        known = column.cast(pl.Float64) if self.classified is None else label_texts(column)
        return known.to_numpy()

    @cached_property
    def constant(self) -> bool:
        """Whether every test row gets the same answer, with the same score."""
        import numpy as np

        score = self.classified.score if self.classified else None
        return len(np.unique(self.answered if score is None else score)) <= 1

    def asked(self, table: Table | None = None) -> Asked:
        """The model as a function of rows: of several classes, the one looked for, else the most frequent answer."""
        import numpy as np

        label = None
        if len(self.model.classes) > 2:
            names, counts = np.unique(self.answered, return_counts=True)
            told = self.positive or str(names[counts.argmax()])
            label = next((each for each in self.model.classes if label_text(each) == told), self.model.classes[0])
        return Asked(self.model, table or self.test, label)

    def sample(self, most: int, table: Table | None = None) -> Array:
        """Positions of at most so many rows, drawn at random, ascending."""
        import numpy as np

        rows = (table or self.test).num_rows
        if rows <= most:
            return np.arange(rows)
        drawn: Array = np.sort(np.random.default_rng(self.context.seed).choice(rows, most, replace=False))
        return drawn


def is_free_text(column: pl.Series) -> bool:
    """Whether a column holds sentences."""
    import polars as pl

    if column.dtype != pl.String or column.null_count() == len(column):
        return False
    length = column.str.len_chars().mean()
    return isinstance(length, float) and length >= FREE_TEXT and column.n_unique() > len(column) / 2
