"""A report on groups in plain words."""

from __future__ import annotations

from collections.abc import Sequence

from patchbay_operators.groups import reporting
from patchbay_operators.groups.between import between
from patchbay_operators.groups.driving import drivers
from patchbay_operators.groups.portraits import portraits
from patchbay_operators.model_report.given import read_findings, read_summary
from patchbay_operators.report.document import Report, Section
from patchbay_operators.report.files import report_outputs
from patchbay_operators.report.terms import terms_of
from patchbay_operators.report.words import Unit
from patchbay_operators.taken_names import make_room
from patchbay_sdk import Context, Model, Operator, Outputs, Table


class ReportGroups(Operator):
    """What each group is like, how clearly the groups lie apart, whether they can be relied on."""

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
        """The report, as page and PDF too, and each row with its group.

        Raises:
            DataError: the model is no grouping, or the table does not fit it.
        """
        import polars as pl

        table.require(*by)
        made = reporting.grouping_of(model)
        prepared = model.prepare(table)
        matrix = made.take(prepared, model.features)
        numbers = made.predict(matrix)
        drawn = portraits(prepared, made.options["columns"], numbers)
        about = {**model.about, **read_summary(summary)}
        told = reporting.Told(made, prepared, matrix, numbers, drawn, Unit.of(unit), about, by)
        shown = [each for each in read_findings(findings) if each.severity != "good"]
        sections = [
            reporting.good(told),
            reporting.trust(told),
            drivers(told),
            between(told),
            reporting.helpful(told),
            Section("data", findings=shown),
        ]
        table = make_room(context, table, ["group"])
        answered = table.polars().with_columns(pl.Series("group", numbers, dtype=pl.Int64))
        report = Report("groups", reporting.headline(told), sections, terms_of(told.terms))
        return report_outputs(report, context.temp_dir, language) | {"predictions": table.replace(answered)}
