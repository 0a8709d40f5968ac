"""What was looked at and is as it should be: said as well, so that people know that somebody looked."""

from __future__ import annotations

from collections.abc import Iterator, Set

from patchbay_operators.advice import Finding, Text
from patchbay_operators.check._advice.subject import Subject

SUSPICIOUS = {
    "leakage", "leakage_average", "leakage_duration", "leakage_in_text", "leakage_together", "result_like",
    "strong_columns", "no_target", "wrong_kind",
}  # fmt: skip


def about_the_good(subject: Subject, found: Set[str]) -> Iterator[Finding]:
    """Findings of severity good about what none of the codes in `found` speaks against."""
    is_predicted = subject.label is not None and subject.kind != "forecast"
    if is_predicted and not found & SUSPICIOUS:
        yield _good(
            "no_leakage",
            Text("Nothing gives the answer away", "没有泄露答案的列"),
            Text(
                "No column, and no few columns together, tell the answer so well that they must have been written "
                "down after it.",
                "没有任何一列或几列能把答案说得过于准确，以至于像是事后才记录的。",
            ),
        )
    if not found & {"few_rows", "imbalance", "no_target", "wrong_kind"}:
        yield _good(
            "enough_rows",
            Text(f"{subject.frame.height:,} rows are enough to begin with", f"{subject.frame.height:,} 行足以开始"),
            Text(
                "There are enough to learn from some and to test on others.",
                "足够一部分用来学习，一部分用来检验。",
            ),
        )
    if not found & {"gaps", "mostly_missing", "target_missing", "missing_tells", "hidden_gaps"}:
        yield _good(
            "no_gaps",
            Text("No cell is empty", "没有空单元格"),
            Text("Every row has a value in every column.", "每行每列都有值。"),
        )
    if not found & {"duplicates", "later_copies", "repeated_times"}:
        yield _good(
            "no_duplicates",
            Text("No row occurs twice", "没有重复的行"),
            Text(
                "So no row can be both among those that teach the model and those that test it.",
                "因此不会有同一行既用来学习又用来检验。",
            ),
        )


def _good(code: str, title: Text, meaning: Text) -> Finding:
    return Finding(code, "good", title, meaning)
