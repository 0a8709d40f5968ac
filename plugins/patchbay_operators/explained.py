"""Why a model answers as it does for one row: the parts of its columns, which add up to the answer.

Shapley values by sampling, with a background row at a time in place of what is not known (Štrumbelj and Kononenko,
Explaining prediction models and individual predictions with feature contributions, 2014,
https://doi.org/10.1007/s10115-013-0679-x). Only columns that move the answer most are told apart; the others play as
one, so that the parts still add up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from patchbay_operators.labels import label_text
from patchbay_sdk import Model, Table

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

    Array = np.ndarray[Any, Any]

BACKGROUND_ROWS = 100
SCREEN_ROWS = 8
"""Background rows from which each column in turn takes its value, to see which columns move the answer at all."""
ASKED_AT_ONCE = 20_000
"""Rows that a model is given at a time, for the sake of memory."""


@dataclass(frozen=True)
class Asked:
    """A model as a function from rows to one number each: a score, the probability of a class, or the answer itself.

    `label`: the class whose probability is meant, for more than two classes. `table`: whose preparation rows have had.
    """

    model: Model
    table: Table
    label: Any = None

    def columns(self) -> list[str]:
        """The columns on which answers may depend."""
        return self.model.reads(self.table).names

    def __call__(self, rows: pl.DataFrame) -> Array:
        import numpy as np

        parts = [self._ask(rows.slice(at, ASKED_AT_ONCE)) for at in range(0, rows.height, ASKED_AT_ONCE)]
        return np.concatenate(parts) if parts else np.empty(0)

    def _ask(self, rows: pl.DataFrame) -> Array:
        answers = self.model.predict(self.table.replace(rows)).polars()
        if self.model.task != "classification":
            name = "score" if "score" in answers.columns else "prediction"
        elif len(self.model.classes) == 2:
            name = "score"
        else:
            name = next(n for n in answers.columns if n.partition("_")[2] == label_text(self.label) and n != "score")
        found: Array = answers[name].cast(float).to_numpy()
        return found


@dataclass(frozen=True)
class Explained:
    """`answers`: one per row; `average`: over the background; `effects`: rows x columns, of `columns` in order.

    ``average + effects.sum(axis=1)`` are the answers. The last column may be None: all others together.
    """

    answers: Array
    average: float
    columns: Sequence[str | None]
    effects: Array


def explain_rows(asked: Asked, rows: pl.DataFrame, background: pl.DataFrame, most: int, seed: int) -> Explained:
    """The parts of at most `most` columns in the answers for a few rows; `background` has a row or more.

    The background's average is that of the rows that were drawn from it, at most `BACKGROUND_ROWS`.
    """
    import numpy as np
    import polars as pl

    random = np.random.default_rng(seed)
    count = min(BACKGROUND_ROWS, background.height)
    drawn = background[np.sort(random.choice(background.height, count, replace=False))]
    names = [name for name in asked.columns() if name in rows.columns and name in drawn.columns]
    drawn = drawn.select(names)
    rows = rows.select(pl.col(name).cast(drawn.schema[name], strict=False) for name in names)
    answers, average = asked(rows), float(asked(drawn).mean())
    chosen = _movers(asked, rows, drawn, names, answers, random)[:most]
    rest = [name for name in names if name not in chosen]
    players = [[name] for name in chosen] + ([rest] if rest else [])
    effects = np.array([_parts(asked, rows[at], drawn, players, random) for at in range(rows.height)])
    columns: list[str | None] = [*chosen, *([None] if rest else [])]
    return Explained(answers, average, columns, effects.reshape(rows.height, len(players)))


def _movers(
    asked: Asked, rows: pl.DataFrame, drawn: pl.DataFrame, names: Sequence[str], answers: Array, random: Any
) -> list[str]:
    """The columns by how far the answers move when a column alone takes the values of background rows."""
    import numpy as np
    import polars as pl

    moved = []
    per_call = max(1, ASKED_AT_ONCE // (rows.height * SCREEN_ROWS))
    copies = np.tile(np.arange(rows.height), SCREEN_ROWS)
    usual = drawn[random.integers(0, drawn.height, len(copies))]
    base = rows[copies]
    for begin in range(0, len(names), per_call):
        part = names[begin : begin + per_call]
        changed = asked(pl.concat([base.with_columns(usual[name]) for name in part]))
        moved += list(np.abs(changed.reshape(len(part), -1) - np.tile(answers, SCREEN_ROWS)).mean(axis=1))
    order = np.argsort(-np.array(moved), kind="stable")
    return [names[at] for at in order]


def _parts(
    asked: Asked, row: pl.DataFrame, drawn: pl.DataFrame, players: Sequence[Sequence[str]], random: Any
) -> Array:
    """The part of each player: from each background row to the row, player by player in a random order."""
    import numpy as np
    import polars as pl

    count, size = drawn.height, len(players)
    orders = np.array([random.permutation(size) for _ in range(count)])
    place = np.empty_like(orders)
    np.put_along_axis(place, orders, np.arange(size)[None, :].repeat(count, axis=0), axis=1)
    steps = np.tile(np.arange(size + 1), count)
    of = np.repeat(np.arange(count), size + 1)
    frame = drawn[of]
    changes = []
    for player, names in enumerate(players):
        known = pl.Series(place[of, player] < steps)
        changes += [
            pl.when(known).then(pl.lit(row[name].item(), dtype=row.schema[name])).otherwise(name).alias(name)
            for name in names
        ]
    answers = asked(frame.with_columns(changes)).reshape(count, size + 1)
    gains = np.diff(answers, axis=1)
    found: Array = np.take_along_axis(gains, place, axis=1).mean(axis=0)
    return found
