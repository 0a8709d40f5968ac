"""What a search tells: the leaderboard, the chart, and the summary that reports read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from patchbay_operators.advice import Text
from patchbay_operators.auto.search import Attempt, Searched
from patchbay_sdk import Chart, Table

SHOWN = 20
"""Places of the leaderboard in the summary, the best of each group; the table has all."""


def leaderboard(searched: Searched) -> Table:
    """Everything that was tried, the best first; what could not be judged comes last, with the reason."""
    import polars as pl

    rows = [*searched.done, *(attempt for attempt in searched.attempts if not attempt.scores)]
    folds = max(len(attempt.scores) for attempt in rows)
    columns: dict[str, Any] = {
        "name": pl.Series([each.choice.name.en for each in rows], dtype=pl.String),
        "name_zh": pl.Series([each.choice.name.zh for each in rows], dtype=pl.String),
        "score": pl.Series([each.score if each.scores else None for each in rows], dtype=pl.Float64),
        "spread": pl.Series([each.spread if each.scores else None for each in rows], dtype=pl.Float64),
        "seconds": pl.Series([each.seconds for each in rows], dtype=pl.Float64),
        "params": pl.Series([json.dumps(dict(each.choice.params)) for each in rows], dtype=pl.String),
        "error": pl.Series([each.error.en if each.error else None for each in rows], dtype=pl.String),
    }
    for fold in range(folds):
        scores = [each.scores[fold] if fold < len(each.scores) else None for each in rows]
        columns[f"fold_{fold + 1}"] = pl.Series(scores, dtype=pl.Float64)
    return Table(pl.DataFrame(columns))


def chart(searched: Searched, title: Text, score: Text) -> Chart:
    """The score of the best of each kind, as bars."""
    best: dict[str, Attempt] = {}
    for attempt in searched.done:
        best.setdefault(attempt.choice.kind, attempt)
    names = [attempt.choice.name.as_json() for attempt in best.values()]
    label = score.as_json()
    bars = {"name": label, "x": names, "y": [each.score for each in best.values()]}
    return Chart("bar", title.as_json(), [bars], "", label)


def summary(
    searched: Searched,
    operator: str,
    task: str,
    metric: str,
    validation: Mapping[str, Any],
    notes: Sequence[Text],
    more: Mapping[str, Any],
) -> str:
    """What was done as JSON, in the same form as that of model.auto; `notes`: sentences; `more`: of the task."""
    best, baseline = searched.best, searched.baseline
    document = {
        "task": task,
        "metric": metric,
        "lower_is_better": searched.lower_is_better,
        "validation": dict(validation),
        "best": {**_entry(best, operator), "folds": best.scores},
        "baseline": _entry(baseline, operator),
        "random_split_score": None,
        "trials": len(searched.attempts),
        "seconds": searched.seconds,
        "stopped": searched.stopped,
        "threshold": None,
        "focus": None,
        "leaderboard": [_entry(each, operator) for each in _shown(searched)],
        "notes": [note.as_json() for note in notes],
        **more,
    }
    return json.dumps(document, ensure_ascii=False)


def _shown(searched: Searched) -> list[Attempt]:
    best: dict[str, Attempt] = {}
    for attempt in searched.done:
        best.setdefault(attempt.choice.group or attempt.choice.name.en, attempt)
    return list(best.values())[:SHOWN]


def _entry(attempt: Attempt, operator: str) -> dict[str, Any]:
    kind = attempt.choice.kind
    return {
        "name": attempt.choice.name.as_json(),
        "operator": kind if "@" in kind else operator,
        "score": attempt.score,
        "spread": attempt.spread,
        "seconds": attempt.seconds,
    }
