"""Column types between Arrow and Spark.

Spark has no categories, no zones of time and no columns without a type; what is missing stands in the metadata of
Spark's columns, which Spark carries through its operations and into the Parquet files that it writes:
``{"patchbay.type": "category" | "null"}`` and ``{"patchbay.zone": "Europe/Berlin"}``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from patchbay_sdk.errors import DataError

if TYPE_CHECKING:
    import pyarrow as pa

TYPE, ZONE = "patchbay.type", "patchbay.zone"
"""Keys in the metadata of a column."""

ROW_METADATA = b"org.apache.spark.sql.parquet.row.metadata"
"""Key under which Spark keeps the schema in the footer of a Parquet file."""


@dataclass(frozen=True)
class SparkType:
    """A column's type for Spark: `storage`: how Parquet holds it; `json`: as Spark's schemas write it."""

    storage: pa.DataType
    json: Any
    metadata: Mapping[str, str] = field(default_factory=dict)


def spark_types(schema: pa.Schema) -> dict[str, SparkType]:
    """Per column of an Arrow schema. Raises DataError, naming the column, where Spark has no such type."""
    found = {}
    for column in schema:
        spark_type = spark_type_of(column.type)
        if spark_type is None:
            raise DataError(
                {
                    "en": f"Column {column.name!r} is {column.type}, which Spark cannot hold: cast it "
                    "(step “Change column type”), leave it out, or run this step locally.",
                    "zh-CN": f"“{column.name}”列的类型是 {column.type}，Spark 不支持：请转换其类型"
                    "（步骤“转换列类型”）、去掉该列，或在本机运行此步骤。",
                },
                column=column.name,
            )
        found[column.name] = spark_type
    return found


def refuse_inexact(schema: pa.Schema) -> None:
    """Raise DataError, naming the column, where Spark would read a Parquet file's values as others.

    `spark_types` holds for files that were written for Spark; others may count time in other units.
    """
    for column in schema:
        if str(column.type) in ("uint64", "duration[ns]", "duration[ms]", "duration[s]") or "[ns" in str(column.type):
            raise DataError(
                {
                    "en": f"Column {column.name!r} is {column.type}, which Spark cannot read: run this step locally, "
                    "or write the file with another type (microseconds for times).",
                    "zh-CN": f"“{column.name}”列的类型是 {column.type}，Spark 无法读取：请在本机运行此步骤，"
                    "或以其他类型写出该文件（时间用微秒）。",
                },
                column=column.name,
            )
    spark_types(schema)


def spark_type_of(type: pa.DataType) -> SparkType | None:
    """The Spark type that holds all values of an Arrow type, or None. Times are kept in microseconds."""
    import pyarrow as pa
    import pyarrow.types as t

    simple = _SIMPLE.get(str(type))
    if simple is not None:
        return SparkType(_alias(simple[0]), simple[1])
    if t.is_dictionary(type):
        values = spark_type_of(type.value_type)
        return None if values is None or values.metadata else SparkType(values.storage, values.json, {TYPE: "category"})
    if t.is_timestamp(type):
        if type.tz is None:
            return SparkType(pa.timestamp("us"), "timestamp_ntz")
        return SparkType(pa.timestamp("us", "UTC"), "timestamp", {ZONE: type.tz})
    if t.is_duration(type):
        return SparkType(pa.int64(), "interval day to second")
    if t.is_decimal(type) and type.precision <= 38 and 0 <= type.scale <= type.precision:
        return SparkType(pa.decimal128(type.precision, type.scale), f"decimal({type.precision},{type.scale})")
    if t.is_null(type):
        return SparkType(pa.bool_(), "boolean", {TYPE: "null"})
    if t.is_list(type) or t.is_large_list(type):
        items = spark_type_of(type.value_type)
        if items is not None and not items.metadata and items.json != "interval day to second":
            json_type = {"type": "array", "elementType": items.json, "containsNull": True}
            return SparkType(pa.list_(items.storage), json_type)
    return None


def _alias(name: str) -> pa.DataType:
    import pyarrow as pa

    lookup: Any = pa.type_for_alias
    found: pa.DataType = lookup(name)
    return found


_SIMPLE = {
    "bool": ("bool", "boolean"),
    "int8": ("int8", "byte"),
    "int16": ("int16", "short"),
    "int32": ("int32", "integer"),
    "int64": ("int64", "long"),
    "uint8": ("int16", "short"),
    "uint16": ("int32", "integer"),
    "uint32": ("int64", "long"),
    "uint64": ("int64", "long"),
    "halffloat": ("float32", "float"),
    "float": ("float32", "float"),
    "double": ("float64", "double"),
    "string": ("string", "string"),
    "large_string": ("string", "string"),
    "string_view": ("string", "string"),
    "date32[day]": ("date32", "date"),
    "date64[ms]": ("date32", "date"),
    "binary": ("binary", "binary"),
    "large_binary": ("binary", "binary"),
    "binary_view": ("binary", "binary"),
}
"""Arrow's name of a type -> the Arrow type that Parquet stores, and Spark's name."""


def spark_schema(types: Mapping[str, SparkType]) -> dict[str, Any]:
    """The schema as Spark's JSON has it."""
    fields = [
        {"name": name, "type": type.json, "nullable": True, "metadata": dict(type.metadata)}
        for name, type in types.items()
    ]
    return {"type": "struct", "fields": fields}


