"""Errors of training.

::

    PatchbayError
    ├── ParamError
    │   └── StrategyRefused   this device or this combination of settings cannot do it; nothing was started
    ├── ArtifactError
    │   └── CheckpointError   a checkpoint is broken, or was written by another kind of training
    └── TrainingError         the training was started and did not end well
        ├── TrainingDiverged  the loss is not finite, or has exploded
        ├── TrainingStalled   no step for too long
        └── WorkersLost       workers ended by themselves more often than is allowed
"""

from __future__ import annotations

from patchbay_sdk import ArtifactError, ParamError, PatchbayError


class StrategyRefused(ParamError):
    """This device, or this combination of settings, cannot do it; the message names it and says what can."""

    code = "strategy_refused"


class CheckpointError(ArtifactError):
    """A checkpoint is broken, or was written by a training of another kind."""

    code = "checkpoint_invalid"


class TrainingError(PatchbayError):
    """The training was started and did not end well."""

    code = "training_failed"


class TrainingDiverged(TrainingError):
    """The loss is not finite, or has exploded; the best checkpoint before it is kept."""

    code = "training_diverged"


class TrainingStalled(TrainingError):
    """No step was reported for too long; the workers were ended."""

    code = "training_stalled"


class WorkersLost(TrainingError):
    """Workers ended by themselves more often than the training may start again."""

    code = "training_workers_lost"
