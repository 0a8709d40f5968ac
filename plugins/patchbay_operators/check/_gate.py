"""The single checks of the quality gate. Each takes what an engine has counted, and gives an `Outcome`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.check._columns import is_classes
from patchbay_operators.check._counted import Counts
from patchbay_operators.check._drift import population_stability
from patchbay_operators.check._problems import Outcome, Problem, percent, plural, show

if TYPE_CHECKING:
    import polars as pl


def row_count(rows: int, minimum: int) -> Outcome:
    """Fewer rows than a sound result needs."""
    message = Text(
        f"The table has {plural(rows, 'row')}; at least {minimum:,} are needed.",
        f"表格有 {rows:,} 行，至少需要 {minimum:,} 行。",
    )
    problem = Problem("row_count", None, rows, minimum, message, "warning" if rows else "error")
    problems = [problem] if rows < minimum else []
    result = Text(plural(rows, "row"), f"{rows:,} 行")
    return Outcome("row_count", Text("Number of rows", "行数"), result, problems, {"rows": rows})


def missing(rows: int, gaps: Mapping[str, int], per_column: float, overall: float) -> Outcome:
    """Columns, or the table as a whole, with too many missing values. `gaps`: column -> rows without a value."""
    shares = {name: count / max(1, rows) for name, count in gaps.items()}
    whole = sum(shares.values()) / len(shares)
    problems = []
    if whole > overall:
        message = Text(
            f"Of all values {percent(whole)} are missing; up to {percent(overall)} are allowed.",
            f"全部值中有 {percent(whole)} 缺失，最多允许 {percent(overall)}。",
        )
        problems.append(Problem("missing", None, whole, overall, message))
    for name, share in _largest_first(shares):
        if share > per_column:
            message = Text(
                f"Column {name!r}: {percent(share)} of the values are missing; "
                f"up to {percent(per_column)} are allowed.",
                f"列“{name}”有 {percent(share)} 的值缺失，最多允许 {percent(per_column)}。",
            )
            problems.append(Problem("missing", name, share, per_column, message, "error" if share == 1 else "warning"))
    with_gaps = sum(share > 0 for share in shares.values())
    result = Text(
        f"{percent(whole)} of all values; {plural(with_gaps, 'column')} with gaps",
        f"全部值的 {percent(whole)}；{with_gaps:,} 列有缺失",
    )
    details = [{"column": name, "share": share} for name, share in shares.items() if share > 0]
    return Outcome("missing", Text("Missing values", "缺失值"), result, problems, {"missing_share": whole}, details)


def _largest_first(shares: Mapping[str, float]) -> list[tuple[str, float]]:
    return sorted(shares.items(), key=lambda item: -item[1])


def constant(columns: int, only: Mapping[str, Sequence[Any]]) -> Outcome:
    """Columns with a single value, or none: nothing can be learned from them. `only`: these, and their value."""
    problems = []
    for name, values in only.items():
        held = _held(values)
        message = Text(
            f"Column {name!r} {held.en}: drop it (drop constant columns).",
            f"列“{name}”{held.zh}：请去掉该列（删除常量列）。",
        )
        problems.append(Problem("constant", name, len(values), 2, message))
    result = Text(f"{plural(len(problems), 'column')} of {columns:,}", f"{columns:,} 列中有 {len(problems):,} 列")
    title = Text("Constant columns", "常量列")
    return Outcome("constant", title, result, problems, {"constant_columns": len(problems)})


def _held(values: Sequence[Any]) -> Text:
    """That a column has a single value, or none."""
    if values:
        return Text(f"holds only {show(values[0])}", f"只有一个值“{values[0]}”")
    return Text("holds no value at all", "没有任何值")


def extremes(shares: Mapping[str, float], method: str, distance: float, share_allowed: float) -> Outcome:
    """Numbers far outside the bulk of their column. `shares`: column -> share of its values.

    `method` mad: more than `distance` robust standard deviations from the median (Iglewicz & Hoaglin 1993);
    iqr: more than `distance` interquartile ranges outside the quartiles (Tukey 1977). Infinite numbers always count.
    A column whose spread is zero in this sense has no scale to judge by, and is left out.
    """
    rule = (
        Text(f"{distance:g} robust standard deviations", f"{distance:g} 倍稳健标准差")
        if method == "mad"
        else Text(f"{distance:g} interquartile ranges", f"{distance:g} 倍四分位距")
    )
    problems = [
        Problem(
            "extremes",
            name,
            share,
            share_allowed,
            Text(
                f"Column {name!r}: {percent(share)} of the values lie further out than {rule.en}; "
                f"up to {percent(share_allowed)} are allowed.",
                f"列“{name}”有 {percent(share)} 的值偏离超过 {rule.zh}，最多允许 {percent(share_allowed)}。",
            ),
        )
        for name, share in _largest_first(shares)
        if share > share_allowed
    ]
    with_extremes = sum(share > 0 for share in shares.values())
    result = Text(
        f"{plural(with_extremes, 'column')} with values further out than {rule.en}",
        f"{with_extremes:,} 列有值偏离超过 {rule.zh}",
    )
    metrics = {"largest_extreme_share": max(shares.values(), default=0)}
    rows = [{"column": name, "share": share} for name, share in shares.items() if share > 0]
    return Outcome("extremes", Text("Extreme values", "极端值"), result, problems, metrics, rows)


def duplicates(rows: int, repeated: int, columns: Sequence[str], share_allowed: float) -> Outcome:
    """Rows that repeat an earlier row, in all columns or in those given."""
    share = repeated / max(1, rows)
    same = (
        Text(f"the same {', '.join(map(repr, columns))}", f"的{'、'.join(f'“{name}”' for name in columns)}")
        if columns
        else Text("the same values everywhere", "的所有值")
    )
    message = Text(
        f"{plural(repeated, 'row')} ({percent(share)}) have {same.en} as an earlier row; "
        f"up to {percent(share_allowed)} are allowed.",
        f"{repeated:,} 行（{percent(share)}）{same.zh}与前面某一行相同，最多允许 {percent(share_allowed)}。",
    )
    problems = [Problem("duplicates", None, share, share_allowed, message)] if share > share_allowed else []
    result = Text(plural(repeated, "row"), f"{repeated:,} 行")
    return Outcome("duplicates", Text("Duplicate rows", "重复行"), result, problems, {"duplicate_rows": repeated})


def class_balance(name: str, rows: int, counts: pl.DataFrame, smallest_allowed: float) -> Outcome:
    """Missing labels, a single class, or a class too rare to learn.

    `rows`: of the table; `counts`: each label as `value`, and how many `rows` have it.
    """
    known = int(counts["rows"].sum())
    problems = []
    if known < rows:
        message = Text(
            f"Target {name!r} is missing in {plural(rows - known, 'row')}; such rows cannot train a model.",
            f"目标“{name}”在 {rows - known:,} 行中缺失，这些行不能用于训练模型。",
        )
        problems.append(Problem("class_balance", name, (rows - known) / rows, 0, message))
    if not is_classes(counts["value"]):
        quantity = Text(f"{name!r} is a quantity, not classes", f"“{name}”是数值，不是类别")
        return Outcome("class_balance", Text("Target", "目标"), quantity, problems)
    counts = counts.sort("rows", "value")
    shares = [(value, count / known) for value, count in counts.iter_rows()]
    if len(shares) < 2:
        held = _held([value for value, _ in shares])
        message = Text(
            f"Target {name!r} {held.en}: at least two classes are needed.", f"目标“{name}”{held.zh}：至少需要两个类别。"
        )
        problems.append(Problem("class_balance", name, len(shares), 2, message, "error"))
    for value, share in shares:
        if share < smallest_allowed:
            message = Text(
                f"Target {name!r}: class {show(value)} makes up {percent(share)} of the rows; "
                f"at least {percent(smallest_allowed)} are wanted.",
                f"目标“{name}”的类别“{value}”占 {percent(share)} 的行，至少要占 {percent(smallest_allowed)}。",
            )
            problems.append(Problem("class_balance", name, share, smallest_allowed, message))
    result = Text(
        ", ".join(f"{show(value)}: {percent(share)}" for value, share in shares[:5]) or "no class",
        "，".join(f"“{value}”：{percent(share)}" for value, share in shares[:5]) or "没有类别",
    )
    metrics = {"smallest_class_share": shares[0][1] if shares else None}
    details = [{"class": str(value), "rows": count} for value, count in counts.iter_rows()]
    return Outcome("class_balance", Text("Class balance", "类别均衡"), result, problems, metrics, details)


def drift(table: Counts, reference: Counts, largest_allowed: float) -> Outcome:
    """Columns that vanished, or whose values moved further than allowed and further than chance explains."""
    now, before = table.schema, reference.schema
    problems = []
    for name in before:
        if name not in now:
            message = Text(
                f"Column {name!r} of the reference is not in the table.", f"参考表中的列“{name}”不在表格中。"
            )
            problems.append(Problem("drift", name, None, None, message, "error"))
    rows: list[dict[str, Any]] = []
    for name, dtype in now.items():
        if name not in before or dtype.is_temporal() or dtype.is_nested():
            continue
        if dtype.is_numeric() != before[name].is_numeric():
            message = Text(
                f"Column {name!r} is {dtype}, in the reference {before[name]}: cast one of them.",
                f"列“{name}”的类型是 {dtype}，在参考表中是 {before[name]}：请转换其中一个的类型。",
            )
            problems.append(Problem("drift", name, None, None, message, "error"))
            continue
        if not table.rows or not reference.rows:
            continue
        stability, chance = population_stability(table, reference, name)
        rows.append({"column": name, "psi": stability, "by_chance": chance})
    for row in sorted(rows, key=lambda row: -row["psi"]):
        if row["psi"] > max(largest_allowed, row["by_chance"]):
            message = Text(
                f"Column {row['column']!r} differs from the reference: PSI {row['psi']:.2f}; "
                f"up to {largest_allowed:g} is allowed.",
                f"列“{row['column']}”与参考表不同：PSI {row['psi']:.2f}，最多允许 {largest_allowed:g}。",
            )
            problems.append(Problem("drift", row["column"], row["psi"], largest_allowed, message))
    largest = max((row["psi"] for row in rows), default=None)
    result = (
        Text("no column to compare", "没有可比较的列")
        if largest is None
        else Text(
            f"largest PSI {largest:.2f}, of {plural(len(rows), 'column')}",
            f"{len(rows):,} 列中最大的 PSI 为 {largest:.2f}",
        )
    )
    title = Text("Drift against the reference", "相对参考表的漂移")
    return Outcome("drift", title, result, problems, {"largest_psi": largest}, rows)
