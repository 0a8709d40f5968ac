"""A report on a model in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.labels import label_text
from patchbay_operators.model_report import binary, quantity, several, validation
from patchbay_operators.model_report.drivers import drivers
from patchbay_operators.model_report.errors import errors
from patchbay_operators.model_report.given import read_findings, read_summary
from patchbay_operators.model_report.headline import headline
from patchbay_operators.model_report.help import helpful
from patchbay_operators.model_report.judged import Judged, is_free_text
from patchbay_operators.model_report.trust import trust
from patchbay_operators.predicted import known_rows, read_classified, read_numbers
from patchbay_operators.report.document import Report
from patchbay_operators.report.files import report_outputs
from patchbay_operators.report.terms import terms_of
from patchbay_operators.report.words import Unit
from patchbay_sdk import Context, DataError, Model, Operator, Outputs, ParamError, Table

if TYPE_CHECKING:
    import polars as pl


class EvaluateReport(Operator):
    """How good a model is, whether to trust it, what drives it, where it errs, what would help."""

    def run(
        self,
        context: Context,
        model: Model,
        train: Table,
        test: Table,
        target: str,
        positive: str,
        by: Sequence[str],
        time: str,
        unit: str,
        language: str,
        summary: str | None = None,
        findings: str | None = None,
    ) -> Outputs:
        """The report, as page and PDF too, and the test rows as they came.

        Raises:
            DataError: the model predicts no class and no number, or columns are missing.
            ParamError: of two classes, the model's scores speak of another one than `positive`.
        """
        if model.task not in ("classification", "regression"):
            other = Text(
                f"The model does {model.task}; this report is for classes and numbers.",
                "所连接的模型不预测类别或数值；本报告只用于预测类别或数值的模型。",
            )
            raise DataError(other.as_json())
        test.require(target, "prediction", *by, *([time] if time else []))
        train.require(target)
        judged = _judged(context, model, train, test, target, positive, by, time, Unit.of(unit), summary, findings)
        kind = several if judged.positive is None else binary
        good = quantity.good if judged.classified is None else kind.good
        context.progress(0.1, {"en": "How good it is", "zh-CN": "预测有多好"})
        first = good(judged)
        validation.compared(judged, first)
        trusted = trust(judged)
        context.progress(0.3, {"en": "What drives the answers", "zh-CN": "答案由什么决定"})
        driven, important = drivers(judged)
        context.progress(0.8, {"en": "Where it errs", "zh-CN": "哪里会出错"})
        sections = [first, trusted, driven, errors(judged), helpful(judged, important)]
        report = Report(_kind(judged), headline(judged), sections, terms_of(judged.terms))
        return report_outputs(report, context.temp_dir, language) | {"predictions": test}


def _kind(judged: Judged) -> str:
    if judged.classified is None:
        return "number"
    return "text" if any(is_free_text(judged.rows[name]) for name in judged.reads) else "category"


def _judged(
    context: Context,
    model: Model,
    train: Table,
    test: Table,
    target: str,
    positive: str,
    by: Sequence[str],
    time: str,
    unit: Unit,
    summary: str | None,
    findings: str | None,
) -> Judged:
    told = read_summary(summary)
    validated: Any = told.get("validation") or {}
    by_time = validated.get("method") == "time"
    column = str(validated.get("column") or "")
    time = time or (column if by_time and column in test.columns else "") or _only_time(test)
    known = train.replace(known_rows(context, train, target, target))
    if model.task == "regression":
        rows, truth, answered = read_numbers(context, test, target, "prediction")
        classified = None
    else:
        _check_positive(model, positive)
        classified = read_classified(context, test, model, target, "prediction", "score", positive)
        rows, truth, answered = classified.rows, classified.truth, classified.called
    return Judged(
        context, model, known, test.replace(rows), target, unit, told, read_findings(findings), by, time,
        by_time and not column, classified, truth, answered,
    )  # fmt: skip


def _check_positive(model: Model, positive: str) -> None:
    found = label_text(model.positive) if model.positive is not None else ""
    if positive and found and positive != found and len(model.classes) == 2:
        raise ParamError(
            Text(
                f"positive: the model was trained to find {found!r}, and its scores speak of that; train it to find "
                f"{positive!r}, or leave this empty.",
                f"该模型训练时要找的是“{found}”，其得分也针对它；请重新训练以找出“{positive}”，或将此项留空。",
            ).as_json(),
            field="positive",
            value=positive,
        )


def _only_time(test: Table) -> str:
    """The one column of times, where there is one and no other."""
    frame: pl.DataFrame = test.polars()
    found = [name for name, kind in frame.schema.items() if kind.is_temporal() and frame[name].n_unique() > 1]
    return found[0] if len(found) == 1 else ""
