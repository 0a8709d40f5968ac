"""Every strategy follows the loss of a plain PyTorch loop that is written out here."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from patchbay_training.network import make_network
from tests.training import jobs
from tests.training.gang import Gang
from tests.training.jobs import accept

pytestmark = [pytest.mark.heavy, pytest.mark.xdist_group("training")]

SHARED = ("ddp", "fsdp2", "zero0", "zero1", "zero2", "zero3")


@pytest.fixture(scope="module")
def plain() -> list[float]:
    """The losses of 12 steps: whole batches, no accumulation, no library of ours but network and order of rows."""
    train, _ = jobs.rows()
    torch.manual_seed(jobs.SEED)
    network = make_network(jobs.NETWORK, jobs.OPTIONS)
    optimizer = torch.optim.AdamW(network.parameters(), weight_decay=0.01)
    losses = []
    for step in range(12):
        epoch, place = divmod(step, 4)
        order = np.random.default_rng((jobs.SEED, epoch)).permutation(64)[place * 16 : place * 16 + 16]
        rate = 1e-2 * (step + 1) / 3 if step < 2 else 1e-2 * (1 + math.cos(math.pi * (step - 2) / 10)) / 2
        for group in optimizer.param_groups:
            group["lr"] = rate
        outputs = network(torch.from_numpy(train.inputs[order]))
        loss = nn.functional.cross_entropy(outputs, torch.from_numpy(train.targets[order]))
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 0.5)
        optimizer.step()
        losses.append(loss.item())
    return losses


def test_single_in_this_process(tmp_path: Path, plain: list[float]) -> None:
    from patchbay_training import worker

    made = jobs.job(tmp_path / "job")
    worker.run(made)
    assert jobs.losses(made) == pytest.approx(plain, abs=1e-6)


@pytest.mark.parametrize("strategy", SHARED)
def test_two_workers_follow_the_plain_loop(tmp_path: Path, pair: Gang, plain: list[float], strategy: str) -> None:
    made = jobs.job(tmp_path / "job", strategy, 2)
    done = pair.run(made.folder)
    assert done[0] == done[1]
    assert done[0]["step"] == 12
    assert jobs.losses(made) == pytest.approx(plain, abs=1e-5)


@pytest.mark.parametrize("strategy", ["fsdp2", "zero3", *accept("ddp", "zero1")])
def test_bf16_stays_near(tmp_path: Path, pair: Gang, plain: list[float], strategy: str) -> None:
    made = jobs.job(tmp_path / "job", strategy, 2, precision="bf16")
    pair.run(made.folder)
    assert jobs.losses(made) == pytest.approx(plain, abs=0.03)


@pytest.mark.parametrize("strategy", ["fsdp2", "zero3"])
def test_activation_checkpointing_changes_nothing(
    tmp_path: Path, pair: Gang, plain: list[float], strategy: str
) -> None:
    made = jobs.job(tmp_path / "job", strategy, 2, activation_checkpointing=True)
    pair.run(made.folder)
    assert jobs.losses(made) == pytest.approx(plain, abs=1e-5)


@pytest.mark.parametrize("strategy", ["fsdp2", "zero3", *accept("ddp", "zero1")])
def test_the_best_weights_are_whole(tmp_path: Path, pair: Gang, strategy: str) -> None:
    from patchbay_training import worker

    alone, shared = jobs.job(tmp_path / "alone"), jobs.job(tmp_path / "shared", strategy, 2)
    worker.run(alone)
    pair.run(shared.folder)
    expected, found = jobs.best_weights(alone), jobs.best_weights(shared)
    assert found.keys() == expected.keys()
    for name in expected:
        np.testing.assert_allclose(found[name], expected[name], atol=1e-4)
