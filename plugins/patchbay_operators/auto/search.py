"""Tries one choice after the other within a budget; what was tried can be tried again, to the same answer."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from patchbay_operators.advice import Text
from patchbay_operators.scores import spread
from patchbay_sdk import Context, DataError, ParamError


@dataclass(frozen=True)
class Choice:
    """Something to try: `kind` and `params` say what to a program, `name` says it in words.

    `kind`: the ``id@version`` of an operator, or a word for what the search does itself. `group`: of choices with the
    same one, reports show the best; empty: it is shown by itself.
    """

    kind: str
    params: Mapping[str, Any]
    name: Text
    group: str = ""


@dataclass
class Attempt:
    """What came of a choice: a score per fold; `error` says why it has none."""

    choice: Choice
    scores: list[float] = field(default_factory=list)
    seconds: float = 0.0
    error: Text | None = None

    @property
    def score(self) -> float:
        """The mean over the folds. Only of an attempt without error."""
        return sum(self.scores) / len(self.scores)

    @property
    def spread(self) -> float | None:
        """The standard deviation over the folds."""
        return spread(self.scores)


@dataclass(frozen=True)
class Searched:
    """All attempts in order; the first is the baseline. `stopped`: time, patience, finish, replay or trials.

    `learners`: ``id@version`` of the operators that were found to be tried.
    """

    attempts: Sequence[Attempt]
    stopped: str
    seconds: float
    lower_is_better: bool
    seed: int
    learners: Sequence[str]

    @property
    def done(self) -> list[Attempt]:
        """Those with a score, the best first; of equals the earlier, which is the simpler one."""
        scored = [attempt for attempt in self.attempts if attempt.scores]
        return sorted(scored, key=lambda attempt: attempt.score * (1 if self.lower_is_better else -1))

    @property
    def best(self) -> Attempt:
        """The best attempt."""
        return self.done[0]

    @property
    def baseline(self) -> Attempt:
        """The first attempt that has a score."""
        return next(attempt for attempt in self.attempts if attempt.scores)

    def schedule(self) -> str:
        """What was tried, in order, as JSON for the param `replay`."""
        tried = [{"kind": each.choice.kind, "params": dict(each.choice.params)} for each in self.attempts]
        return Record(self.seed, self.learners, tried).to_json()


@dataclass(frozen=True)
class Record:
    """What a search writes down: its seed, its operators, and what it tried, in order: ``kind``, ``params``, more."""

    seed: int
    learners: Sequence[str]
    tried: Sequence[Mapping[str, Any]]

    def to_json(self) -> str:
        """As JSON for the param `replay`."""
        document = {"format": 1, "seed": self.seed, "learners": list(self.learners), "tried": list(self.tried)}
        return json.dumps(document, ensure_ascii=False, indent=1)

    @classmethod
    def read(cls, replay: str) -> Record | None:
        """Of the output `schedule` of a search; None where there is none. Raises ParamError: it is something else."""
        if not replay:
            return None
        try:
            document = json.loads(replay)
            tried = [{**each, "kind": str(each["kind"]), "params": dict(each["params"])} for each in document["tried"]]
            return cls(int(document["seed"]), [str(key) for key in document.get("learners", [])], tried)
        except (ValueError, KeyError, TypeError) as error:
            raise _no_schedule() from error

    def choices(self, name: Name) -> list[Choice]:
        """The same again. Raises ParamError: there is a kind or a param that `name` does not know."""
        try:
            return [Choice(each["kind"], each["params"], name(each["kind"], each["params"])) for each in self.tried]
        except (ValueError, KeyError, TypeError) as error:
            raise _no_schedule() from error


def seed_of(context: Context, record: Record | None) -> int:
    """For everything random of a search: a replay has the seed of the search that it repeats."""
    return context.seed if record is None else record.seed


Name = Callable[[str, Mapping[str, Any]], Text]
"""A choice in words, by its kind and params."""
Propose = Callable[[Sequence[Attempt]], Choice | None]
"""What to try next, given what was tried; None: nothing more."""


def search(
    context: Context,
    propose: Propose,
    judge: Callable[[Choice], list[float]],
    *,
    minutes: float,
    record: Record | None,
    name: Name,
    learners: Sequence[str] = (),
    lower_is_better: bool = True,
) -> Searched:
    """Try until there is nothing more, time is over or somebody asks to finish. A replay knows no time.

    Raises:
        DataError: nothing could be judged.
        ParamError: `record` is of another operator.
    """
    if record is not None:
        propose = one_after_the_other(record.choices(name))
    begin, attempts, stopped = time.monotonic(), list[Attempt](), "trials"
    while (choice := propose(attempts)) is not None:
        context.check_cancelled()
        attempt = _try(choice, judge)
        attempts.append(attempt)
        _tell(context, attempts, attempt)
        passed = (time.monotonic() - begin) / (minutes * 60)
        told = {"en": f"{len(attempts)} ways tried", "zh-CN": f"已尝试 {len(attempts)} 种方法"}
        context.progress(min(0.95, passed), told)
        if any(each.scores for each in attempts) and record is None and (passed >= 1 or context.finish_requested()):
            stopped = "finish" if context.finish_requested() else "time"
            break
    if not any(attempt.scores for attempt in attempts):
        nothing = Text("There was nothing to try.", "没有可尝试的方法。")
        raise DataError(next((each.error for each in attempts if each.error), nothing).as_json())
    seconds = time.monotonic() - begin
    stopped = stopped if record is None else "replay"
    return Searched(attempts, stopped, seconds, lower_is_better, seed_of(context, record), learners)


def one_after_the_other(choices: Iterable[Choice]) -> Propose:
    """Choices of a fixed order."""
    remaining = iter(choices)
    return lambda attempts: next(remaining, None)


def _try(choice: Choice, judge: Callable[[Choice], list[float]]) -> Attempt:
    attempt, begin = Attempt(choice), time.monotonic()
    try:
        attempt.scores = judge(choice)
    except (DataError, ParamError) as error:
        attempt.error = Text.of(error)
    attempt.seconds = time.monotonic() - begin
    return attempt


def _tell(context: Context, attempts: Sequence[Attempt], attempt: Attempt) -> None:
    if attempt.error:
        context.log(f"{attempt.choice.name.en}: {attempt.error.en}")
        return
    context.metric("score", attempt.score, len(attempts))
    context.log(f"{attempt.choice.name.en}: {attempt.score:.4g}")


def _no_schedule() -> ParamError:
    said = Text(
        "replay: this is no schedule of an earlier run; give its output schedule as it is.",
        "这不是之前运行的记录；请原样填入其输出的记录。",
    )
    return ParamError(said.as_json(), field="replay")
