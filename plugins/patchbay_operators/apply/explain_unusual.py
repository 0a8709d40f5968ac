"""How unusual a row is, and why."""

from __future__ import annotations

from patchbay_operators.advice import Text
from patchbay_operators.apply._as_trained import as_trained
from patchbay_operators.report.document import Report, Section, to_json
from patchbay_operators.report.words import Unit
from patchbay_operators.unusual import one_row
from patchbay_operators.unusual.reasons import beside_rows, detector_of, judge
from patchbay_sdk import Context, Model, Operator, Outputs, Table


class ExplainUnusual(Operator):
    """Judges a few rows by what was usual where the model learned; the report speaks of the first."""

    def run(
        self, context: Context, table: Table, model: Model, unit: str, language: str, background: Table | None = None
    ) -> Outputs:
        """The rows with `unusual`, `score` and `reason`, and the first of them in plain words.

        Raises:
            DataError: the model is no detector of unusual rows, or the rows do not fit it.
        """
        made = detector_of(model)
        if not table.num_rows:
            empty = Report("row", Text("There is no row yet.", "还没有数据行。"), [Section("drivers")])
            return {"table": table, "report": to_json(empty)}
        ready, _ = as_trained(context, model, table, background)
        prepared = model.prepare(ready)
        judged = judge(made, prepared)
        words = one_row.headline(made, judged, Unit.of(unit))
        report = Report("row", words, [one_row.explained(made, prepared)])
        return {"table": beside_rows(context, table, judged, language), "report": to_json(report)}
