"""Local code on the rows of a Spark DataFrame, batch by batch: what a fitted step does to each row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from patchbay_sdk.spark_types import restored, spark_schema, spark_types, to_storage
from patchbay_sdk.table import Table

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame


def applied(
    frame: DataFrame, operator: str, state: Mapping[str, Any], before: pa.Schema, after: pa.Schema
) -> DataFrame:
    """A frame of Arrow schema `before` with the step of a learner (``id@version``) applied, which gives `after`.

    The step runs in Python processes of Spark, which need this package and the operator's. It must look at each row
    by itself.
    """
    from pyspark.sql.types import StructType

    schema = StructType.fromJson(spark_schema(spark_types(after)))
    return frame.mapInArrow(partial(_apply, operator, dict(state), before, after), schema)


def _apply(
    operator: str, state: Mapping[str, Any], before: pa.Schema, after: pa.Schema, batches: Iterator[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    from patchbay_sdk.registry import load_learner

    learner, types = load_learner(operator), spark_types(after)
    for batch in batches:
        table = learner.apply(state, Table(restored(pa.Table.from_batches([batch]), before)))
        yield from to_storage(table.arrow(), types, durations=True).to_batches()
