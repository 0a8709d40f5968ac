"""The network for tables of numbers."""

from __future__ import annotations

from torch import Tensor, nn

from patchbay_training.network import Network


class ResidualBlock(nn.Module):
    """A layer norm and a two-layer perceptron beside a residual path, as in Gorishniy et al. 2021, arXiv:2106.11959."""

    def __init__(self, width: int, dropout: float) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.LayerNorm(width),
            nn.Linear(width, 2 * width),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(2 * width, width),
        )

    def forward(self, hidden: Tensor) -> Tensor:
        """rows x width, to the same."""
        changed: Tensor = hidden + self.layers(hidden)
        return changed


class TabularNetwork(Network):
    """rows x features, to rows x outputs."""

    def __init__(self, features: int, outputs: int, width: int, depth: int, dropout: float) -> None:
        super().__init__()
        self.stem = nn.Linear(features, width)
        self.blocks = nn.ModuleList(ResidualBlock(width, dropout) for _ in range(depth))
        self.head = nn.Sequential(nn.LayerNorm(width), nn.ReLU(), nn.Linear(width, outputs))

    def forward(self, inputs: Tensor) -> Tensor:
        """Scores of classes, or numbers."""
        outputs: Tensor = self.head(self.through_blocks(self.stem(inputs)))
        return outputs
