"""Which group a row belongs to, and why."""

from __future__ import annotations

from patchbay_operators.advice import Text
from patchbay_operators.apply._answers import beside
from patchbay_operators.apply._as_trained import as_trained
from patchbay_operators.groups import one_row
from patchbay_operators.groups.reporting import grouping_of
from patchbay_operators.report.document import Report, Section, to_json
from patchbay_operators.taken_names import make_room
from patchbay_sdk import Context, Model, Operator, Outputs, Table


class ExplainGroup(Operator):
    """Puts a few rows into the groups of a model; the report speaks of the first."""

    def run(self, context: Context, table: Table, model: Model, background: Table | None = None) -> Outputs:
        """The rows with `group`, and the first of them in plain words, beside the rows of the background if given.

        A column `group` that was there is kept under another name.

        Raises:
            DataError: the model is no grouping, or the rows do not fit it.
        """
        made = grouping_of(model)
        if not table.num_rows:
            empty = Report("row", Text("There is no row yet.", "还没有数据行。"), [Section("drivers")])
            return {"table": table, "report": to_json(empty)}
        ready, _ = as_trained(context, model, table, background)
        prepared = model.prepare(ready)
        matrix = made.take(prepared, model.features)
        answers = model.predict(ready).polars().rename({"prediction": "group"})
        grouped = beside(make_room(context, table, answers.columns), answers, "group", "score")
        usual = None if background is None else model.prepare(background)
        report = Report("row", one_row.headline(made, matrix), [one_row.explained(made, prepared, matrix, usual)])
        return {"table": grouped, "report": to_json(report)}
