"""Whether a model beats the simplest answer, or chance alone would do as well."""

from __future__ import annotations

from typing import Literal

from patchbay_operators.model_report.figures import closer, larger, more_often_right
from patchbay_operators.model_report.judged import Judged
from patchbay_operators.model_report.quantity import usual_error
from patchbay_operators.model_report.several import usual_class

CHANCE = 0.05
"""A model that chance would match more often than this is not said to be better than the simplest answer."""
WORSE = 0.5
"""Chance of more than this: on the test rows it does no better, or worse, than the simplest answer."""
FEW = 10
"""Fewer test rows show nothing for certain, not even that."""

Verdict = Literal["better", "unsure", "no better"]


def verdict(judged: Judged) -> Verdict:
    """What the test rows say; "better" too where they can say nothing."""
    if judged.constant and len(judged.truth) > 1:
        return "no better"
    found = chance_of(judged)
    if found is None or found <= CHANCE:
        return "better"
    return "no better" if found >= WORSE and len(judged.truth) >= FEW else "unsure"


def chance_of(judged: Judged) -> float | None:
    """How likely the simplest answer would do as well by chance; None where the test rows cannot say."""
    classified = judged.classified
    if not len(judged.truth):
        return None
    if classified is None:
        return closer(judged.error, usual_error(judged))
    if judged.positive is None:
        return more_often_right(judged.error == 0, judged.truth == usual_class(judged))
    sought = classified.is_positive
    if sought.all() or not sought.any():
        return None
    score = (classified.called == judged.positive).astype(float) if classified.score is None else classified.score
    return larger(score[sought], score[~sought])
