"""The network for language."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from patchbay_training.network import Network
from patchbay_training.transformer import TransformerBlock


class CausalLanguageModel(Network):
    """rows x places (numbers of symbols), to rows x places x symbols: scores of what comes next at each place."""

    def __init__(self, symbols: int, length: int, width: int, depth: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.symbols = nn.Embedding(symbols, width)
        self.places = nn.Parameter(torch.zeros(length, width))
        self.dropout = nn.Dropout(dropout)
        self.blocks = nn.ModuleList(TransformerBlock(width, heads, dropout, causal=True) for _ in range(depth))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, symbols)

    def forward(self, inputs: Tensor) -> Tensor:
        """Scores of the symbols."""
        hidden = self.dropout(self.symbols(inputs.long()) + self.places[: inputs.shape[1]])
        scores: Tensor = self.head(self.norm(self.through_blocks(hidden)))
        return scores
