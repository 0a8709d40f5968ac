"""The single checks of the quality gate. Each takes what an engine has counted, and gives an `Outcome`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from patchbay_operators.check._columns import is_classes
from patchbay_operators.check._counted import Counts
from patchbay_operators.check._drift import population_stability
from patchbay_operators.check._problems import Outcome, Problem, percent, plural, show

if TYPE_CHECKING:
    import polars as pl


def row_count(rows: int, minimum: int) -> Outcome:
    """Fewer rows than a sound result needs."""
    message = f"The table has {plural(rows, 'row')}; at least {minimum:,} are needed."
    problem = Problem("row_count", None, rows, minimum, message, "warning" if rows else "error")
    problems = [problem] if rows < minimum else []
    return Outcome("row_count", "Number of rows", plural(rows, "row"), problems, {"rows": rows})


def missing(rows: int, gaps: Mapping[str, int], per_column: float, overall: float) -> Outcome:
    """Columns, or the table as a whole, with too many missing values. `gaps`: column -> rows without a value."""
    shares = {name: count / max(1, rows) for name, count in gaps.items()}
    whole = sum(shares.values()) / len(shares)
    problems = []
    if whole > overall:
        message = f"Of all values {percent(whole)} are missing; up to {percent(overall)} are allowed."
        problems.append(Problem("missing", None, whole, overall, message))
    for name, share in _largest_first(shares):
        if share > per_column:
            message = (
                f"Column {name!r}: {percent(share)} of the values are missing; up to {percent(per_column)} are allowed."
            )
            problems.append(Problem("missing", name, share, per_column, message, "error" if share == 1 else "warning"))
    result = f"{percent(whole)} of all values; {plural(sum(s > 0 for s in shares.values()), 'column')} with gaps"
    details = [{"column": name, "share": share} for name, share in shares.items() if share > 0]
    return Outcome("missing", "Missing values", result, problems, {"missing_share": whole}, details)


def _largest_first(shares: Mapping[str, float]) -> list[tuple[str, float]]:
    return sorted(shares.items(), key=lambda item: -item[1])


def constant(columns: int, only: Mapping[str, Sequence[Any]]) -> Outcome:
    """Columns with a single value, or none: nothing can be learned from them. `only`: these, and their value."""
    problems = []
    for name, values in only.items():
        held = f"holds only {show(values[0])}" if values else "holds no value at all"
        message = f"Column {name!r} {held}: drop it (drop constant columns)."
        problems.append(Problem("constant", name, len(values), 2, message))
    result = f"{plural(len(problems), 'column')} of {columns:,}"
    return Outcome("constant", "Constant columns", result, problems, {"constant_columns": len(problems)})


def extremes(shares: Mapping[str, float], method: str, distance: float, share_allowed: float) -> Outcome:
    """Numbers far outside the bulk of their column. `shares`: column -> share of its values.

    `method` mad: more than `distance` robust standard deviations from the median (Iglewicz & Hoaglin 1993);
    iqr: more than `distance` interquartile ranges outside the quartiles (Tukey 1977). Infinite numbers always count.
    A column whose spread is zero in this sense has no scale to judge by, and is left out.
    """
    rule = f"{distance:g} robust standard deviations" if method == "mad" else f"{distance:g} interquartile ranges"
    problems = [
        Problem(
            "extremes",
            name,
            share,
            share_allowed,
            f"Column {name!r}: {percent(share)} of the values lie further out than {rule}; "
            f"up to {percent(share_allowed)} are allowed.",
        )
        for name, share in _largest_first(shares)
        if share > share_allowed
    ]
    with_extremes = sum(share > 0 for share in shares.values())
    result = f"{plural(with_extremes, 'column')} with values further out than {rule}"
    rows = [{"column": name, "share": share} for name, share in shares.items() if share > 0]
    return Outcome(
        "extremes", "Extreme values", result, problems, {"largest_extreme_share": max(shares.values(), default=0)}, rows
    )


def duplicates(rows: int, repeated: int, columns: Sequence[str], share_allowed: float) -> Outcome:
    """Rows that repeat an earlier row, in all columns or in those given."""
    share = repeated / max(1, rows)
    same = f"the same {', '.join(map(repr, columns))}" if columns else "the same values everywhere"
    message = (
        f"{plural(repeated, 'row')} ({percent(share)}) have {same} as an earlier row; "
        f"up to {percent(share_allowed)} are allowed."
    )
    problems = [Problem("duplicates", None, share, share_allowed, message)] if share > share_allowed else []
    return Outcome("duplicates", "Duplicate rows", plural(repeated, "row"), problems, {"duplicate_rows": repeated})


def class_balance(name: str, rows: int, counts: pl.DataFrame, smallest_allowed: float) -> Outcome:
    """Missing labels, a single class, or a class too rare to learn.

    `rows`: of the table; `counts`: each label as `value`, and how many `rows` have it.
    """
    known = int(counts["rows"].sum())
    problems = []
    if known < rows:
        message = f"Target {name!r} is missing in {plural(rows - known, 'row')}; such rows cannot train a model."
        problems.append(Problem("class_balance", name, (rows - known) / rows, 0, message))
    if not is_classes(counts["value"]):
        return Outcome("class_balance", "Target", f"{name!r} is a quantity, not classes", problems)
    counts = counts.sort("rows", "value")
    shares = [(value, count / known) for value, count in counts.iter_rows()]
    if len(shares) < 2:
        held = f"holds only {show(shares[0][0])}" if shares else "holds no value"
        message = f"Target {name!r} {held}: at least two classes are needed."
        problems.append(Problem("class_balance", name, len(shares), 2, message, "error"))
    for value, share in shares:
        if share < smallest_allowed:
            message = (
                f"Target {name!r}: class {show(value)} makes up {percent(share)} of the rows; "
                f"at least {percent(smallest_allowed)} are wanted."
            )
            problems.append(Problem("class_balance", name, share, smallest_allowed, message))
    result = ", ".join(f"{show(value)}: {percent(share)}" for value, share in shares[:5]) or "no class"
    details = [{"class": str(value), "rows": count} for value, count in counts.iter_rows()]
    return Outcome(
        "class_balance",
        "Class balance",
        result,
        problems,
        {"smallest_class_share": shares[0][1] if shares else None},
        details,
    )


def drift(table: Counts, reference: Counts, largest_allowed: float) -> Outcome:
    """Columns that vanished, or whose values moved further than allowed and further than chance explains."""
    now, before = table.schema, reference.schema
    problems = [
        Problem("drift", name, None, None, f"Column {name!r} of the reference is not in the table.", "error")
        for name in before
        if name not in now
    ]
    rows: list[dict[str, Any]] = []
    for name, dtype in now.items():
        if name not in before or dtype.is_temporal() or dtype.is_nested():
            continue
        if dtype.is_numeric() != before[name].is_numeric():
            message = f"Column {name!r} is {dtype}, in the reference {before[name]}: cast one of them."
            problems.append(Problem("drift", name, None, None, message, "error"))
            continue
        if not table.rows or not reference.rows:
            continue
        stability, chance = population_stability(table, reference, name)
        rows.append({"column": name, "psi": stability, "by_chance": chance})
    for row in sorted(rows, key=lambda row: -row["psi"]):
        if row["psi"] > max(largest_allowed, row["by_chance"]):
            message = (
                f"Column {row['column']!r} differs from the reference: PSI {row['psi']:.2f}; "
                f"up to {largest_allowed:g} is allowed."
            )
            problems.append(Problem("drift", row["column"], row["psi"], largest_allowed, message))
    largest = max((row["psi"] for row in rows), default=None)
    result = (
        "no column to compare" if largest is None else f"largest PSI {largest:.2f}, of {plural(len(rows), 'column')}"
    )
    return Outcome("drift", "Drift against the reference", result, problems, {"largest_psi": largest}, rows)
