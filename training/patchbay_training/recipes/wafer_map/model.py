"""The network for wafer maps."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from patchbay_training.network import Network

KINDS = 3
"""What a place of a map can be: outside the wafer, a good die, a bad die."""


class ConvolutionBlock(nn.Module):
    """Two convolutions beside a residual path, as in He et al. 2016, arXiv:1512.03385, with group norm.

    Batch norm would make a wafer's answer depend on the wafers of its batch, and on how many workers share it.
    """

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
        self.second = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.norms = nn.ModuleList((nn.GroupNorm(8, outputs), nn.GroupNorm(8, outputs)))
        self.beside = nn.Conv2d(inputs, outputs, 1, stride) if stride > 1 or inputs != outputs else nn.Identity()

    def forward(self, hidden: Tensor) -> Tensor:
        """rows x channels x height x width, to as many or half the places."""
        inner = functional.relu(self.norms[0](self.first(hidden)))
        return functional.relu(self.norms[1](self.second(inner)) + self.beside(hidden))


class WaferNetwork(Network):
    """rows x side x side (0, 1, 2), to rows x classes.

    `turned`: while training, maps are mirrored and turned by quarters at random: a pattern means the same then.
    """

    def __init__(self, classes: int, width: int, depth: int, dropout: float, turned: bool) -> None:
        super().__init__()
        self.turned = turned
        self.stem = nn.Conv2d(KINDS, width, 3, padding=1)
        widths = [width * 2**number for number in range(depth)]
        self.blocks = nn.ModuleList(
            ConvolutionBlock(widths[max(0, number - 1)], widths[number], stride=2 if number else 1)
            for number in range(depth)
        )
        self.head = nn.Sequential(nn.Dropout(dropout), nn.Linear(widths[-1], classes))

    def forward(self, inputs: Tensor) -> Tensor:
        """Scores of the classes."""
        if self.training and self.turned:
            inputs = turned_at_random(inputs)
        planes = functional.one_hot(inputs.long(), KINDS).permute(0, 3, 1, 2).to(self.stem.weight.dtype)
        hidden = self.through_blocks(functional.relu(self.stem(planes)))
        scores: Tensor = self.head(hidden.mean((2, 3)))
        return scores


def turned_at_random(maps: Tensor) -> Tensor:
    """Each map mirrored or not and turned by 0 to 3 quarters."""
    draws = torch.randint(0, 8, (len(maps),), device=maps.device)
    result = torch.empty_like(maps)
    for draw in range(8):
        chosen = draws == draw
        some = maps[chosen].flip(2) if draw >= 4 else maps[chosen]
        result[chosen] = torch.rot90(some, draw % 4, (1, 2))
    return result
