"""What the search for the best model tries: kinds of models times ways to prepare the columns."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.candidate import Tested, inner_context
from patchbay_operators.folds import Fold
from patchbay_operators.model._families import BASELINE, Family
from patchbay_operators.model._preparation import Preparation, described
from patchbay_operators.model._recipe import Kitchen, Recipe
from patchbay_operators.model._trials import defaults_of, score_of
from patchbay_operators.scores import badness
from patchbay_sdk import DataError, Dimension, Model

if TYPE_CHECKING:
    import polars as pl

BALANCED = 50.0
"""The focus at which finding and being right count the same."""
SMALL = 40_000
"""A table with fewer cells takes no model long."""
TOO_SLOW = "too long for the time given"
"""What the error of a trial that was refused for that says."""
TRIAL_ROWS = 50
"""On at least so many rows a model shows how long it takes."""
TRIAL_SHARES = ((0.01, 4.0), (0.1, 1.5))
"""On these shares of the rows, and how many times as long as allowed all rows may then seem to take: what a model does
whatever the rows weighs more with few of them."""
FIRST_FOLD = 2.0
"""How many times as long as allowed the first fold may take: a few rows show what all will take, but not exactly."""


@dataclass(frozen=True)
class AutoPlan:
    """A plan (see `Plan`) of recipes; a trial's params are ``{"recipe": [step, ..., model]}``.

    `fold_seconds`: a model that would take longer on a fold is not tried.
    """

    kitchen: Kitchen
    folds: Sequence[Fold]
    metric: str
    families: Sequence[Family]
    preparation: Preparation
    fold_seconds: float | None = None

    def first(self) -> list[dict[str, Any]]:
        """Every kind of model with its defaults: the baseline, then those with the fewest params, which are quick."""
        simplest = sorted(self.families, key=lambda family: (family.key != BASELINE, len(family.space.dimensions)))
        found: list[dict[str, Any]] = []
        for preparation in self.preparation.first():
            for family in simplest:
                own = {f"{family.id}.{name}": value for name, value in defaults_of(family.space).items()}
                if family.key != BASELINE or not found:
                    found.append({"family": family.id, **preparation, **own})
        return found

    def propose(self, choose: Callable[[Dimension], Any]) -> dict[str, Any]:
        """A recipe. The choices: `family`, those of the preparation, and ``<family>.<param>``."""
        ids = tuple(family.id for family in self.families)
        chosen = choose(Dimension("family", "choice", choices=ids))
        family = next((family for family in self.families if family.id == chosen), None)
        if family is None:
            return {}
        space = replace(family.space, given={k: v for k, v in family.space.given.items() if k != "target"})
        if family.key == BASELINE:
            steps = self.preparation.steps(_plain(self.preparation.first()[0]), takes_gaps=True)
            return {"recipe": [*steps, {"operator": family.key, "params": dict(space.given)}]}
        steps = self.preparation.steps(choose, family.takes_gaps)
        params = space.propose(lambda dimension: choose(replace(dimension, name=f"{family.id}.{dimension.name}")))
        return {"recipe": [*steps, {"operator": family.key, "params": params}]}

    def params_of(self, choices: Mapping[str, Any]) -> dict[str, Any]:
        """The recipe that choices stand for; one that was not made yet counts as None."""
        return self.propose(lambda dimension: choices.get(dimension.name))

    def badness(self, score: float) -> float:
        """The score as a number of which less is better."""
        return badness(self.metric)(score)

    def run(self, params: Mapping[str, Any], temp_dir: Path) -> Iterator[float]:
        """The score on each fold in turn.

        Raises:
            DataError: a step or the model cannot learn from the rows, or it takes too long.
        """
        recipe = Recipe.of(params["recipe"])
        self._refuse_slow(recipe, temp_dir)
        for number, fold in enumerate(self.folds):
            tested = self.judge(recipe, fold, temp_dir)
            if number == 0:
                self._refuse_over(tested.seconds, FIRST_FOLD)
            yield score_of(tested, self.metric)

    def judge(self, recipe: Recipe, fold: Fold, temp_dir: Path) -> Tested:
        """What the recipe's model says of the test rows of a fold."""
        return self.kitchen.try_fold(recipe, fold, temp_dir / str(fold.number))

    def train(self, recipe: Recipe, temp_dir: Path, warnings: list[Text]) -> Model:
        """The recipe's model, trained on all rows."""
        context = inner_context(temp_dir, self.kitchen.seed, warnings)
        return recipe.train(context, self.kitchen.rows, self.kitchen.target)

    def training_seconds(self, fold_seconds: float) -> float:
        """About how long `train` takes a recipe that takes so long for a fold: there are more rows."""
        rows = sum(len(fold.train) for fold in self.folds) / len(self.folds)
        return fold_seconds * self.kitchen.rows.num_rows / rows

    def name(self, recipe: Recipe) -> Text:
        """The kind of model, and what is special about its preparation."""
        titles = {family.key: family.title for family in self.families}
        title = titles.get(recipe.model, Text(recipe.model, recipe.model))
        told = described(recipe.steps) if recipe.model != BASELINE else []
        if not told:
            return title
        english, chinese = ", ".join(text.en for text in told), "、".join(text.zh for text in told)
        return Text(f"{title.en} ({english})", f"{title.zh}（{chinese}）")

    def _refuse_slow(self, recipe: Recipe, temp_dir: Path) -> None:
        """Train on a few rows first, then on some more, and raise DataError if all of them would take too long."""
        if self.fold_seconds is None:
            return
        train, _ = self.kitchen.prepared(recipe, self.folds[0], temp_dir / "trial")
        rows = train.num_rows
        if rows * len(train.columns) < SMALL:
            return
        order = _few_of_each_first(train.polars()[self.kitchen.target], self.kitchen.seed)
        candidate = recipe.candidate(self.kitchen.target, self.kitchen.seed)
        for share, allowance in TRIAL_SHARES:
            begin, few = time.perf_counter(), max(TRIAL_ROWS, int(rows * share))
            sample = train.replace(train.polars()[sorted(order[:few])])
            candidate.train(inner_context(temp_dir / "trial", self.kitchen.seed, []), sample)
            self._refuse_over((time.perf_counter() - begin) * rows / few, allowance)

    def _refuse_over(self, seconds: float, allowance: float) -> None:
        """Raise DataError if a fold takes so many seconds, more than the allowance times what it may take."""
        if self.fold_seconds is not None and seconds > self.fold_seconds * allowance:
            slow = Text(
                f"It would take about {seconds:.0f} s per fold, {TOO_SLOW}.",
                f"每折约需 {seconds:.0f} 秒，超出给定的时间。请给更多时间。",
            )
            raise DataError(slow.as_json())


