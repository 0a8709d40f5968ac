"""The transformer block that the networks for series, texts and language share."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional


class TransformerBlock(nn.Module):
    """Attention and a two-layer perceptron, each behind a layer norm and beside a residual path (pre-norm).

    Vaswani et al. 2017, https://arxiv.org/abs/1706.03762; pre-norm: Xiong et al. 2020,
    https://arxiv.org/abs/2002.04745. `causal`: a place sees only itself and those before it.
    """

    def __init__(self, width: int, heads: int, dropout: float, *, causal: bool = False) -> None:
        super().__init__()
        self.heads, self.causal, self.dropout = heads, causal, dropout
        self.attention_norm, self.norm = nn.LayerNorm(width), nn.LayerNorm(width)
        self.queries_keys_values = nn.Linear(width, 3 * width)
        self.joined = nn.Linear(width, width)
        self.perceptron = nn.Sequential(
            nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width), nn.Dropout(dropout)
        )

    def forward(self, hidden: Tensor) -> Tensor:
        """rows x places x width, to the same."""
        hidden = hidden + self._attend(self.attention_norm(hidden))
        changed: Tensor = hidden + self.perceptron(self.norm(hidden))
        return changed

    def _attend(self, hidden: Tensor) -> Tensor:
        rows, places, width = hidden.shape
        split = self.queries_keys_values(hidden).view(rows, places, 3, self.heads, width // self.heads)
        queries, keys, values = split.permute(2, 0, 3, 1, 4)
        dropout = self.dropout if self.training else 0.0
        seen = functional.scaled_dot_product_attention(queries, keys, values, dropout_p=dropout, is_causal=self.causal)
        joined: Tensor = self.joined(seen.transpose(1, 2).reshape(rows, places, width))
        return joined
