"""What is said about tables, whether of a run or of a dataset, and what may be asked."""

from __future__ import annotations

import json
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from patchbay_sdk.schema import KINDS, TYPES

COLUMN = validate.Length(1, 1000)
BINS = validate.Range(1, 200)
TYPE = validate.OneOf(TYPES)
OPERATORS = ("=", "!=", "<", "<=", ">", ">=", "contains", "missing", "present")


class ConditionSchema(Schema):
    """`value`: text, number or boolean; times as ISO 8601 text."""

    column = fields.String(required=True, validate=COLUMN)
    operator = fields.String(required=True, validate=validate.OneOf(OPERATORS))
    value = fields.Raw(load_default=None, allow_none=True)


class Conditions(fields.String):
    """A query has no objects: conditions are JSON text."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        try:
            raw = json.loads(super()._deserialize(value, attr, data, **kwargs))
        except (ValueError, RecursionError):
            raise ValidationError('Not JSON: [{"column": "a", "operator": ">", "value": 1}, ...].') from None
        if not isinstance(raw, list) or len(raw) > 20:
            raise ValidationError("A list of at most 20 conditions is needed.")
        conditions = ConditionSchema(many=True).load(raw)
        if any(isinstance(each["value"], list | dict) for each in conditions):
            raise ValidationError("A value is text, a number or a boolean.")
        return conditions


class RowsQuerySchema(Schema):
    """`columns`: only these. `search`: only rows in which some text holds this one.

    `where`: conditions that rows meet, a JSON text ``[{"column", "operator", "value"}]``; operators: = != < <= > >=
    contains missing present. `longest`: characters of a value that are given.
    """

    offset = fields.Integer(load_default=0, validate=validate.Range(0, (1 << 53) - 1))
    limit = fields.Integer(load_default=100, validate=validate.Range(1, 1000))
    columns = fields.List(fields.String(validate=COLUMN), load_default=None, validate=validate.Length(1, 1000))
    sort = fields.String(load_default=None, validate=COLUMN)
    descending = fields.Boolean(load_default=False)
    search = fields.String(load_default="", validate=validate.Length(max=200))
    longest = fields.Integer(load_default=256, validate=validate.Range(1, 1_000_000))
    where = Conditions(load_default=list, metadata={"maxLength": 10_000})


class ShownColumnSchema(Schema):
    name = fields.String(required=True)
    type = fields.String(required=True, validate=TYPE)
    kind = fields.String(required=True, validate=validate.OneOf(list(KINDS)))


class RowsSchema(Schema):
    """`rows`: values as JSON; null: missing; numbers that JSON or JavaScript does not have, times and lists as text.

    `cut`: [row, column] of values longer than what is shown. `matching`: rows found, `total`: rows there are.
    """

    columns = fields.List(fields.Nested(ShownColumnSchema), required=True)
    rows = fields.List(fields.List(fields.Raw(allow_none=True)), required=True)
    cut = fields.List(fields.List(fields.Integer()), required=True)
    offset = fields.Integer(required=True)
    matching = fields.Integer(required=True)
    total = fields.Integer(required=True)


class ColumnFiguresSchema(ShownColumnSchema):
    """Those that a type does not have are null; numbers that JSON does not have are texts."""

    rows = fields.Integer(required=True)
    missing = fields.Integer(required=True)
    missing_rate = fields.Float(required=True)
    distinct = fields.Integer(required=True, allow_none=True)
    infinite = fields.Integer(required=True, allow_none=True)
    min = fields.Raw(required=True, allow_none=True)
    max = fields.Raw(required=True, allow_none=True)
    mean = fields.Raw(required=True, allow_none=True)
    std = fields.Raw(required=True, allow_none=True)
    quantiles = fields.Dict(keys=fields.String(), required=True, allow_none=True)
    top = fields.List(fields.Dict(keys=fields.String()), required=True, allow_none=True)


class StatisticsSchema(Schema):
    columns = fields.List(fields.Nested(ColumnFiguresSchema), required=True)


class HistogramQuerySchema(Schema):
    """`by`: counts also per value of this column, which may have twenty."""

    column = fields.String(required=True, validate=COLUMN)
    bins = fields.Integer(load_default=20, validate=BINS)
    by = fields.String(load_default=None, validate=COLUMN)


class DistributionSchema(ShownColumnSchema):
    """`edges` of numbers and times, one more than `counts`; `values` of texts and booleans, `other` beside them."""

    rows = fields.Integer(required=True)
    missing = fields.Integer(required=True)
    infinite = fields.Integer(required=True)
    edges = fields.List(fields.Raw(), required=True, allow_none=True)
    values = fields.List(fields.Raw(allow_none=True), required=True, allow_none=True)
    counts = fields.List(fields.Integer(), required=True)
    other = fields.Integer(required=True)
    classes = fields.List(fields.Dict(keys=fields.String()), required=True, allow_none=True)
