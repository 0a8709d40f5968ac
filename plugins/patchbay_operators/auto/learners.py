"""Operators that a search tries because their specs say what they are for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.auto.search import Record
from patchbay_operators.candidate import choose_candidate, inner_context
from patchbay_sdk import (
    Catalogue,
    Context,
    DataError,
    Model,
    OperatorSpec,
    ParamError,
    PatchbayError,
    Table,
    current_catalogue,
)

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

LARGE = "deepspeed"
"""The engine of trainings that take as long as a whole search, and libraries that take seconds to load."""
OURS = "model."
"""Begins the ids of the operators that ship, which are tried first."""


@dataclass(frozen=True)
class Learner:
    """An operator that learns a model from a table. `fields`: names of its params."""

    key: str
    title: Text
    fields: frozenset[str]

    @classmethod
    def of(cls, spec: OperatorSpec) -> Learner:
        """The operator of a spec."""
        titles = spec.raw["i18n"]
        title = Text(titles["en"]["title"], titles["zh-CN"]["title"])
        return cls(spec.key, title, frozenset(spec.params["properties"]))

    def train(
        self, table: Table, task: str, folder: Path, seed: int, *, target: str = "", params: Mapping[str, Any]
    ) -> Model:
        """The model that it makes of a table, for one of `patchbay_sdk.model.TASKS`; `folder`: for temporary files.

        `params`, and the task: given to the operator where it has params of these names.

        Raises:
            DataError: it cannot learn from these rows, or breaks.
            ParamError: its params do not fit these rows, or it makes a model for another task.
        """
        given = {name: value for name, value in {"task": task, **params}.items() if name in self.fields}
        context = inner_context(folder, seed, [])
        with self.guard():
            model, _ = choose_candidate(self.key, table, target, given, seed).train(context, table)
        if model.task != task:
            made = Text(f"it makes a model for {model.task}.", "它得到的模型用于其他任务。请换一种模型。")
            raise ParamError(made.as_json())
        return model

    @contextmanager
    def guard(self) -> Iterator[None]:
        """A plugin's code may raise anything; as a DataError it does not end the whole search."""
        try:
            yield
        except PatchbayError:
            raise
        except Exception as error:
            broke = Text(f"{self.title.en} failed: {error!r}", f"“{self.title.zh}”运行失败：{error!r}")
            raise DataError(broke.as_json()) from error


def ids_for(catalogue: Catalogue, task: str) -> list[str]:
    """The ids of operators whose spec has this ``wizard.task``."""
    return sorted({spec.id for spec in catalogue if (spec.raw.get("wizard") or {}).get("task") == task})


def runs_here(spec: OperatorSpec) -> bool:
    """Whether an operator runs in this process, and not for as long as a whole search."""
    return "local" in spec.runs.engines and LARGE not in spec.runs.engines


def find_learners(
    context: Context, task: str, record: Record | None, try_out: Callable[[Learner], None]
) -> list[Learner]:
    """Every operator whose spec has this ``wizard.task``, runs here and can be tried out; those that ship come first.

    Args:
        record: of a search to repeat: then it is the operators that this one had found.
        try_out: raises where the operator does not do what its spec says; the log says why.

    Raises:
        UnknownOperator: an operator of the record is not installed.
    """
    catalogue = current_catalogue()
    if record is not None:
        return [Learner.of(catalogue.get(key)) for key in record.learners]
    found = []
    for id in sorted(ids_for(catalogue, task), key=lambda id: not id.startswith(OURS)):
        try:
            spec = catalogue.latest(id)
            if not runs_here(spec):
                continue
            learner = Learner.of(spec)
            with learner.guard():
                try_out(learner)
        except PatchbayError as error:
            context.log(f"{id} is not tried: {error.message}")
            continue
        found.append(learner)
    return found


def as_table(matrix: Array, target: Array | None = None) -> Table:
    """Rows x columns as a table with the columns "1", "2", ..., and "target" where there is one."""
    import polars as pl

    frame = pl.DataFrame(matrix, schema=[str(number) for number in range(1, matrix.shape[1] + 1)])
    return Table(frame if target is None else frame.with_columns(target=pl.Series(target)))
