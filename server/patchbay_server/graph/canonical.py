"""Canonical JSON and its BLAKE3: equal values give equal bytes, whatever the order of their keys."""

from __future__ import annotations

import json
from typing import Any

from blake3 import blake3


def canonical_json(value: Any) -> bytes:
    """Sorted keys, no spaces, UTF-8. Raises ValueError for NaN and infinity, TypeError for what is not JSON."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode()


def digest_of(value: Any) -> str:
    """BLAKE3 of the canonical JSON, 64 hex digits."""
    return blake3(canonical_json(value)).hexdigest()
