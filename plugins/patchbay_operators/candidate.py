"""A model operator with its params, trained on some rows and scored on others: a fold, or a trial of tuning."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text, rows_without
from patchbay_operators.cluster_scores import shape_scores
from patchbay_operators.folds import Fold
from patchbay_operators.labels import choose_positive, label_text, label_texts
from patchbay_operators.predicted import read_classified, read_numbers
from patchbay_operators.scores import Scores, regression_scores
from patchbay_sdk import Context, DataError, Metrics, Model, Operator, ParamError, ParamProblem, Table, find_operator

if TYPE_CHECKING:
    import polars as pl


SAMPLE_SIZE = 10_000
"""Rows on which a silhouette is measured."""


@dataclass(frozen=True)
class Candidate:
    """A model operator and the params to train it with, on rows of one table.

    `target`: the column with the truth; empty for clusters. `seed`: for everything random.
    """

    operator: Operator
    params: Mapping[str, Any]
    target: str
    seed: int

    def train(self, context: Context, table: Table) -> tuple[Model, Metrics | None]:
        """The model that the operator makes of a table, and its metrics where it has such an output."""
        spec = self.operator.spec
        port = next(port.name for port in spec.inputs if port.type == "table")
        outputs = self.operator.operator_run(context, "local", {port: table}, spec.fill_params(self.params))
        values = list(outputs.values())
        model = next(value for value in values if isinstance(value, Model))
        return model, next((value for value in values if isinstance(value, Metrics)), None)


@dataclass(frozen=True)
class Tested:
    """A fold's outcome.

    `answers`: what the model says of each test row, in their order. `scores`: on those rows. `seconds`: of training
    and testing. `warnings`: what the operator warned of. `task`: of the model.
    """

    fold: int
    answers: pl.DataFrame
    scores: Scores
    seconds: float
    task: str
    warnings: list[Text] = field(default_factory=list)


def choose_candidate(
    key: str, table: Table, target: str, params: Mapping[str, Any], seed: int, searched: bool = False
) -> Candidate:
    """The operator of ``id@version`` with params that fit it and the table.

    The target and, of two classes, the positive one are filled in where the operator has such params: the positive
    class must not differ between folds. `searched`: params may be missing, because they are still to be chosen.

    Raises:
        UnknownOperator: it is neither installed nor published.
        ParamError: it trains no model from one table, or its params are wrong; all problems are named.
    """
    operator = find_operator(key)
    spec = operator.spec
    fields = spec.params["properties"]
    needed = [port for port in spec.inputs if port.required]
    makes_model = any(port.type == "model" for port in spec.outputs)
    if not makes_model or [port.type for port in needed] != ["table"] or "local" not in spec.runs.engines:
        raise ParamError(
            Text(
                f"operator: {key} does not train a model from one table on the local engine; choose one that does, "
                "such as model.random_forest@1.0.0.",
                f"{key} 不能在本机引擎上用一张表训练模型；"
                "请换一个模型算子，例如“随机森林”（model.random_forest@1.0.0）。",
            ).as_json(),
            field="operator",
            value=key,
        )
    chosen = dict(params)
    if "target" in fields:
        if not target:
            needed_target = Text(f"target: {key} learns one; choose the column.", f"{key} 需要目标列；请选择一列。")
            raise ParamError(needed_target.as_json(), field="target")
        chosen["target"] = target
    problems = spec.check_params(chosen, {needed[0].name: table.schema})
    if problems := [problem for problem in problems if not (searched and problem.code == "missing")]:
        wrong = wrong_params(problems)
        raise ParamError(Text(f"params: {wrong.en}", wrong.zh).as_json(), field="params")
    if "positive" in spec.fill_params(chosen) and not chosen.get("positive"):
        chosen |= _positive(table, target)
    return Candidate(operator, chosen, target, seed)


def wrong_params(problems: Sequence[ParamProblem]) -> Text:
    """That an operator does not take its params."""
    fields = "、".join(dict.fromkeys(problem.field for problem in problems))
    return Text(" ".join(problem.message for problem in problems), f"算子的参数有误：{fields}。请检查其名称和取值。")


def _positive(table: Table, target: str) -> dict[str, str]:
    counts = dict(label_texts(table.polars()[target]).drop_nulls().alias("value").value_counts().sort("value").rows())
    return {"positive": label_text(choose_positive(counts, ""))} if len(counts) == 2 else {}


def rows_to_learn(context: Context, table: Table, target: str) -> Table:
    """The rows with a target; the others are counted in a warning. Raises DataError when there is none."""
    import polars as pl

    if not target:
        return table
    table.require(target)
    frame = table.polars()
    known = pl.col(target).is_not_null()
    if frame.schema[target].is_float():
        known &= pl.col(target).is_not_nan()
    kept = frame.filter(known)
    if not kept.height:
        raise DataError(
            Text(
                f"No row has a {target!r}; there is nothing to learn from.",
                f"没有任何一行有“{target}”的值，无法学习。请换一列，或使用已有结果的数据。",
            ).as_json(),
            column=target,
        )
    if kept.height < frame.height:
        context.warn(rows_without(target, frame.height - kept.height, frame.height).as_json())
    return table.replace(kept)


def learned_before(table: Table) -> list[str]:
    """The steps of the table's preparation that learned something from its rows."""
    keys = dict.fromkeys(step.operator for step in table.lineage)
    return [key for key in keys if any(port.learns for port in find_operator(key).spec.outputs)]


