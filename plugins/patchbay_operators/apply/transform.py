"""Put a fitted preparation step on another table."""

from __future__ import annotations

from patchbay_operators.advice import Text
from patchbay_sdk import Context, DataError, Operator, Outputs, Table, Transform


class ApplyTransform(Operator):
    """Applies to a table what a step has learned on another one, exactly as it was learned."""

    def run(self, context: Context, table: Table, transform: Transform) -> Outputs:
        """Raises DataError when columns that the step reads are missing, or the table has had it already."""
        if any(step is transform or (step.id and step.id == transform.id) for step in table.lineage):
            raise DataError(
                Text(
                    f"The table has had this step ({transform.operator}) already; connect the table from before it.",
                    f"该表已经过这一步骤（{transform.operator}）；请连接此步骤之前的表。",
                ).as_json()
            )
        result = transform.apply(table)
        context.log(f"{transform.operator}: {len(table.columns)} columns in, {len(result.columns)} out.")
        return {"table": result}
