"""The single checks of the quality gate. Each takes a frame whose NaN are null, and gives an `Outcome`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from patchbay_operators.check._columns import count_values, is_classes
from patchbay_operators.check._drift import population_stability
from patchbay_operators.check._problems import Outcome, Problem, percent, plural, show

if TYPE_CHECKING:
    import polars as pl

NORMAL_MAD = 1.4826
"""Standard deviations per median absolute deviation where values are normally distributed."""


def row_count(frame: pl.DataFrame, minimum: int) -> Outcome:
    """Fewer rows than a sound result needs."""
    message = f"The table has {plural(frame.height, 'row')}; at least {minimum:,} are needed."
    problem = Problem("row_count", None, frame.height, minimum, message, "warning" if frame.height else "error")
    problems = [problem] if frame.height < minimum else []
    return Outcome("row_count", "Number of rows", plural(frame.height, "row"), problems, {"rows": frame.height})


def missing(frame: pl.DataFrame, per_column: float, overall: float) -> Outcome:
    """Columns, or the table as a whole, with too many missing values."""
    shares = {
        name: count / max(1, frame.height) for name, count in zip(frame.columns, frame.null_count().row(0), strict=True)
    }
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
    rows = [{"column": name, "share": share} for name, share in shares.items() if share > 0]
    return Outcome("missing", "Missing values", result, problems, {"missing_share": whole}, rows)


def _largest_first(shares: dict[str, float]) -> list[tuple[str, float]]:
    return sorted(shares.items(), key=lambda item: -item[1])


def constant(frame: pl.DataFrame) -> Outcome:
    """Columns with a single value, or none: nothing can be learned from them."""
    problems = []
    for name in frame.columns:
        values = frame[name].drop_nulls().unique()
        if len(values) <= 1:
            held = f"holds only {show(values[0])}" if len(values) else "holds no value at all"
            message = f"Column {name!r} {held}: drop it (drop constant columns)."
            problems.append(Problem("constant", name, len(values), 2, message))
    result = f"{plural(len(problems), 'column')} of {len(frame.columns):,}"
    return Outcome("constant", "Constant columns", result, problems, {"constant_columns": len(problems)})


def extremes(frame: pl.DataFrame, method: str, distance: float, share_allowed: float) -> Outcome:
    """Numbers far outside the bulk of their column.

    `method` mad: more than `distance` robust standard deviations from the median (Iglewicz & Hoaglin 1993);
    iqr: more than `distance` interquartile ranges outside the quartiles (Tukey 1977). Infinite numbers always count.
    A column whose spread is zero in this sense has no scale to judge by, and is left out.
    """
    numbers = [name for name, dtype in frame.schema.items() if dtype.is_numeric()]
    rule = f"{distance:g} robust standard deviations" if method == "mad" else f"{distance:g} interquartile ranges"
    shares = {name: extreme_share(frame[name], method, distance) for name in numbers}
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


def extreme_share(column: pl.Series, method: str, distance: float) -> float:
    """Share of a column's numbers, without the missing ones, that are infinite or far outside of the bulk."""
    import polars as pl

    values = column.drop_nulls().cast(pl.Float64)
    finite = values.filter(values.is_finite())
    if not len(values):
        return 0.0
    outside = len(values) - len(finite)
    if len(finite):
        if method == "mad":
            middle = float(finite.median())  # type: ignore[arg-type]
            spread = NORMAL_MAD * float((finite - middle).abs().median())  # type: ignore[arg-type]
            low = high = middle
        else:
            low, high = (float(finite.quantile(q, "linear") or 0) for q in (0.25, 0.75))
            spread = high - low
        if spread > 0:
            outside += int(((finite < low - distance * spread) | (finite > high + distance * spread)).sum())
    return outside / len(values)


def duplicates(frame: pl.DataFrame, columns: Sequence[str], share_allowed: float) -> Outcome:
    """Rows that repeat an earlier row, in all columns or in those given."""
    repeated = frame.height - (frame.n_unique(subset=list(columns) or None) if frame.height else 0)
    share = repeated / max(1, frame.height)
    same = f"the same {', '.join(map(repr, columns))}" if columns else "the same values everywhere"
    message = (
        f"{plural(repeated, 'row')} ({percent(share)}) have {same} as an earlier row; "
        f"up to {percent(share_allowed)} are allowed."
    )
    problems = [Problem("duplicates", None, share, share_allowed, message)] if share > share_allowed else []
    return Outcome("duplicates", "Duplicate rows", plural(repeated, "row"), problems, {"duplicate_rows": repeated})


def class_balance(target: pl.Series, smallest_allowed: float) -> Outcome:
    """Missing labels, a single class, or a class too rare to learn."""
    name, known = target.name, target.drop_nulls()
    problems = []
    if target.null_count():
        share = target.null_count() / len(target)
        message = f"Target {name!r} is missing in {plural(target.null_count(), 'row')}; such rows cannot train a model."
        problems.append(Problem("class_balance", name, share, 0, message))
    if not is_classes(target):
        return Outcome("class_balance", "Target", f"{name!r} is a quantity, not classes", problems)
    counts = count_values(known).sort("rows", "value")
    shares = [(value, count / len(known)) for value, count in counts.iter_rows()]
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
    rows = [{"class": str(value), "rows": count} for value, count in counts.iter_rows()]
    return Outcome(
        "class_balance",
        "Class balance",
        result,
        problems,
        {"smallest_class_share": shares[0][1] if shares else None},
        rows,
    )


def drift(frame: pl.DataFrame, reference: pl.DataFrame, largest_allowed: float) -> Outcome:
    """Columns that vanished, or whose values moved further than allowed and further than chance explains."""
    problems = [
        Problem("drift", name, None, None, f"Column {name!r} of the reference is not in the table.", "error")
        for name in reference.columns
        if name not in frame.columns
    ]
    rows: list[dict[str, Any]] = []
    before = reference.schema
    for name, dtype in frame.schema.items():
        if name not in before or dtype.is_temporal() or dtype.is_nested():
            continue
        if dtype.is_numeric() != before[name].is_numeric():
            message = f"Column {name!r} is {dtype}, in the reference {before[name]}: cast one of them."
            problems.append(Problem("drift", name, None, None, message, "error"))
            continue
        if not frame.height or not reference.height:
            continue
        stability, chance = population_stability(frame[name], reference[name])
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
