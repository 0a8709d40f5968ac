"""feature_meta as a CSV file, since engineers keep it in spreadsheets."""

from __future__ import annotations

import csv
import io

from patchbay_server.services.datasets import datasets, features
from patchbay_server.services.datasets.meta import FEATURE_TEXTS, checked_feature
from patchbay_server.services.errors import Invalid
from patchbay_server.services.people import audit
from patchbay_server.services.people.actor import Actor
from patchbay_server.services.platform import Platform
from patchbay_server.store.database import Transaction

COLUMNS = ("name", *FEATURE_TEXTS, "column_type", "missing_rate", "coverage_rate")
COMPUTED = COLUMNS[-3:]
"""Written for the reader; what comes back in them is not looked at."""
MAX_BYTES = 8 << 20
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet would calculate a text that begins with one of these; a quote keeps it text."""


def write(platform: Platform, project_id: int, name: str) -> str:
    """All columns of a dataset as CSV, with a mark by which spreadsheets know UTF-8. Raises NotFound."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(COLUMNS)
    for feature in features.everything(platform, project_id, name):
        said = [feature.name, *(feature.meta.get(key, "") for key in FEATURE_TEXTS)]
        rates = ["" if rate is None else f"{rate:.6g}" for rate in (feature.missing_rate, feature.coverage_rate)]
        rows.writerow([*map(_guarded, said), feature.column_type or "", *rates])
    return "\ufeff" + text.getvalue()


def read(platform: Platform, actor: Actor, project_id: int, name: str, data: bytes) -> int:
    """Take the meta of every column in a CSV file, all or nothing; how many have changed.

    The file has a header with `name` and any of the meta's words. Columns that it does not name stay as they are.

    Raises:
        NotFound: there is no such dataset.
        Invalid: the file cannot be read, or a line names no column or holds a value that cannot be.
        Conflict: somebody changed a column at this moment.
    """
    known = {feature.name: feature for feature in features.everything(platform, project_id, name)}
    wanted: dict[str, dict[str, str]] = {}
    for line, row in _rows(data):
        column = row.pop("name")
        if column not in known:
            raise Invalid(
                f"Line {line}: dataset {name!r} has no column {column!r}.",
                line=line,
                reason="sheet_column",
                column=column,
            )
        try:
            wanted[column] = checked_feature({**known[column].meta, **row})
        except Invalid as error:
            raise Invalid(f"Line {line}: {error.message}", line=line) from error
    changed = {column: meta for column, meta in wanted.items() if meta != known[column].meta}

    def write_all(transaction: Transaction) -> None:
        found = datasets.get(transaction, project_id, name)
        for column, meta in changed.items():
            features.put(transaction, actor, found, column, meta, known[column].version)
        before = {column: known[column].meta for column in changed}
        thing = f"dataset:{name}"
        audit.append(transaction, actor, "feature.imported", thing, project_id=project_id, before=before, after=changed)

    if changed:
        platform.database.transact(write_all)
    return len(changed)


def _rows(data: bytes) -> list[tuple[int, dict[str, str]]]:
    """(line number, field -> text) of every row."""
    if len(data) > MAX_BYTES:
        raise Invalid(f"The file has {len(data)} bytes; allowed are {MAX_BYTES}.", reason="sheet_size")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030", "replace")
        if "\ufffd" in text:
            raise Invalid(
                "The file is neither UTF-8 nor GB18030: save it as CSV UTF-8.", reason="sheet_encoding"
            ) from None
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [(field or "").strip() for field in reader.fieldnames or ()]
        reader.fieldnames = header
        if "name" not in header or (unknown := set(header) - set(COLUMNS)) or len(set(header)) < len(header):
            what = f"; {', '.join(map(repr, sorted(unknown)))} is unknown" if "name" in header and unknown else ""
            raise Invalid(
                f"The first line holds name and any of {', '.join(FEATURE_TEXTS)}, each once{what}.",
                reason="sheet_header",
            )
        found = []
        for row in reader:
            if None in row or None in row.values():
                raise Invalid(
                    f"Line {reader.line_num} does not have {len(header)} fields.",
                    line=reader.line_num,
                    reason="sheet_fields",
                    fields=len(header),
                )
            fields = {key: _plain(value) for key, value in row.items() if key not in COMPUTED}
            found.append((reader.line_num, fields))
    except csv.Error as error:
        raise Invalid(
            f"The file is not CSV: line {reader.line_num}: {error}.", line=reader.line_num, reason="sheet_broken"
        ) from error
    return found


def _guarded(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _plain(text: str) -> str:
    text = text.strip()
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text
