"""What steps that drop rows report."""

from __future__ import annotations

from patchbay_operators.advice import Text
from patchbay_sdk import Context, Metrics, Outputs, Table


def rows_dropped(context: Context, before: Table, after: Table, why: str) -> Outputs:
    """The outputs `table` and `metrics`; the log says how many rows went and why, with a warning when none is left."""
    dropped = before.num_rows - after.num_rows
    message = f"Dropped {dropped:,} of {before.num_rows:,} rows ({why})."
    if before.num_rows and not after.num_rows:
        none = Text(f"{message} No row is left.", f"去掉了全部 {before.num_rows:,} 行，没有剩下任何行。")
        context.warn(none.as_json())
    else:
        context.log(message)
    return {"table": after, "metrics": Metrics({"rows": before.num_rows, "dropped": dropped, "left": after.num_rows})}
