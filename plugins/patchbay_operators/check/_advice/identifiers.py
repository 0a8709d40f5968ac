"""Columns that number or name the rows."""

from __future__ import annotations

import re

from patchbay_operators.check._advice.dates_in_text import form_of, several_forms
from patchbay_operators.check._advice.numbers_in_text import written
from patchbay_operators.check._advice.subject import Subject

NAMES = re.compile(
    r"(^|[^a-z])(id|uid|udi|uuid|guid|no|nr|num|number|index|idx|row|rowid|serial|key|record)([^a-z]|$)|Id$|ID$|编号|序号|流水号",
    re.IGNORECASE,
)
"""Names of such columns."""

NEARLY_ALL = 0.98
"""Share of different values from which on a text names the rows."""

LONGEST = 30
"""Letters: longer texts are sentences."""


def row_names(subject: Subject) -> list[str]:
    """Whole numbers that count the rows, and short texts that are different in nearly every row.

    A whole number without gaps in between counts the rows; with gaps only its name can tell it from a measurement.
    """
    found = []
    for name in subject.features:
        column = subject.frame[name]
        if name in (subject.time, subject.group, subject.split_by):
            continue
        known = len(column) - column.null_count()
        if known < 20 or subject.distinct.get(name, 0) < NEARLY_ALL * known:
            continue
        if column.dtype.is_integer():
            spread = int(column.max()) - int(column.min()) + 1  # type: ignore[arg-type]
            if subject.distinct[name] == known and (spread <= 1.05 * known or NAMES.search(name)):
                found.append(name)
        elif subject.is_text(name):
            lengths = column.drop_nulls().str.len_chars()
            words = column.drop_nulls().head(1000).str.count_matches(r"\s+").mean()
            is_short = lengths.max() <= LONGEST and words < 1.5 and not _is_text(subject)  # type: ignore[operator]
            # Numbers and dates that are still text differ in every row too.
            if is_short and written(column) is None and form_of(column) is None and several_forms(column) is None:
                found.append(name)
    return found


def _is_text(subject: Subject) -> bool:
    """Where texts are sorted, the only text column is what is sorted."""
    return subject.kind == "text" and len(subject.texts(subject.features)) == 1
