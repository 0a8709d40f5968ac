"""Strategies: how parameters, gradients and optimizer state are spread over the workers of one training."""

from patchbay_training.strategy.base import Strategy, make_strategy

__all__ = ["Strategy", "make_strategy"]