def too_good(learned: Sequence[str]) -> Text:
    """What it means that these steps have learned from rows that are to judge."""
    return Text(
        f"{', '.join(learned)} learned on all rows before, those that judge included, so the scores are a little too "
        "good. Compare candidates with them; for a final judgement split first "
        "(step “Split into training and test rows”).",
        f"{'、'.join(learned)}之前已在全部行（包括用来评判的行）上学习，因此评分略偏好。"
        "可用来比较各个候选；要做最终评判，请先划分（步骤“划分训练集与测试集”）。",
    )


def try_fold(candidate: Candidate, table: Table, fold: Fold, temp_dir: Path) -> Tested:
    """Train on a fold's training rows and score on its test rows.

    The same in this process and in one of an engine: it depends on nothing but its arguments.

    Raises:
        DataError: the operator cannot learn from these rows; the fold is named.
    """
    frame = table.polars()
    return try_rows(candidate, table.replace(frame[fold.train]), table.replace(frame[fold.test]), fold.number, temp_dir)


def try_rows(candidate: Candidate, train: Table, test: Table, fold: int, temp_dir: Path) -> Tested:
    """Train on some rows and score on others, which have had the same steps; as `try_fold`."""
    begin = time.perf_counter()
    warnings: list[Text] = []
    context = inner_context(temp_dir, candidate.seed, warnings)
    try:
        model, _ = candidate.train(context, train)
        answers = model.predict(test).polars()
        scores = _scores(context, candidate, model, test, answers)
    except DataError as error:
        raise in_fold(fold, error) from error
    return Tested(fold, answers, scores, time.perf_counter() - begin, model.task, warnings)


def in_fold(fold: int, error: DataError) -> DataError:
    """The error, with the fold in which it was raised."""
    said = Text.of(error)
    return DataError(Text(f"Fold {fold}: {said.en}", f"第 {fold} 折：{said.zh}").as_json(), **error.details)


def inner_context(temp_dir: Path, seed: int, warnings: list[Text]) -> Context:
    """A context for an operator within an operator: what it warns of is collected, all else it says is dropped."""

    def emit(kind: str, data: dict[str, Any]) -> None:
        if kind == "log" and data["level"] == "warning":
            said = data["message"]
            warning = Text(said, data.get("texts", {}).get("zh-CN", said))
            if warning not in warnings:
                warnings.append(warning)

    temp_dir.mkdir(parents=True, exist_ok=True)
    return Context(temp_dir=temp_dir, seed=seed, emit=emit)


def _scores(context: Context, candidate: Candidate, model: Model, test: Table, answers: pl.DataFrame) -> Scores:
    import polars as pl

    target = candidate.target
    if model.task == "clustering":
        clusters = answers["prediction"].cast(pl.String).to_numpy()
        return shape_scores(model.matrix(model.prepare(test)), clusters, SAMPLE_SIZE, candidate.seed)
    if not target:
        needed = Text(
            f"target: without one nothing tells how good {model.operator} is; choose it.",
            f"没有目标列就无法判断 {model.operator} 的好坏；请选择目标列。",
        )
        raise ParamError(needed.as_json(), field="target")
    judged = Table(answers.with_columns(test.polars()[target].alias("target")))
    if model.task == "regression":
        _, truth, predicted = read_numbers(context, judged, "target", "prediction")
        return regression_scores(truth, predicted)
    positive = str(candidate.params.get("positive", ""))
    if model.task == "anomaly":
        positive = "true" if set(label_texts(test.polars()[target])) <= {"true", "false"} else "1"
    return read_classified(context, judged, model, "target", "prediction", "score", positive).scores()
