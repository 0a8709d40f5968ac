"""Groups of similar rows, found by themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from patchbay_operators.advice import Text
from patchbay_operators.auto import told
from patchbay_operators.auto.learners import Learner, find_learners
from patchbay_operators.auto.search import Choice, Record, one_after_the_other, search, seed_of
from patchbay_operators.groups.grouping import WAYS, is_skewed
from patchbay_operators.groups.judging import Judging, try_out
from patchbay_operators.groups.portraits import portraits
from patchbay_operators.model._training import choose_features
from patchbay_operators.one_thread import one_thread
from patchbay_sdk import Context, DataError, Metrics, Model, Operator, Outputs, Table, feature_matrix

FINDS_GROUPS = "groups"
"""What the wizard block of a spec says of an operator that finds groups."""
FEWEST = 10
CLEARLY, STEADY = 0.03, 0.6
"""How much further apart than by chance, at least, and how steady, groups must be to be called clear."""
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
        seed, folder = seed_of(context, record), context.temp_dir / "groups"
        judging = Judging(columns, matrix, seed, folder)
        skewed = any(is_skewed(column) for column in matrix.T)
        ways = [way for way in WAYS if way != "log" or skewed]
        different = len(np.unique(np.nan_to_num(matrix), axis=0))
        most = min(most, different, table.num_rows // 3)
        if most < 2:
            raise DataError(
                Text(
                    "The rows are all alike: there are too few different ones to make groups of.",
                    "各行几乎相同，不同的行太少，无法分组。",
                ).as_json()
            )
        found = find_learners(context, FINDS_GROUPS, record, partial(try_out, folder=folder, seed=seed))
        learners = {learner.key: learner for learner in found}
        with one_thread():
            searched = search(
                context,
                one_after_the_other(_choices(found, most, ways)),
                lambda choice: judging.judge(learners[choice.kind], choice.params["way"], choice.params.get("groups")),
                minutes=minutes,
                record=record,
                name=partial(_name, learners),
                learners=list(learners),
                lower_is_better=False,
            )
        best = searched.best
        learner, way, wanted = learners[best.choice.kind], best.choice.params["way"], best.choice.params.get("groups")
        made, numbers = judging.grouping(learner, way, wanted)
        count = len(made.options["centres"])
        apart, (by_chance, give_or_take) = judging.measured(numbers), judging.apart_by_chance(learner, wanted)
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
            "clear": bool(apart >= by_chance + max(CLEARLY, 2 * give_or_take) and stability >= STEADY),
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


def _choices(learners: Sequence[Learner], most: int, ways: Sequence[str]) -> Iterator[Choice]:
    """Few groups first; an operator without the param `clusters` finds out by itself how many there are."""
    by_key = {learner.key: learner for learner in learners}
    for count in (2, None, *range(3, most + 1)):
        for learner in learners:
            if ("clusters" in learner.fields) == (count is not None):
                for way in ways:
                    params = {"way": way} if count is None else {"way": way, "groups": count}
                    yield Choice(learner.key, params, _name(by_key, learner.key, params))


def _name(learners: Mapping[str, Learner], kind: str, params: Mapping[str, Any]) -> Text:
    words, title = WORDS[params["way"]], learners[kind].title
    if "groups" not in params:
        return Text(f"Groups by {title.en}, {words.en}", f"用“{title.zh}”分组，{words.zh}")
    by, by_zh = (f" by {title.en}", f"（{title.zh}）") if len(learners) > 1 else ("", "")
    return Text(f"{params['groups']} groups{by}, {words.en}", f"{params['groups']} 组{by_zh}，{words.zh}")
