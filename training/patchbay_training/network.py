"""What the loop asks of a network and of its task."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

from patchbay_sdk import ArtifactError


class Network(nn.Module):
    """A network of equal blocks: what a strategy shards and what activation checkpointing computes again.

    `options`: the keyword arguments it was made of, JSON values; with the weights they are the whole model. Networks
    have no buffers (no batch normalisation): all that training changes are parameters.
    """

    blocks: nn.ModuleList
    options: Mapping[str, Any]
    activation_checkpointing = False

    def through_blocks(self, hidden: Tensor) -> Tensor:
        """The hidden state after all blocks."""
        for block in self.blocks:
            if self.activation_checkpointing and self.training:
                hidden = checkpoint(block, hidden, use_reentrant=False)
            else:
                hidden = block(hidden)
        return hidden


def make_network(name: str, options: Mapping[str, Any]) -> Network:
    """The network ``module:Class`` of one of Patchbay's packages, with its options.

    Raises:
        ArtifactError: the name is not that of a `Network` of a package ``patchbay_*``.
    """
    module, _, kind = name.partition(":")
    found = getattr(importlib.import_module(module), kind, None) if module.startswith("patchbay_") else None
    if not (isinstance(found, type) and issubclass(found, Network)):
        raise ArtifactError(f"{name!r} is no network of Patchbay.")
    network = found(**options)
    network.options = dict(options)
    return network


def loss_per_row(task: str, outputs: Tensor, targets: Tensor) -> Tensor:
    """The loss of every row. Means over rows are linear, so they do not depend on how a batch is shared.

    `task`: ``classification`` (outputs rows x classes, targets positions of classes), ``regression`` (rows x numbers,
    mean squared error), ``language`` (rows x places x symbols, targets rows x places: mean over the places).
    """
    outputs = outputs.float()
    if task == "regression":
        return functional.mse_loss(outputs, targets.float(), reduction="none").flatten(1).mean(1)
    if task == "language":
        losses = functional.cross_entropy(outputs.flatten(0, 1), targets.flatten().long(), reduction="none")
        return losses.view(targets.shape).mean(1)
    return functional.cross_entropy(outputs, targets.long(), reduction="none")


def right_per_row(task: str, outputs: Tensor, targets: Tensor) -> Tensor:
    """How right every row is: share of symbols or classes hit; for numbers the mean absolute error."""
    if task == "regression":
        return (outputs.float() - targets.float()).abs().flatten(1).mean(1)
    hit = (outputs.argmax(-1) == targets).float()
    return hit.mean(1) if task == "language" else hit


def flops_per_row(network: Network, inputs: Tensor) -> float:
    """Floating point operations of one row in a step: the products of a forward pass, counted, times 3.

    The backward pass takes twice as many as the forward pass, once for the inputs and once for the weights; what
    activation checkpointing computes again is not counted (Chowdhery et al. 2022, PaLM, appendix B).
    """
    from torch.utils.flop_counter import FlopCounterMode

    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        network(inputs[:1])
    return 3.0 * int(counter.get_total_flops())
