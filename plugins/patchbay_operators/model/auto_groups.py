"""Groups of similar rows, found by themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from patchbay_operators.advice import Text
from patchbay_operators.auto import told
from patchbay_operators.auto.search import Choice, Record, one_after_the_other, search, seed_of
from patchbay_operators.groups.grouping import WAYS, is_skewed
from patchbay_operators.groups.judging import Judging
from patchbay_operators.groups.portraits import portraits
from patchbay_operators.model._training import choose_features
from patchbay_sdk import Context, DataError, Metrics, Model, Operator, Outputs, Table, feature_matrix

FEWEST = 10
WORDS: Mapping[str, Text] = {
    "plain": Text("columns as they are", "各列原值"),
    "log": Text("long tails as logarithms", "长尾列取对数"),
    "ranks": Text("columns by rank", "各列按名次"),
}

_CHART = Text("How clear and steady groups are", "各种分组的清晰与稳定程度")


class AutoGroups(Operator):
    """Tries numbers of groups and ways to make columns comparable; keeps what lies apart and comes out again."""

    def run(
        self, context: Context, table: Table, exclude: Sequence[str], most: int, minutes: float, replay: str
    ) -> Outputs:
        """The groups, learned from all rows, and what was tried.

        Raises:
            DataError: there is no number to group by, there are fewer than ten rows, or no choice has groups of more
                than a few rows.
            ParamError: a replay that is no schedule.
        """
        import numpy as np

        record = Record.read(replay)
        columns = choose_features(context, table, [], exclude)
        if table.num_rows < FEWEST:
            raise DataError(
                Text(
                    f"There are {table.num_rows} rows; groups need at least {FEWEST} rows to be seen.",
                    f"只有 {table.num_rows} 行；分组至少需要 {FEWEST} 行。",
                ).as_json()
            )
        matrix = feature_matrix(table, columns)
        judging = Judging(columns, matrix, seed_of(context, record))
        skewed = any(is_skewed(column) for column in matrix.T)
        ways = [way for way in WAYS if way != "log" or skewed]
        different = len(np.unique(np.nan_to_num(matrix), axis=0))
        counts = range(2, min(most, different, table.num_rows // 3) + 1)
        choices = [_choice("k_means", {"way": way, "groups": count}) for count in counts for way in ways]
        if not choices:
            raise DataError(
                Text(
                    "The rows are all alike: there are too few different ones to make groups of.",
                    "各行几乎相同，不同的行太少，无法分组。",
                ).as_json()
            )
        searched = search(
            context,
            one_after_the_other(choices),
            lambda choice: judging.judge(choice.params["way"], choice.params["groups"]),
            minutes=minutes,
            record=record,
            name=_name,
            lower_is_better=False,
        )
        best = searched.best
        way, count = best.choice.params["way"], best.choice.params["groups"]
        made, numbers = judging.grouping(way, count)
        apart, by_chance = judging.measured(numbers), judging.apart_by_chance(count)
        stability = min(1.0, best.score / apart) if apart > 0 else 0.0
        groups = portraits(table, columns, numbers)
        about = {
            "kind": "groups",
            "columns": columns,
            "way": way,
            "groups": count,
            "apart": apart,
            "apart_by_chance": by_chance,
            "stability": stability,
            "clear": bool(apart >= by_chance + 0.03 and stability >= 0.6),
            "portraits": [{"group": g.number, "rows": g.rows, "words": g.words().as_json()} for g in groups],
        }
        values = {
            "groups": count,
            "rows": table.num_rows,
            "silhouette": apart,
            "silhouette_by_chance": by_chance,
            "stability": stability,
        }
        why = Text(
            "Groups were made again without a quarter of the rows, four times over; good groups come out again.",
            "每次去掉四分之一的行重新分组，共四次；好的分组应能重现。",
        )
        validation = {"method": "random", "column": "", "folds": len(best.scores), "why": why.as_json()}
        model = Model.fitted(made, table, task="clustering", features=columns, operator=self.spec.key, about=about)
        return {
            "model": replace(model, metrics=values),
            "leaderboard": told.leaderboard(searched),
            "metrics": Metrics(values, about=about),
            "summary": told.summary(searched, self.spec.key, "groups", "silhouette x stability", validation, [], about),
            "schedule": searched.schedule(),
            "chart": told.chart(searched, _CHART, Text("Silhouette x stability", "轮廓系数 × 稳定性")),
        }


def _choice(kind: str, params: Mapping[str, Any]) -> Choice:
    return Choice(kind, params, _name(kind, params))


def _name(kind: str, params: Mapping[str, Any]) -> Text:
    words = WORDS[params["way"]]
    return Text(f"{params['groups']} groups, {words.en}", f"{params['groups']} 组，{words.zh}")
