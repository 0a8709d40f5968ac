"""Put a model's answers beside the rows."""

from __future__ import annotations

from dataclasses import replace

from patchbay_sdk import Context, Model, Operator, Outputs, ParamError, Table


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
    ) -> Outputs:
        """The table's own columns and the model's (see `Model.predict`), rows and their order kept.

        Raises:
            ParamError: the table already has a column of one of the new names, or the model knows no threshold.
            DataError: the table does not fit the model.
        """
        if threshold is not None:
            if model.task != "classification" or len(model.classes) != 2:
                raise ParamError("threshold: it is for models of two classes; leave it empty.", field="threshold")
            model = replace(model, threshold=threshold)
        answers = model.predict(table).polars()
        names = {"prediction": prediction, "score": score}
        answers = answers.rename({old: new for old, new in names.items() if old in answers.columns})
        taken = [name for name in answers.columns if name in table.columns]
        if taken:
            raise ParamError(
                f"The table already has a column {taken[0]!r}; choose another name for the prediction or the score.",
                field="prediction",
                value=taken[0],
            )
        return {"table": table.replace(table.polars().hstack(answers))}
