"""A report on a forecast in plain words."""

from __future__ import annotations

from collections.abc import Sequence

from patchbay_operators.model_report.given import read_findings, read_summary
from patchbay_operators.report.document import Report
from patchbay_operators.report.files import report_outputs
from patchbay_operators.report.terms import terms_of
from patchbay_operators.series import reporting
from patchbay_operators.series.ahead import forecaster_of
from patchbay_operators.series.changed import latest
from patchbay_operators.series.driving import drivers
from patchbay_operators.series.misses import errors
from patchbay_operators.series.tested import one_after_the_other, test_forecasts
from patchbay_operators.series.told import Told
from patchbay_operators.series.trusting import trust
from patchbay_sdk import Context, Model, Operator, Outputs, Table


class ReportForecast(Operator):
    """How good a forecast is on later rows, whether to trust it, where it errs, what would help."""

    def run(
        self,
        context: Context,
        model: Model,
        train: Table,
        test: Table,
        by: Sequence[str],
        unit: str,
        language: str,
        next: Table | None = None,
        summary: str | None = None,
        findings: str | None = None,
    ) -> Outputs:
        """The report, as page and PDF too, and forecasts of the test time beside what came, and the last values.

        Raises:
            DataError: the model is no forecaster, the tables do not fit it, or no test row has a value.
        """
        test.require(*by)
        made = forecaster_of(model)
        tested = test_forecasts(made, model.prepare(train), model.prepare(test))
        rows = one_after_the_other(tested, made)
        context.progress(0.5, {"en": "Writing the report", "zh-CN": "正在撰写报告"})
        told = Told(context, made, tested, rows, unit, {**model.about, **read_summary(summary)}, by)
        following = None if next is None else next.polars()
        sections = [
            reporting.good(told, following),
            trust(told),
            drivers(told),
            errors(told),
            reporting.helpful(told),
            reporting.checked(read_findings(findings)),
        ]
        report = Report(
            "forecast",
            reporting.headline(told),
            sections,
            terms_of(["test_rows", "line_model", "decision_trees", "smoothing", *told.terms]),
        )
        return report_outputs(report, context.temp_dir, language) | {
            "predictions": Table(rows),
            "latest": Table(latest(made, tested.table)),
        }
