"""A report on unusual rows in plain words."""

from __future__ import annotations

from collections.abc import Sequence

from patchbay_operators.model_report.given import read_findings, read_summary
from patchbay_operators.report.document import Report, Section
from patchbay_operators.report.files import report_outputs
from patchbay_operators.report.terms import terms_of
from patchbay_operators.report.words import Unit
from patchbay_operators.unusual import reporting
from patchbay_operators.unusual.come import come
from patchbay_operators.unusual.driving import drivers
from patchbay_operators.unusual.reasons import beside_rows, detector_of, judge
from patchbay_sdk import Context, Model, Operator, Outputs, Table


class ReportUnusual(Operator):
    """Which rows are unusual and why, how sure that is, when they come, and what would help."""

    def run(
        self,
        context: Context,
        model: Model,
        table: Table,
        by: Sequence[str],
        unit: str,
        language: str,
        summary: str | None = None,
        findings: str | None = None,
    ) -> Outputs:
        """The report, as page and PDF too, and each row with whether it is unusual, its score and the reason.

        Raises:
            DataError: the model is no detector of unusual rows, or the table does not fit it.
        """
        table.require(*by)
        made = detector_of(model)
        prepared = model.prepare(table)
        judged = judge(made, prepared)
        answered = beside_rows(context, table, judged, language)
        summary_of = read_summary(summary)
        about = {**model.about, **summary_of}
        told = reporting.Told(made, prepared, judged.score, judged.called, judged.reasons, Unit.of(unit), about, by)
        shown = [each for each in read_findings(findings) if each.severity != "good"]
        sections = [
            reporting.good(told),
            reporting.trust(told),
            drivers(told),
            come(told),
            reporting.helpful(told, summary_of.get("notes", ())),
            Section("data", findings=shown),
        ]
        report = Report("unusual", reporting.headline(told), sections, terms_of(told.terms))
        return report_outputs(report, context.temp_dir, language) | {"predictions": answered}