def metric_for(task: str, classes: int, focus: float) -> str:
    """What models are compared by: of two classes how well they order rows, which no threshold distorts.

    Of several classes no threshold is chosen afterwards, so the answers themselves count: a model may order the rows of
    each class well and yet give many to another one. F1 weighted by rows notices classes that are never answered.

    Of two classes, below the middle of the focus by average precision, in which the rows with the highest scores, which
    raise an alarm first, weigh most. From the middle on by AUC, in which the last row to be found weighs as much as
    the first. https://en.wikipedia.org/wiki/Evaluation_measures_(information_retrieval)#Average_precision
    """
    if task == "regression":
        return "rmse"
    if classes > 2:
        return "weighted_f1"
    return "average_precision" if focus < BALANCED else "auc"


def _few_of_each_first(target: pl.Series, seed: int) -> list[int]:
    """Positions of all rows at random, but two of each value first, so that few rows have all classes."""
    import numpy as np

    order = np.random.default_rng(seed).permutation(len(target)).tolist()
    seen: Counter[Any] = Counter()
    first = []
    for row in order if target.n_unique() <= TRIAL_ROWS // 2 else ():
        seen[target[row]] += 1
        if seen[target[row]] <= 2:
            first.append(row)
    early = set(first)
    return [*first, *(row for row in order if row not in early)]


def _plain(choices: Mapping[str, Any]) -> Callable[[Dimension], Any]:
    return lambda dimension: choices[dimension.name]
