"""What an operator's variant for Spark may use; importing it needs no Spark. Documented in docs/sdk.md."""

from patchbay_sdk.spark_frames import column, settle, typed
from patchbay_sdk.spark_rows import by_batches
from patchbay_sdk.spark_types import refuse_inexact, spark_type_of

__all__ = ["by_batches", "column", "refuse_inexact", "settle", "spark_type_of", "typed"]
