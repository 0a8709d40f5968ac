"""A forecast from last values that somebody has changed."""

from __future__ import annotations

from patchbay_operators.report.document import to_json
from patchbay_operators.series.ahead import forecaster_of, next_values
from patchbay_operators.series.changed import told, with_changes
from patchbay_sdk import Context, Model, Operator, Outputs, Table


class ForecastChanged(Operator):
    """Forecasts as if values of the history were others, beside the forecast from the history as it is."""

    def run(self, context: Context, table: Table, history: Table, model: Model) -> Outputs:
        """The next values with the changes, and what they change in plain words.

        Raises:
            DataError: the model is no forecaster, or the tables do not fit it.
        """
        made = forecaster_of(model)
        before = model.prepare(history)
        after = with_changes(made, before, table) if table.num_rows else before
        return {"table": Table(next_values(made, after)), "report": to_json(told(made, before, after, table))}
