"""Save a table as a version of a dataset."""

from __future__ import annotations

from patchbay_operators.advice import Text
from patchbay_operators.export._datasets import folder_of, save
from patchbay_sdk import Context, DataError, Operator, Outputs, Table


class SaveDataset(Operator):
    """Saves a table as the next version of a dataset; the same content again gives the same version."""

    def run(self, context: Context, table: Table, name: str) -> Outputs:
        """Raises DataError for a table without columns."""
        if not table.columns:
            nothing = Text("The table has no columns; there is nothing to save.", "表格没有任何列，没有可保存的内容。")
            raise DataError(nothing.as_json())
        if table.lineage:
            lost = Text(
                f"The table has had {len(table.lineage)} preparation steps, which are not saved with it: a model "
                "trained on the dataset cannot repeat them. Save the table from before them to train on it later.",
                f"该表经过 {len(table.lineage)} 个处理步骤，这些步骤不会随数据集保存："
                "用该数据集训练的模型无法重复它们。如果以后要用来训练，请保存处理之前的表。",
            )
            context.warn(lost.as_json())
        saved, is_new = save(folder_of(context, name), table)
        what = "saved" if is_new else "unchanged"
        message = f"Dataset {name!r} version {saved.version} {what}: {saved.rows} rows, {len(table.columns)} columns."
        context.log(message)
        return {"written": message}
