"""The network for short texts."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from patchbay_training.network import Network
from patchbay_training.transformer import TransformerBlock


class TextTransformer(Network):
    """rows x places (numbers of symbols, 0: nothing), to rows x classes: the mean and the largest of what is there."""

    def __init__(
        self, symbols: int, length: int, classes: int, width: int, depth: int, heads: int, dropout: float
    ) -> None:
        super().__init__()
        self.symbols = nn.Embedding(symbols, width)
        self.places = nn.Parameter(torch.zeros(length, width))
        self.dropout = nn.Dropout(dropout)
        self.blocks = nn.ModuleList(TransformerBlock(width, heads, dropout) for _ in range(depth))
        self.head = nn.Sequential(nn.LayerNorm(2 * width), nn.Dropout(dropout), nn.Linear(2 * width, classes))

    def forward(self, inputs: Tensor) -> Tensor:
        """Scores of the classes."""
        there = (inputs > 0).unsqueeze(-1)
        hidden = self.through_blocks(self.dropout(self.symbols(inputs.long()) + self.places) * there)
        mean = (hidden * there).sum(1) / there.sum(1).clamp(min=1)
        most = hidden.masked_fill(~there, -1e4).amax(1)
        scores: Tensor = self.head(torch.cat([mean, most], dim=1))
        return scores
