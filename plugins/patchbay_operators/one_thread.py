"""Numerical libraries held to one thread."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def one_thread() -> Iterator[None]:
    """While within, numpy, scipy and scikit-learn take one thread.

    A task has one CPU; what threads wait for each other on a busy machine is many times more than they save.
    """
    import sklearn  # noqa: F401  a limit holds for libraries that are there: without it, not for scikit-learn's OpenMP
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        yield
