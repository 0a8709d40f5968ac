"""Sample datasets that scikit-learn carries."""

from __future__ import annotations

from collections.abc import Mapping

from patchbay_sdk import Context, Operator, Outputs, Schema, Table


class Sample(Operator):
    """A dataset from scikit-learn as a table, its rows in the order of the original, the target last."""

    def run(self, context: Context, dataset: str) -> Outputs:
        """Feature columns under their names in snake case, and `target` (class names where there are classes)."""
        context.log(f"Sample dataset {dataset!r} of scikit-learn; it is real data, but not from a fab.")
        return {"table": load_sample(dataset)}

    def infer(self, schemas: Mapping[str, Schema | None], dataset: str) -> Mapping[str, Schema | None]:
        """The columns: the datasets lie in the installed package and load in milliseconds."""
        return {"table": load_sample(dataset).schema}


def load_sample(dataset: str) -> Table:
    """One of iris, wine, breast_cancer, diabetes, digits."""
    import polars as pl
    from sklearn import datasets

    bunch = getattr(datasets, f"load_{dataset}")()
    names = [_snake(name) for name in bunch.feature_names]
    frame = pl.DataFrame({name: bunch.data[:, position] for position, name in enumerate(names)})
    if "target_names" in bunch and dataset != "digits":
        target = pl.Series("target", [str(bunch.target_names[label]) for label in bunch.target])
    else:
        target = pl.Series("target", bunch.target)
    return Table(frame.with_columns(target))


def _snake(name: str) -> str:
    return name.replace(" (cm)", "_cm").replace(" ", "_").replace("/", "_per_")
