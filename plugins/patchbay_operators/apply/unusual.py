"""Say which rows are unusual, and why."""

from __future__ import annotations

from patchbay_operators.apply._new_rows import as_learned
from patchbay_operators.unusual.reasons import beside_rows, detector_of, judge
from patchbay_sdk import Context, Model, Operator, Outputs, Table


class Unusual(Operator):
    """Judges rows by what was usual where the model learned."""

    def run(self, context: Context, table: Table, model: Model, language: str) -> Outputs:
        """The rows with `unusual`, `score` (2: one in a hundred) and `reason`, in their order. Columns that had one of
        these names are kept under others.

        Raises:
            DataError: the model is no detector of unusual rows, or the table does not fit it.
        """
        return {
            "table": beside_rows(
                context, table, judge(detector_of(model), model.prepare(as_learned(context, model, table))), language
            )
        }
