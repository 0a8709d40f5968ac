"""The digest of the environment that an operator's code runs in."""

from __future__ import annotations

import hashlib
import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, packages_distributions, version

SHARED = ("numpy", "pandas", "polars", "pyarrow", "scikit-learn", "scipy", "patchbay")
"""Distributions on whose version results depend, whatever the operator."""


@cache
def environment_digest(package: str) -> str:
    """SHA-256 over the versions of Python, of what all operators share, and of the operator's own distribution."""
    names = {*SHARED, *_distributions().get(package, ())}
    lines = [f"python {platform.python_version()}", *(f"{name} {_version(name)}" for name in sorted(names))]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


@cache
def _distributions() -> dict[str, list[str]]:
    return {package: list(names) for package, names in packages_distributions().items()}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"
