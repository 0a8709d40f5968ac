"""The learning rate of a step."""

from __future__ import annotations

import math

from patchbay_training.config import Optimization


def learning_rate(optimization: Optimization, step: int) -> float:
    """The learning rate of step `step` (0, 1, ...): a linear rise over the warm-up, then the schedule down to 0.

    cosine: half a cosine wave, Loshchilov and Hutter 2017, https://arxiv.org/abs/1608.03983, without restarts.
    """
    warmup, steps = optimization.warmup, optimization.steps
    if step < warmup:
        return optimization.learning_rate * (step + 1) / (warmup + 1)
    done = (step - warmup) / max(1, steps - warmup)
    match optimization.schedule:
        case "cosine":
            return optimization.learning_rate * (1 + math.cos(math.pi * done)) / 2
        case "linear":
            return optimization.learning_rate * (1 - done)
    return optimization.learning_rate
