"""The training loop: what a step is, and what happens between steps. The same for every strategy."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
import torch.distributed
from torch import Tensor

from patchbay_training.checkpoint import Checkpoints, Progress
from patchbay_training.config import TrainingConfig
from patchbay_training.data import Order, Rows, in_turn
from patchbay_training.errors import TrainingDiverged
from patchbay_training.meter import Meter
from patchbay_training.network import loss_per_row, right_per_row
from patchbay_training.report import Reports
from patchbay_training.schedule import learning_rate
from patchbay_training.strategy import Strategy
from patchbay_training.watch import WINDOW, divergence


class Loop:
    """Trains until the steps are done, the validation loss gets no better, the loss diverges, or it is told to stop.

    `class_weights`: what a row of each class counts, or None. `stopped`: asked by rank 0 at every report.
    """

    def __init__(
        self,
        config: TrainingConfig,
        strategy: Strategy,
        task: str,
        train: Rows,
        valid: Rows,
        checkpoints: Checkpoints,
        meter: Meter,
        device: torch.device,
        rank: int,
        class_weights: Tensor | None = None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self.config, self.strategy, self.task = config, strategy, task
        self.train_rows, self.valid_rows = train, valid
        self.order = Order(len(train), config.optimization.batch_size, config.seed)
        self.checkpoints, self.meter = checkpoints, meter
        self.device, self.rank, self.class_weights, self.stopped = device, rank, class_weights, stopped

    def run(self, progress: Progress, reports: Reports | None) -> Progress:
        """Go on from `progress` to the end; told to stop, write a checkpoint and return.

        `reports`: where rank 0 writes; None on the others.

        Raises:
            TrainingDiverged: the loss is not finite or has exploded; the best weights so far are kept.
        """
        config, rhythm = self.config.optimization, self.config.rhythm
        waiting: list[Tensor] = []
        stopping = False
        self.meter.start()
        while not (stopping or self._done(progress)):
            rate = learning_rate(config, progress.step)
            loss, norm = self.step(progress.step, rate)
            progress.step += 1
            waiting.append(loss)
            ends = progress.step == config.steps
            if progress.step % rhythm.report == 0 or ends:
                mean, stopping = self._agreed(torch.stack(waiting))
                waiting.clear()
                progress.losses = [*progress.losses[:1], *progress.losses[1:][-WINDOW:], mean]
                values = {"loss": mean, "learning_rate": rate, "gradient_norm": float(norm), **self.meter.read()}
                if reports:
                    reports.write("training", progress.step, values)
                self._check(progress)
            if progress.step % rhythm.evaluate == 0 or ends:
                values = self.evaluate()
                if reports:
                    reports.write("evaluation", progress.step, values)
                self._judge(values["loss"], progress)
                self.meter.start()
            if progress.step % rhythm.checkpoint == 0 or stopping or self._done(progress):
                self.checkpoints.save(progress, self.strategy)
                self.meter.start()
        return progress

    def _done(self, progress: Progress) -> bool:
        too_stale = 0 < self.config.rhythm.patience <= progress.stale
        return too_stale or progress.step >= self.config.optimization.steps

    def step(self, step: int, rate: float) -> tuple[Tensor, Tensor]:
        """One update: forward and backward of every micro-batch, then the optimizer. Loss of this worker, norm.

        Nothing here waits for a GPU: it computes one step while the next one is prepared, until a report is due.
        """
        config = self.config
        workers = config.distribution.workers
        # Whatever is random in a step follows from its number, so that a resumed training repeats it.
        torch.manual_seed((config.seed * 1_000_003 + step) * 1024 + self.rank)
        share = self.order.share(step, self.rank, workers, config.optimization.accumulation)
        losses = []
        for number, positions in enumerate(share, start=1):
            inputs, targets = self.train_rows.batch(positions, self.device)
            last = number == len(share)
            losses.append(self.strategy.accumulate(inputs, partial(self._loss, targets), last=last))
        norm = self.strategy.step(rate)
        self.meter.count(config.optimization.batch_size)
        return torch.stack(losses).mean(), norm

    def _loss(self, targets: Tensor, outputs: Tensor) -> Tensor:
        losses = loss_per_row(self.task, outputs, targets)
        if self.class_weights is not None:
            losses = losses * self.class_weights[targets.long()]
        return losses.mean()

    def evaluate(self) -> dict[str, float]:
        """Means over all validation rows: `loss`, and `accuracy` or, for numbers, `absolute_error`."""
        totals = torch.zeros(3, dtype=torch.float64, device="cpu")
        size = max(1, min(256, len(self.valid_rows)))
        for positions, counts in in_turn(len(self.valid_rows), size, self.rank, self.config.distribution.workers):
            inputs, targets = self.valid_rows.batch(positions, self.device)
            outputs = self.strategy.forward(inputs)
            counting = torch.from_numpy(counts)
            for place, measure in enumerate((loss_per_row, right_per_row)):
                totals[place] += measure(self.task, outputs, targets).cpu().double()[counting].sum()
            totals[2] += counting.sum()
        loss, right = (self._sum(totals)[:2] / len(self.valid_rows)).tolist()
        return {"loss": loss, "absolute_error" if self.task == "regression" else "accuracy": right}

    def _judge(self, loss: float, progress: Progress) -> None:
        if loss < progress.best_loss:
            progress.best_loss, progress.best_step, progress.stale = loss, progress.step, 0
            self.checkpoints.keep_best(progress, self.strategy)
        else:
            progress.stale += 1

    def _check(self, progress: Progress) -> None:
        reason = divergence(progress.losses, self.config.rhythm.explode)
        if reason:
            kept = f"The best weights, of step {progress.best_step}, are kept." if progress.best_step else ""
            raise TrainingDiverged(
                f"The training diverged at step {progress.step}: {reason}. {kept} "
                "Lower the learning rate, add warm-up steps, or clip the gradient.",
                step=progress.step,
                best_step=progress.best_step,
            )

    def _agreed(self, losses: Tensor) -> tuple[float, bool]:
        """The mean loss over these steps and all workers, and whether to stop: equal on all of them."""
        stop = torch.tensor(float(self.rank == 0 and self.stopped()), dtype=torch.float64)
        total, stops = self._sum(torch.stack([losses.double().mean().cpu(), stop])).tolist()
        return total / self.config.distribution.workers, stops > 0

    def _sum(self, values: Tensor) -> Tensor:
        if torch.distributed.is_initialized():
            values = values.to(self.device)
            torch.distributed.all_reduce(values)
        return values.cpu()
