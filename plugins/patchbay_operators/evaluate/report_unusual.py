"""A report on unusual rows in plain words."""

from __future__ import annotations

from patchbay_operators.model_report.given import read_findings, read_summary
from patchbay_operators.report.document import Report, Section
from patchbay_operators.report.files import report_outputs
from patchbay_operators.report.terms import terms_of
from patchbay_operators.report.words import Unit
from patchbay_operators.unusual import reporting
from patchbay_operators.unusual.reasons import detector_of, reasons
from patchbay_sdk import Context, Model, Operator, Outputs, ParamError, Table

ADDED = ("unusual", "score", "reason")


class ReportUnusual(Operator):
    """Which rows are unusual and why, how sure that is, when they come, and what would help."""

    def run(
        self,
        context: Context,
        model: Model,
        table: Table,
        unit: str,
        language: str,
        summary: str | None = None,
        findings: str | None = None,
    ) -> Outputs:
        """The report, as page and PDF too, and each row with whether it is unusual, its score and the reason.

        Raises:
            DataError: the model is no detector of unusual rows, or the table does not fit it.
            ParamError: the table has a column with one of the new names.
        """
        import numpy as np
        import polars as pl

        made = detector_of(model)
        taken = [name for name in ADDED if name in table.columns]
        if taken:
            raise ParamError(f"The table has the column {taken[0]!r} already; rename it (shape.rename_columns).")
        prepared = model.prepare(table)
        matrix = made.take(prepared, model.features)
        score = made.rarity(matrix) if len(matrix) else np.empty(0)
        called = np.flatnonzero(score >= made.options["threshold"])
        called = called[np.argsort(-score[called], kind="stable")]
        why = reasons(made, prepared, matrix, called)
        summary_of = read_summary(summary)
        about = {**model.about, **summary_of}
        told = reporting.Told(made, prepared, score, called, why, Unit.of(unit), about)
        shown = [each for each in read_findings(findings) if each.severity != "good"]
        sections = [
            reporting.good(told),
            reporting.trust(told),
            reporting.drivers(told),
            reporting.over_time(told),
            reporting.helpful(told, summary_of.get("notes", ())),
            Section("data", findings=shown),
        ]
        words: list[str | None] = [None] * len(score)
        for row, reason in zip(called, why, strict=True):
            words[int(row)] = reason.words.en if language == "en" else reason.words.zh
        flags = np.zeros(len(score), bool)
        flags[called] = True
        answered = table.polars().with_columns(
            pl.Series("unusual", flags, dtype=pl.Boolean),
            pl.Series("score", score, dtype=pl.Float64),
            pl.Series("reason", words, dtype=pl.String),
        )
        report = Report("unusual", reporting.headline(told), sections, terms_of(["threshold"]))
        return report_outputs(report, context.temp_dir, language) | {"predictions": table.replace(answered)}
