"""Tables in and out of Spark, through Parquet files that both sides see; no row passes through this process."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from patchbay_sdk.parquet_parts import ParquetParts
from patchbay_sdk.spark_types import TYPE, arrow_schema, restored, spark_schema, spark_types, to_storage

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import Column, DataFrame, SparkSession

BATCH = 100_000
"""Rows of a memory-mapped table that are encoded at once."""

SETTINGS = {
    "spark.sql.session.timeZone": "UTC",  # zones of time are columns' affair
    "spark.sql.caseSensitive": "true",  # as everywhere else in Patchbay
    "spark.sql.ansi.enabled": "true",  # an overflow is an error, not another number
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.parquet.compression.codec": "zstd",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "true",
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
}
"""What operators rely on."""


def settle(session: SparkSession) -> None:
    """Give a session the settings that all operators rely on; whoever connects calls it once."""
    for name, value in SETTINGS.items():
        session.conf.set(name, value)


def quoted(name: str) -> str:
    """A column's name as Spark reads names: dots and blanks are part of it."""
    return "`" + name.replace("`", "``") + "`"


def column(name: str) -> Column:
    """A column by its exact name."""
    from pyspark.sql.connect import functions as sf

    return sf.col(quoted(name))


def write_replica(table: pa.Table, path: Path) -> None:
    """Encode an Arrow table as one Parquet file for Spark, some rows at a time; it appears whole or not at all.

    Raises:
        DataError: Spark cannot hold a column or a value; it is named.
        OSError: the file cannot be written.
    """
    import pyarrow.parquet as pq

    types = spark_types(table.schema)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    try:
        with pq.ParquetWriter(draft, to_storage(table.slice(0, 0), types).schema, compression="zstd") as writer:
            for offset in range(0, table.num_rows, BATCH):
                writer.write_table(to_storage(table.slice(offset, BATCH), types))
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def temporary_copies(session: SparkSession) -> Path:
    """Where copies of tables outside a store are kept; whoever ends the session removes it."""
    id: Any = session
    return Path(tempfile.gettempdir()) / f"patchbay-spark-{id.session_id}"


def read_replica(session: SparkSession, table: pa.Table, replica: Path | None, position: str) -> DataFrame:
    """An Arrow table in Spark. `replica`: where its Parquet file is kept; None: as long as the session."""
    path = replica or temporary_copies(session) / f"{uuid.uuid4().hex}.parquet"
    if not path.exists():
        write_replica(table, path)
    else:
        os.utime(path)  # for whoever collects garbage it is wanted
    return _read(session, [path], [table.num_rows], spark_schema(spark_types(table.schema)), position)


def read_parts(session: SparkSession, parts: ParquetParts, position: str) -> DataFrame:
    """A table of Parquet files in Spark."""
    return _read(session, parts.paths, parts.rows, spark_schema(spark_types(parts.schema)), position)


def _read(
    session: SparkSession, paths: Sequence[Path], rows: Sequence[int], schema: dict[str, Any], position: str
) -> DataFrame:
    from pyspark.sql.connect import functions as sf
    from pyspark.sql.types import StructType

    names = [field["name"] for field in schema["fields"]]
    # Files of equal content are one file in the store: what comes twice is read apart.
    groups: list[dict[Path, int]] = []
    start = 0
    for path, count in zip(paths, rows, strict=True):
        group = next((each for each in groups if path not in each), None)
        if group is None:
            groups.append(group := {})
        group[path] = start
        start += count
    frames = []
    for group in groups:
        frame = session.read.schema(StructType.fromJson(schema)).parquet(*map(str, group))
        shown = [_typed(field) for field in schema["fields"]]
        if position:
            starts = {path.name: offset for path, offset in group.items()}
            offset = sf.lit(next(iter(starts.values())))
            if len(starts) > 1:
                pairs = [sf.lit(item) for pair in starts.items() for item in pair]
                offset = sf.element_at(sf.create_map(*pairs), sf.col("_metadata.file_name"))
            shown.append((sf.col("_metadata.row_index") + offset).cast("long").alias(position))
        frames.append(frame.select(*shown) if position or _has_null(schema) else frame)
    united = frames[0]
    for frame in frames[1:]:
        united = united.unionAll(frame)
    return united if names else frames[0]


def _has_null(schema: dict[str, Any]) -> bool:
    return any(field["metadata"].get(TYPE) == "null" for field in schema["fields"])


def _typed(field: dict[str, Any]) -> Column:
    from pyspark.sql.connect import functions as sf

    if field["metadata"].get(TYPE) == "null":
        return sf.lit(None).alias(field["name"])
    return column(field["name"])


def numbered(frame: DataFrame, position: str) -> DataFrame:
    """A frame that Spark computes, with the number of each row, in the order in which Spark happens to give them."""
    from pyspark.sql.connect import functions as sf
    from pyspark.sql.connect.window import Window

    order = Window.partitionBy(sf.lit(True)).orderBy(sf.monotonically_increasing_id())
    return frame.withColumn(position, (sf.row_number().over(order) - 1).cast("long"))


def schema_of(frame: DataFrame) -> pa.Schema:
    """The Arrow schema that a frame's types and metadata stand for."""
    return arrow_schema(frame.schema.jsonValue()["fields"])


def collect(frame: DataFrame) -> pa.Table:
    """All rows of a frame."""
    return restored(frame.toArrow(), schema_of(frame))


def write_parts(frame: DataFrame, folder: Path) -> ParquetParts:
    """Have Spark write a frame as ``part-00000.parquet``, ... into an empty folder that it sees as well."""
    from pyspark.sql.connect import functions as sf
    from pyspark.sql.types import NullType

    void = {field.name for field in frame.schema if isinstance(field.dataType, NullType)}
    if void:
        frame = frame.select(
            *(
                sf.lit(None).cast("boolean").alias(name, metadata={TYPE: "null"}) if name in void else column(name)
                for name in frame.columns
            )
        )
    target = folder / "spark"
    frame.write.mode("overwrite").parquet(str(target))
    written = sorted(target.glob("part-*.parquet"))
    rows = ParquetParts(written).rows
    kept = [path for path, count in zip(written, rows, strict=True) if count] or written[:1]
    paths = [path.rename(folder / f"part-{number:05d}.parquet") for number, path in enumerate(kept)]
    shutil.rmtree(target)
    return ParquetParts(paths)


def typed(value: Column, name: str, type: pa.DataType) -> Column:
    """A value cast to the Spark type of an Arrow type, under a name, with what the metadata has to say."""
    import pyarrow as pa
    from pyspark.sql.connect import functions as sf
    from pyspark.sql.types import StructType

    if pa.types.is_null(type):
        return sf.lit(None).alias(name)
    schema = StructType.fromJson(spark_schema(spark_types(pa.schema([(name, type)]))))
    return value.cast(schema[0].dataType).alias(name, metadata=schema[0].metadata or {})
