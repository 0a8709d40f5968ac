"""The network for windows of a series."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from patchbay_training.network import Network
from patchbay_training.transformer import TransformerBlock


class SequenceTransformer(Network):
    """rows x steps x sensors, to rows x outputs.

    A window is cut into patches of `patch` steps, which are the places that attention sees, as in PatchTST (Nie et al.
    2023, https://arxiv.org/abs/2211.14730). `anchor`: the sensor from whose last value a forecast departs, as in
    NLinear (Zeng et al. 2023, https://arxiv.org/abs/2205.13504); the window is shifted by that value. None: no shift.
    """

    def __init__(
        self,
        steps: int,
        sensors: int,
        outputs: int,
        patch: int,
        width: int,
        depth: int,
        heads: int,
        dropout: float,
        anchor: int | None = None,
    ) -> None:
        super().__init__()
        self.patch, self.anchor = patch, anchor
        places = steps // patch
        self.stem = nn.Linear(patch * sensors, width)
        self.places = nn.Parameter(torch.zeros(places, width))
        self.blocks = nn.ModuleList(TransformerBlock(width, heads, dropout) for _ in range(depth))
        self.head = nn.Sequential(nn.LayerNorm(width), nn.Flatten(), nn.Dropout(dropout))
        self.outputs = nn.Linear(places * width, outputs)
        if anchor is not None:
            nn.init.zeros_(self.outputs.weight)  # the first forecast is the last value
            nn.init.zeros_(self.outputs.bias)

    def forward(self, inputs: Tensor) -> Tensor:
        """Numbers, in units of the target's scale."""
        start = inputs[:, -1, self.anchor] if self.anchor is not None else None
        if start is not None:
            inputs = inputs - inputs[:, -1:, :]
        rows, steps, sensors = inputs.shape
        patches = inputs.reshape(rows, steps // self.patch, self.patch * sensors)
        hidden = self.through_blocks(self.stem(patches) + self.places)
        outputs: Tensor = self.outputs(self.head(hidden))
        return outputs if start is None else outputs + start[:, None]
