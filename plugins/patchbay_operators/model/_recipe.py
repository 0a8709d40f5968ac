"""A recipe: steps that prepare a table, and the model they end in; as data, and carried out on some rows."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from patchbay_operators.candidate import Candidate, Tested, in_fold, inner_context, try_rows, wrong_params
from patchbay_operators.folds import Fold
from patchbay_sdk import Context, DataError, Model, ParamError, Table, Transform, find_operator

KEPT_CELLS = 60_000_000
"""Cells of prepared folds that are kept for the next trials: 480 MB."""


@dataclass(frozen=True)
class Recipe:
    """`steps` prepare the rows, then the operator `model` is trained with `params`; the same seed, the same model."""

    steps: Sequence[Mapping[str, Any]]
    model: str
    params: Mapping[str, Any]

    @classmethod
    def of(cls, recipe: Sequence[Mapping[str, Any]]) -> Recipe:
        """From its list of operators with params."""
        *steps, model = recipe
        return cls(steps, model["operator"], model["params"])

    def candidate(self, target: str, seed: int) -> Candidate:
        """The model operator with its params.

        Raises:
            ParamError: the params are not allowed together.
        """
        operator = find_operator(self.model)
        params = {**self.params, **({"target": target} if "target" in operator.spec.params["properties"] else {})}
        if problems := operator.spec.check_params(params, {}):
            raise ParamError(wrong_params(problems).as_json())
        return Candidate(operator, params, target, seed)

    def prepare(self, context: Context, table: Table) -> Table:
        """The table with each step learned on it and applied; the lineage holds what was learned.

        Raises:
            DataError: a step cannot work with these rows.
        """
        for step in self.steps:
            operator = find_operator(step["operator"])
            params = operator.spec.fill_params(step["params"])
            outputs = operator.operator_run(context, "local", {"table": table}, params)
            after = next(value for value in outputs.values() if isinstance(value, Table))
            learned = [value for value in outputs.values() if isinstance(value, Transform)]
            table = Table(after.polars(), lineage=[*table.lineage, *learned])
        return table

    def train(self, context: Context, table: Table, target: str) -> Model:
        """The model trained on all of these rows."""
        return self.candidate(target, context.seed).train(context, self.prepare(context, table))[0]


class Kitchen:
    """Carries out recipes on folds of one table; folds that were prepared in the same way are kept for the next."""

    def __init__(self, rows: Table, target: str, seed: int) -> None:
        self.rows = rows
        self.target = target
        self.seed = seed
        self._kept: OrderedDict[str, tuple[Table, Table]] = OrderedDict()

    def __getstate__(self) -> dict[str, Any]:
        """Without what is kept: another process begins its own."""
        return {**self.__dict__, "_kept": OrderedDict()}

    def try_fold(self, recipe: Recipe, fold: Fold, temp_dir: Path) -> Tested:
        """Learn everything, the preparation included, on the fold's training rows, and score on its test rows.

        Raises:
            DataError: a step or the model cannot learn from these rows.
        """
        candidate = recipe.candidate(self.target, self.seed)
        train, test = self.prepared(recipe, fold, temp_dir)
        return try_rows(candidate, train, test, fold.number, temp_dir)

    def prepared(self, recipe: Recipe, fold: Fold, temp_dir: Path) -> tuple[Table, Table]:
        """The fold's training rows after the steps, which learned on them alone, and its test rows after the same."""
        key = json.dumps([fold.number, *recipe.steps], sort_keys=True)
        if key not in self._kept:
            frame = self.rows.polars()
            try:
                context = inner_context(temp_dir, self.seed, [])
                train = recipe.prepare(context, self.rows.replace(frame[fold.train]))
                test = self.rows.replace(frame[fold.test])
                for step in train.lineage[len(test.lineage) :]:
                    test = step.apply(test)
            except DataError as error:
                raise in_fold(fold.number, error) from error
            self._kept[key] = (train, test)
            while len(self._kept) > 1 and sum(map(_cells, self._kept.values())) > KEPT_CELLS:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]


def _cells(tables: tuple[Table, Table]) -> int:
    return sum(table.num_rows * len(table.columns) for table in tables)
