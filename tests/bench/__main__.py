"""`python -m tests.bench [NAME ...]`: all benchmarks, or those named; exit status 1 when a figure misses its bound."""

from __future__ import annotations

import sys
from importlib import import_module

NAMES = (
    "graph",
    "tables",
    "reader",
    "start",
    "engine",
    "throughput",
    "history",
    "flows",
    "spark",
    "large_csv",
    "training",
    "serving",
)


def main(names: list[str]) -> int:
    """Run the named benchmarks, or all."""
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        sys.exit(f"No benchmark {unknown[0]!r}; there are: {', '.join(NAMES)}.")
    results = [import_module(f"tests.bench.{name}").main() for name in names or NAMES]
    return 0 if all(results) else 1


sys.exit(main(sys.argv[1:]))
