"""The runners of one worker: the warm one of what is installed, one per environment of what was published, and one
per heavy engine."""

from __future__ import annotations

from pathlib import Path

from patchbay_runners.driver import DriverRunner
from patchbay_runners.engines.use import Site
from patchbay_runners.local import LocalRunner
from patchbay_runners.runner import Runner, runner_class
from patchbay_sdk.errors import ParamError
from patchbay_sdk.spec import Home

MOST_FOREIGN = 3
"""Environments whose preloader is kept; the one that was used longest ago is ended."""
FOREIGN_LIBRARIES = ("pyarrow",)
"""What task processes of another environment find imported: it is in every environment, which others may not be."""


class Runners:
    """Finds the runner of a task.

    Code that was published never shares a process with another task: each task of it has a new one, forked from a
    preloader that has imported libraries only. `local`: the runner of installed operators. `libraries`: what the
    preloader of the platform's own environment imports for published operators, and that of drivers. `site`: where this
    machine keeps its engines. For use by one thread.
    """

    def __init__(self, local: LocalRunner, store: str, grace: float, libraries: list[str], site: Site) -> None:
        self._local = local
        self._site = site
        self._store = store
        self._grace = grace
        self._libraries = libraries
        self._foreign: dict[Path | None, LocalRunner] = {}
        self._drivers: dict[str, DriverRunner] = {}

    def __call__(self, engine: str, home: Home | None) -> Runner:
        """The runner of an engine, for installed operators or for the environment of a release.

        Raises:
            ParamError: there is no such engine, or published operators may not use it.
        """
        if engine == "local":
            return self._local if home is None else self._runner_in(home.python)
        runner_class(engine)  # raises when nobody has such an engine
        if home is not None:
            raise ParamError(
                f"The operator was published, as {home.release}: it runs on the engine 'local' only, apart from the "
                f"engine {engine!r} that others use.",
                engine=engine,
            )
        return self.driver(engine)

    def driver(self, engine: str) -> DriverRunner:
        """The runner that drives a heavy engine."""
        if engine not in self._drivers:
            self._drivers[engine] = DriverRunner(engine, self._site, self._store, self._libraries, self._grace)
        return self._drivers[engine]

    def close(self) -> None:
        """End every driver and every preloader of published operators; the local runner stays."""
        while self._drivers:
            self._drivers.popitem()[1].close()
        while self._foreign:
            self._foreign.popitem()[1].close()

    def _runner_in(self, python: Path | None) -> LocalRunner:
        runner = self._foreign.pop(python, None)
        if runner is None:
            if len(self._foreign) >= MOST_FOREIGN:
                self._foreign.pop(next(iter(self._foreign))).close()
            preload = self._libraries if python is None else FOREIGN_LIBRARIES
            runner = LocalRunner(self._store, preload, self._grace, max_tasks=1, python=python)
        self._foreign[python] = runner  # the dictionary is in the order of last use
        return runner
