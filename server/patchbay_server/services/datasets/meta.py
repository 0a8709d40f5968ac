"""What people say about a dataset and its columns: `dataset_meta` and `feature_meta` of the yield domain."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

from patchbay_server.services.errors import Invalid

DATASET_TEXTS = (
    "title", "description", "meaning", "owner", "version", "target", "time_column", "group_column", "entity",
    "process_step", "tool", "licence",
)  # fmt: skip
"""`entity`: what a row is (wafer, lot, ...). `version`: the domain's own, beside the numbers of the versions."""
COLUMNS = ("target", "time_column", "group_column")
"""Those that name a column."""
FEATURE_TEXTS = ("type", "meaning", "owner", "version", "unit", "process_step", "equipment")
"""`type` is the domain's (sensor, label, key, ...); the column's own type comes from the schema."""
MAX_TEXT, MAX_TAGS, MAX_TAG = 4000, 50, 100


def checked_dataset(meta: Mapping[str, Any], columns: Sequence[str] | None) -> dict[str, Any]:
    """The meta without empty texts; `columns`: those of the latest version, None: there is none yet.

    Raises:
        Invalid: a key, a value or a column that cannot be.
    """
    tags = meta.get("tags", [])
    if not isinstance(tags, list) or len(tags) > MAX_TAGS or not all(_is_text(tag, MAX_TAG) and tag for tag in tags):
        raise Invalid(
            f"tags: at most {MAX_TAGS} texts of 1 to {MAX_TAG} characters.",
            field="meta.tags",
            reason="tags",
            most=MAX_TAGS,
            longest=MAX_TAG,
        )
    found = _texts({name: value for name, value in meta.items() if name != "tags"}, DATASET_TEXTS)
    for name in COLUMNS:
        if columns is not None and name in found and found[name] not in columns:
            close = difflib.get_close_matches(found[name], columns, n=1)
            hint = f"did you mean {close[0]!r}?" if close else f"there are: {', '.join(columns[:20])}."
            raise Invalid(
                f"{name}: the latest version has no column {found[name]!r}; {hint}",
                field=f"meta.{name}",
                reason="meta_column",
                column=found[name],
            )
    return found | ({"tags": list(dict.fromkeys(tags))} if tags else {})


def checked_feature(meta: Mapping[str, Any]) -> dict[str, Any]:
    """The meta of a column without empty texts. Raises Invalid."""
    return _texts(meta, FEATURE_TEXTS)


def _texts(meta: Mapping[str, Any], known: Sequence[str]) -> dict[str, Any]:
    for name, value in meta.items():
        if name not in known:
            raise Invalid(f"{name!r} is not known here; there are: {', '.join(known)}.", field=f"meta.{name}")
        if not _is_text(value, MAX_TEXT):
            raise Invalid(
                f"{name}: a text of at most {MAX_TEXT} characters is needed.",
                field=f"meta.{name}",
                reason="long_text",
                longest=MAX_TEXT,
            )
    return {name: value for name, value in meta.items() if value}


def _is_text(value: Any, longest: int) -> bool:
    return isinstance(value, str) and len(value) <= longest
