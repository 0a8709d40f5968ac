"""The record of a search: what was tried, so that the same is done again without a clock, with the same answer."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from patchbay_operators.advice import Text
from patchbay_operators.model._trials import Clock, Plan, Trial
from patchbay_sdk import Context, DataError, ParamError

FORMAT = 1


@dataclass(frozen=True)
class Schedule:
    """`seed`: of everything random. `task`, `method`, `column`: as they were found. `trials`: in order.

    `repeats`: on so many further divisions the best `finalists` were judged, None: as many as there may be.
    `threshold_folds`: on so many folds the threshold was chosen, all if None. `rows`: that were learned from.
    `most_rows`: that were drawn of the table, None: all.
    """

    seed: int
    task: str
    target: str
    positive: str
    method: str
    column: str
    text: str
    rows: int
    repeats: int
    trials: Sequence[Mapping[str, Any]]
    threshold_folds: int | None = None
    finalists: int | None = None
    most_rows: int | None = None

    def to_json(self) -> str:
        """As JSON text."""
        return json.dumps({"format": FORMAT, **self.__dict__}, ensure_ascii=False)

    @classmethod
    def read(cls, text: str) -> Schedule:
        """From JSON text. Raises ParamError when it is no record of a search."""
        try:
            document = json.loads(text)
            if document.pop("format") != FORMAT:
                raise ValueError("it is of another format")
            return cls(**document)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            other = Text(
                f"replay: This is no record of a search: {error}.",
                "这不是搜索的记录。请原样填入之前运行所输出的记录。",
            )
            raise ParamError(other.as_json(), field="replay") from error

    def require_target(self, target: str) -> None:
        """Raise ParamError when the record is of another column."""
        if self.target != target:
            other = Text(
                f"replay: The record is of {self.target!r}, not of {target!r}.",
                f"该记录预测的是“{self.target}”，而不是“{target}”。请选择同一列，或去掉记录。",
            )
            raise ParamError(other.as_json(), field="replay")


def recorded(trials: Sequence[Trial]) -> list[dict[str, Any]]:
    """What is kept of trials: their params, and how far they went."""
    return [
        {**trial.params, "state": trial.state, "folds": len(trial.scores), "error": trial.error} for trial in trials
    ]


def replayed(context: Context, plan: Plan, records: Sequence[Mapping[str, Any]]) -> list[Trial]:
    """The recorded trials, each on as many folds as then; those that failed are not made again.

    A record that does not say how far it went was finished.

    Raises:
        DataError: one that then succeeded fails now: these are other rows.
        Cancelled: the run was cancelled.
    """
    trials = []
    for number, record in enumerate(records, 1):
        context.check_cancelled()
        went = {"state": "complete", "folds": len(plan.folds), "error": "", **record}
        params = {name: value for name, value in record.items() if name not in ("state", "folds", "error")}
        trial, clock = Trial(number, params, went["state"], error=went["error"]), Clock()
        folder: Path = context.temp_dir / str(number)
        if trial.state != "failed":
            try:
                for score in plan.run(trial.params, folder) if went["folds"] else ():
                    trial.scores.append(score)
                    if len(trial.scores) == went["folds"]:
                        break
            except DataError as error:
                said = Text.of(error)
                misfit = Text(f"The record does not fit these rows: {said.en}", f"记录与这些行不符：{said.zh}")
                raise DataError(misfit.as_json(), **error.details) from error
        trial.seconds = clock()
        trials.append(trial)
        count = len(records)
        told = {"en": f"{number} of {count} trials repeated", "zh-CN": f"已重复 {number} 次尝试，共 {count} 次"}
        context.progress(number / (count + 1), told)
    return trials
