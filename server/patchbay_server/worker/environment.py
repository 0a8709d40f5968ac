"""The digest of the environment that an operator's code runs in."""

from __future__ import annotations

import hashlib
import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, entry_points, version

from patchbay_sdk.registry import ENTRY_POINT_GROUP
from patchbay_sdk.spec import OperatorSpec

SHARED = ("numpy", "pandas", "polars", "pyarrow", "scikit-learn", "scipy", "patchbay")
"""Distributions on whose version results depend, whatever the operator."""


def environment_of(spec: OperatorSpec) -> str:
    """The digest of the environment that an operator runs in: for a locked one, of its release."""
    if spec.home is not None and spec.home.python is not None:
        return spec.home.digest
    return environment_digest(spec.implementation.partition(".")[0].partition(":")[0])


@cache
def environment_digest(package: str) -> str:
    """SHA-256 over the versions of Python, of what all operators share, and of the operator's own distribution."""
    names = {*SHARED, _distribution(package) or package}
    lines = [f"python {platform.python_version()}", *(f"{name} {_version(name)}" for name in sorted(names))]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _distribution(package: str) -> str | None:
    """The distribution that brings a package of operators. (Asking for every package's takes a quarter second.)"""
    points = entry_points(group=ENTRY_POINT_GROUP)
    return next((point.dist.name for point in points if point.value == package and point.dist), None)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"