def arrow_schema(fields: Sequence[Mapping[str, Any]]) -> pa.Schema:
    """The Arrow schema that the fields of a Spark schema (as JSON) stand for."""
    import pyarrow as pa

    return pa.schema([(field["name"], _arrow_type(field["type"], field.get("metadata", {}))) for field in fields])


def _arrow_type(json_type: Any, metadata: Mapping[str, Any]) -> pa.DataType:
    """Raises DataError for what no Arrow type of a table stands for."""
    import pyarrow as pa

    if metadata.get(TYPE) == "null" or json_type == "void":
        return pa.null()
    if metadata.get(TYPE) == "category":
        values: Any = _arrow_type(json_type, {})
        return pa.dictionary(pa.int32(), values)
    if json_type == "timestamp":
        return pa.timestamp("us", metadata.get(ZONE, "UTC"))
    if isinstance(json_type, str):
        if json_type.startswith("decimal"):
            precision, scale = json_type[8:-1].split(",")
            return pa.decimal128(int(precision), int(scale))
        if json_type.startswith("interval") and json_type != "interval month":
            return pa.duration("us")
        if json_type in _FROM_SPARK:
            return _alias(_FROM_SPARK[json_type])
    elif json_type["type"] == "array":
        return pa.list_(_arrow_type(json_type["elementType"], {}))
    elif json_type["type"] == "struct":
        return pa.struct(list(arrow_schema(json_type["fields"])))
    elif json_type["type"] == "map":
        return pa.map_(_arrow_type(json_type["keyType"], {}), _arrow_type(json_type["valueType"], {}))
    raise DataError(
        {
            "en": f"Spark's type {json_type} is none that a table can hold; cast the column.",
            "zh-CN": f"表不支持 Spark 的类型 {json_type}；请转换该列的类型。",
        }
    )


_FROM_SPARK = {
    "boolean": "bool",
    "byte": "int8",
    "short": "int16",
    "integer": "int32",
    "long": "int64",
    "float": "float32",
    "double": "float64",
    "string": "string",
    "date": "date32",
    "timestamp_ntz": "timestamp[us]",
    "binary": "binary",
}


def to_storage(table: pa.Table, types: Mapping[str, SparkType], *, durations: bool = False) -> pa.Table:
    """The table as Parquet holds it for Spark; with `durations` as Spark takes Arrow, which knows durations.

    Raises:
        DataError: a value does not fit: nanoseconds, a whole number beyond 64 bits with sign.
    """
    import pyarrow as pa

    columns, fields = [], []
    for name, column in zip(table.column_names, table.columns, strict=True):
        kept = durations and pa.types.is_duration(column.type)
        fields.append(pa.field(name, pa.duration("us") if kept else types[name].storage))
        try:
            columns.append(_stored(column, fields[-1].type))
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise DataError(
                {
                    "en": f"Column {name!r} ({column.type}) holds values that Spark cannot hold exactly: {error}. "
                    "Cast it (step “Change column type”), or run this step locally.",
                    "zh-CN": f"“{name}”列（{column.type}）中有 Spark 无法精确保存的值。"
                    "请转换其类型（步骤“转换列类型”），或在本机运行此步骤。",
                },
                column=name,
            ) from error
    return pa.Table.from_arrays(columns, schema=pa.schema(fields))


def _stored(column: pa.ChunkedArray[Any], storage: pa.DataType) -> pa.ChunkedArray[Any]:
    import pyarrow as pa
    import pyarrow.types as t

    if t.is_duration(column.type):
        column = column.cast(pa.duration("us"))
    return column.cast(storage)


def restored(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """What Spark gave, in the types that its metadata stand for."""
    import pyarrow as pa

    columns = []
    for column, wanted in zip(table.columns, schema, strict=True):
        if pa.types.is_null(wanted.type):
            columns.append(pa.chunked_array([pa.nulls(len(column))]))
        elif pa.types.is_dictionary(wanted.type) and not pa.types.is_dictionary(column.type):
            columns.append(column.cast(wanted.type.value_type).dictionary_encode())
        else:
            columns.append(column.cast(wanted.type))
    return pa.Table.from_arrays(columns, schema=schema)


def schema_of_footer(schema: pa.Schema) -> pa.Schema:
    """The schema that a Parquet file's footer stands for: what Spark noted there, if Spark wrote it."""
    noted = (schema.metadata or {}).get(ROW_METADATA)
    return schema.remove_metadata() if noted is None else arrow_schema(json.loads(noted)["fields"])
