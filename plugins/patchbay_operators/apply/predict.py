"""Put a model's answers beside the rows."""

from __future__ import annotations

from patchbay_operators.apply._answers import beside, renamed, with_given_threshold
from patchbay_operators.apply._new_rows import as_learned
from patchbay_operators.taken_names import make_room
from patchbay_sdk import Context, Model, Operator, Outputs, Table


class Predict(Operator):
    """Runs the rows through exactly the preparation that the model was trained with, then through the model."""

    def run(
        self,
        context: Context,
        table: Table,
        model: Model,
        prediction: str,
        score: str,
        threshold: float | None = None,
        taken: str = "refuse",
    ) -> Outputs:
        """The table's own columns and the model's (see `Model.predict`), rows and their order kept. `taken` rename:
        columns of the table that had the names of the answers are kept under others.

        Columns of another kind than in training are read as then where they can be; what cannot, counts as missing,
        and a warning says how much.

        Raises:
            ParamError: the table already has a column of one of the new names, or the model knows no threshold.
            DataError: the table does not fit the model.
        """
        answers = with_given_threshold(model, threshold).predict(as_learned(context, model, table)).polars()
        if taken == "rename":
            table = make_room(context, table, renamed(answers, prediction, score).columns)
        return {"table": beside(table, answers, prediction, score)}
