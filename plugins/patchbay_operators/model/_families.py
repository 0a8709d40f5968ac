"""The kinds of models that fit a task, found in the catalogue by what their specs say and by trying them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from patchbay_operators.advice import Text
from patchbay_operators.auto.learners import ids_for, runs_here
from patchbay_operators.candidate import choose_candidate, inner_context
from patchbay_sdk import (
    Catalogue,
    Context,
    DataError,
    OperatorSpec,
    ParamError,
    PatchbayError,
    SearchSpace,
    Table,
    current_catalogue,
)
from patchbay_sdk import search_space as space_of

TRAINS = "train"
"""What the wizard block of a spec says of an operator that trains a model."""
BASELINE = "model.baseline@1.0.0"
"""Always tried: what is no better has learned nothing."""
ROWS = 60
"""Rows of the made-up table on which an operator shows what it does."""


@dataclass(frozen=True)
class Family:
    """A model operator for a task. `space`: its params, the fixed ones given. `takes_gaps`: values may be missing."""

    key: str
    title: Text
    space: SearchSpace
    takes_gaps: bool

    @property
    def id(self) -> str:
        """Its id without a version."""
        return self.key.partition("@")[0]


def find_families(
    context: Context, task: str, classes: Sequence[Any], positive: str, wanted: Sequence[str]
) -> list[Family]:
    """The baseline, then every operator whose spec has ``wizard.task: "train"``, runs here and learns such a target.

    Networks that also train on several machines are taken only where they are wanted. An operator is tried on a small
    made-up table, so nothing has to be known of it beforehand; one that fails there is left out, and the log says why.

    Args:
        classes: labels of the target; none for a number.
        wanted: ids of the operators to take; empty: all.

    Raises:
        ParamError: one that is wanted is not there or does not fit, or none fits.
    """
    catalogue = current_catalogue()
    specs = _candidates(catalogue, wanted)
    found = [_tried(context, catalogue.get(BASELINE), task, classes, positive)]
    for spec in specs:
        try:
            family = _tried(context, spec, task, classes, positive)
        except PatchbayError as error:
            if wanted:
                said = Text.of(error)
                misfit = Text(
                    f"families: {spec.id} does not fit here: {said.en}", f"模型 {spec.id} 不适合这里：{said.zh}"
                )
                raise ParamError(misfit.as_json(), field="families") from error
            context.log(f"{spec.key} is not tried: {error.message}")
            continue
        found.append(family)
    if len(found) == 1:
        none = Text("families: There is no kind of model for this task.", "没有适合该任务的模型种类。请更改选择。")
        raise ParamError(none.as_json(), field="families")
    return found


def _candidates(catalogue: Catalogue, wanted: Sequence[str]) -> list[OperatorSpec]:
    ids = dict.fromkeys(id.partition("@")[0] for id in wanted)
    if not ids:
        ids = dict.fromkeys(ids_for(catalogue, TRAINS))
    specs = []
    for id in ids:
        try:
            spec = catalogue.latest(id)
        except PatchbayError as error:
            said = Text.of(error)
            unknown = Text(f"families: {said.en}", f"没有 {id} 这种模型：{said.zh}")
            raise ParamError(unknown.as_json(), field="families") from error
        if wanted or runs_here(spec):
            specs.append(spec)
    return specs


def _tried(context: Context, spec: OperatorSpec, task: str, classes: Sequence[Any], positive: str) -> Family:
    """What an operator does with a small table; raises PatchbayError when it does not learn this task."""
    fields = spec.params["properties"]
    given: dict[str, Any] = {}
    if "task" in fields:
        if task not in fields["task"].get("enum", ()):
            kind = Text("number", "数值") if task == "regression" else Text("category", "类别")
            other = Text(f"it does not learn a {kind.en}.", f"它不能学习{kind.zh}。请换一种模型。")
            raise ParamError(other.as_json())
        given["task"] = task
    if "positive" in fields and positive:
        given["positive"] = positive
    table = _made_up(classes, gaps=False)
    candidate = choose_candidate(spec.key, table, "target", given, context.seed)
    inner = inner_context(context.temp_dir / "families", context.seed, [])
    model, _ = candidate.train(inner, table)
    if model.task != task:
        made = Text(f"it makes a model for {model.task}.", "它得到的模型用于其他任务。请换一种模型。")
        raise ParamError(made.as_json())
    takes_gaps = True
    try:
        with_gaps = _made_up(classes, gaps=True)
        candidate.train(inner, with_gaps)[0].predict(with_gaps)
    except DataError:
        takes_gaps = False
    space = space_of(spec, given | ({"target": ""} if "target" in fields else {}))
    titles = spec.raw["i18n"]
    return Family(spec.key, Text(titles["en"]["title"], titles["zh-CN"]["title"]), space, takes_gaps)


def _made_up(classes: Sequence[Any], gaps: bool) -> Table:
    """Two numbers, and a target of the same kind as the real one."""
    import polars as pl

    first = [(row * 7) % 13 / 3 for row in range(ROWS)]
    second = [(row * 5) % 17 / 4 if not gaps or row % 4 else None for row in range(ROWS)]
    numbers = [row * 0.37 % 5 for row in range(ROWS)]
    target = [classes[row % len(classes)] for row in range(ROWS)] if classes else numbers
    return Table(pl.DataFrame({"first": first, "second": second, "target": target}, strict=False))
