"""Lists come in pages: ``{"items": [...], "next": cursor or null}``."""

from __future__ import annotations

from functools import cache

from marshmallow import Schema, fields, validate


class PageQuerySchema(Schema):
    """`cursor`: the `next` of the page before; `limit`: items per page."""

    cursor = fields.String(load_default=None, validate=validate.Length(1, 1000))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))


class SearchQuerySchema(PageQuerySchema):
    """`q`: only items in which this text occurs."""

    q = fields.String(load_default="", validate=validate.Length(max=200))


@cache
def page_of(item: type[Schema]) -> type[Schema]:
    """The schema of a page of such items."""
    name = item.__name__.removesuffix("Schema") + "Page"
    page = Schema.from_dict(
        {
            "items": fields.List(fields.Nested(item), required=True),
            "next": fields.String(required=True, allow_none=True),
        },
        name=name,
    )
    page.__doc__ = "`next`: the cursor of the page that follows; null: this is the last."
    return page
