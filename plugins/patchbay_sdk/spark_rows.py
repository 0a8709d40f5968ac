"""Local code on the rows of a Spark DataFrame, some rows at a time."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from patchbay_sdk.spark_types import restored, spark_schema, spark_types, to_storage

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame

    OnRows = Callable[[pa.Table], pa.Table]
    """A function of a module, or `functools.partial` of one."""


def by_batches(frame: DataFrame, work: OnRows, before: pa.Schema, after: pa.Schema) -> DataFrame:
    """A frame of Arrow schema `before` with `work` done to its rows, in any portions of them; it gives `after`.

    It is done in Python processes of Spark, which need polars and pyarrow but none of our code: it travels by value,
    with all of its package that it uses. So `work` must not import anything of its package inside a function.
    """
    from pyspark import cloudpickle
    from pyspark.sql.types import StructType

    travels: Any = cloudpickle.register_pickle_by_value
    for module in (__name__, getattr(work, "func", work).__module__):
        travels(importlib.import_module(module.partition(".")[0]))
    schema = StructType.fromJson(spark_schema(spark_types(after)))
    return frame.mapInArrow(partial(_work, work, before, after), schema)


def _work(
    work: OnRows, before: pa.Schema, after: pa.Schema, batches: Iterator[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    types = spark_types(after)
    for batch in batches:
        done = work(restored(pa.Table.from_batches([batch]), before))
        yield from to_storage(done, types, durations=True).to_batches()
