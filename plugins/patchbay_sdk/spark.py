"""What an operator's variant for Spark may use; importing it needs no Spark. Documented in docs/sdk.md."""

from patchbay_sdk.spark_frames import column, settle, typed
from patchbay_sdk.spark_types import refuse_inexact, restored, spark_type_of

__all__ = ["column", "refuse_inexact", "restored", "settle", "spark_type_of", "typed"]
