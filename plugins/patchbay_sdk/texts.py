"""Parts of sentences in Chinese."""

from __future__ import annotations

from collections.abc import Sequence


def quoted(names: Sequence[str], most: int = 20) -> str:
    """Names one after the other, as a Chinese sentence has them; the first `most` of many."""
    shown = "、".join(f"“{name}”" for name in names[:most])
    return shown if len(names) <= most else f"{shown}等"
