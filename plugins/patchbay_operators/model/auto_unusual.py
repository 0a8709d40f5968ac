"""Unusual rows, found by ways of looking that agree with each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from patchbay_operators.advice import Text
from patchbay_operators.auto import told
from patchbay_operators.auto.learners import Learner, find_learners
from patchbay_operators.auto.search import Choice, Record, Searched, one_after_the_other, search, seed_of
from patchbay_operators.model._training import choose_features
from patchbay_operators.series.seasons import clock_cycles
from patchbay_operators.series.steps import Step
from patchbay_operators.unusual.judging import Judging, try_out
from patchbay_operators.unusual.usual import Usual, cycles_of
from patchbay_sdk import Context, DataError, Metrics, Model, Operator, Outputs, Table

FINDS_UNUSUAL = "unusual"
"""What the wizard block of a spec says of an operator that finds unusual rows."""
FEWEST = 10
NAMES: Mapping[str, Text] = {
    "values": Text("Each value by itself", "逐个数值"),
    "stretch": Text("Stretches of time", "一段时间的走势"),
    "vote": Text("All of them vote", "共同投票"),
}

_CHART = Text("How far each way of looking is confirmed", "每种查找方法得到印证的程度")


class AutoUnusual(Operator):
    """Looks in several ways; without labels, what other ways agree with and other rows confirm is taken."""

    def run(
        self,
        context: Context,
        table: Table,
        time: str,
        group: str,
        exclude: Sequence[str],
        share: float,
        minutes: float,
        replay: str,
    ) -> Outputs:
        """A detector that calls about the `share` of these rows unusual, and how the ways of looking compare.

        Raises:
            DataError: there is no number to look at, or there are fewer than ten rows.
            ParamError: a replay that is no schedule.
        """
        record = Record.read(replay)
        named = [*filter(None, [time, group])]
        table.require(*named)
        numbers = choose_features(context, table, [], [*exclude, *named])
        words = [name for name in table.schema.of_kind("text") if name not in (*exclude, *named)]
        if table.num_rows < FEWEST:
            raise DataError(
                Text(
                    f"There are {table.num_rows} rows; what is usual needs at least {FEWEST} rows to be seen.",
                    f"只有 {table.num_rows} 行；至少需要 {FEWEST} 行才能看出什么是正常的。",
                ).as_json()
            )
        usual, window, notes = _usual(context, table, numbers, words, time, group)
        seed, folder = seed_of(context, record), context.temp_dir / "unusual"
        found = find_learners(context, FINDS_UNUSUAL, record, partial(try_out, folder=folder, seed=seed))
        learners = {learner.key: learner for learner in found}
        judging = Judging.of(table, usual, window, seed, found, folder)
        kinds = list(dict.fromkeys([*judging.names, *learners, *(["vote"] if len(judging.names) > 1 else [])]))
        choices = [Choice(kind, {}, _name(learners, kind, {})) for kind in kinds]
        searched = search(
            context,
            one_after_the_other(choices),
            lambda choice: judging.judge(choice.kind),
            minutes=minutes,
            record=record,
            name=partial(_name, learners),
            learners=list(learners),
            lower_is_better=False,
        )
        return self._outputs(context, table, judging, searched, share, notes)

    def _outputs(
        self,
        context: Context,
        table: Table,
        judging: Judging,
        searched: Searched,
        share: float,
        notes: Sequence[Text],
    ) -> Outputs:
        kind = searched.best.choice.kind
        made = judging.detector(kind, share)
        called = made.predict(judging.matrix) == -1
        usual = judging.usual
        by = usual.levels.by if usual.levels else ""
        features = [*filter(None, [usual.time, by]), *usual.columns]
        about = {
            "kind": "unusual",
            "columns": list(usual.columns),
            "time": usual.time,
            "group": by,
            "cycle": usual.cycle,
            "window": judging.window,
            "members": made.options["members"],
            "share": share,
            "stability": judging.stability(kind),
            "agreement": judging.agreement(kind),
        }
        values = {
            "unusual": int(called.sum()),
            "rows": table.num_rows,
            "score_from": made.options["threshold"],
            "stability": about["stability"],
            "agreement": about["agreement"],
        }
        model = Model.fitted(made, table, task="anomaly", features=features, operator=self.spec.key, about=about)
        why = Text(
            "Nobody has labelled these rows, so each way of looking was asked whether it says the same about rows that "
            "it has not learned from, and whether the other ways agree.",
            "这些行没有标签，因此检验每种方法对未学习过的行是否给出同样的判断，以及其他方法是否同意。",
        )
        validation = {
            "method": "time" if usual.time else "random",
            "column": usual.time,
            "folds": judging.folds,
            "why": why.as_json(),
        }
        return {
            "model": replace(model, metrics=values),
            "leaderboard": told.leaderboard(searched),
            "metrics": Metrics(values, about=about),
            "summary": told.summary(searched, self.spec.key, "unusual", "agreement", validation, notes, about),
            "schedule": searched.schedule(),
            "chart": told.chart(searched, _CHART, Text("Agreement", "一致程度")),
        }


def _name(learners: Mapping[str, Learner], kind: str, params: Mapping[str, Any]) -> Text:
    if kind in NAMES:
        return NAMES[kind]
    title = learners[kind].title
    return Text(f"Values together ({title.en})", f"数值的组合（{title.zh}）")


def _usual(
    context: Context, table: Table, numbers: Sequence[str], words: Sequence[str], time: str, group: str
) -> tuple[Usual, int, list[Text]]:
    """What is usual, the rows of a stretch of time (0: rows have no order), and notes."""
    import polars as pl

    if not time:
        return Usual.learn(table, numbers, words, "", [], 60, group), 0, []
    times = table.polars()[time]
    step = Step.of(times, pl.Series([0] * len(times), dtype=pl.Int8))
    cycles, slot = cycles_of(times, step)
    usual = Usual.learn(table, numbers, words, time, cycles, slot, group)
    clock = clock_cycles(step)
    window = max(3, min(clock[0] if clock else 24, table.num_rows // 10))
    notes = []
    if missing := times.null_count():
        note = Text(
            f"Rows without a time: {missing:,}. They are taken for the first ones.",
            f"有 {missing:,} 行没有时间，视为排在最前。",
        )
        context.warn(note.as_json())
        notes.append(note)
    return usual, window, notes
