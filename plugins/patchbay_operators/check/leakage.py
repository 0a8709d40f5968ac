"""Find columns that hold the answer."""

from __future__ import annotations

from collections.abc import Sequence

from patchbay_operators.advice import Text
from patchbay_operators.check._columns import is_classes, nan_as_null
from patchbay_operators.check._leakage import best_scores, class_scores, number_scores
from patchbay_operators.check._problems import (
    Outcome,
    Problem,
    conclude,
    metrics_of,
    plural,
    problems_table,
    report_of,
)
from patchbay_operators.report.document import in_language
from patchbay_sdk import Chart, Context, DataError, Operator, Outputs, Table

SAMPLE_ROWS = 100_000
"""Rows that are looked at; more would not change the scores."""

CHARTED = 20
"""Columns in the chart."""

ASK = Text(
    "Ask of each of these columns: is its value known at the time of the prediction? If it is only written down "
    "together with the result, leave it out. If it is known in time, add it to the ignored columns of this check.",
    "请逐列确认：需要预测时，它的值是否已知？如果与结果同时才记录，请去掉该列；如果届时已知，请把它加入本检查的忽略列。",
)


class Leakage(Operator):
    """Lets a table through unchanged, and warns or fails where one column alone tells the target too well."""

    def run(
        self,
        context: Context,
        table: Table,
        target: str,
        task: str = "auto",
        limit: float = 0.95,
        columns: Sequence[str] = (),
        ignore: Sequence[str] = (),
        on_problem: str = "warn",
        language: str = "en",
    ) -> Outputs:
        """The table as it came, the report, the scores, one row per suspicious column, and a chart of the best scores.

        Raises:
            DataError: the target has fewer than two different values, or is no quantity where the task needs one.
            CheckFailed: a column scores `limit` or more and `on_problem` is "fail".
        """
        frame = nan_as_null(table)
        frame = frame.filter(frame[target].is_not_null())
        if frame.height > SAMPLE_ROWS:
            context.log(f"Looking at {SAMPLE_ROWS:,} of {frame.height:,} rows, drawn at random.")
            frame = frame.sample(SAMPLE_ROWS, seed=context.seed)
        label = frame[target]
        if label.n_unique() < 2:
            single = Text(
                f"Target {target!r} has fewer than two different values, so no column can tell it.",
                f"目标“{target}”的不同取值不足两个，没有列可以泄露它。",
            )
            raise DataError(single.as_json())
        if task == "regression" and not label.dtype.is_numeric():
            no_number = Text(
                f"Target {target!r} is {label.dtype}, not a number: choose classification, or cast it.",
                f"目标“{target}”的类型是 {label.dtype}，不是数字：请把目标类型选为“类别”，或先转换列类型。",
            )
            raise DataError(no_number.as_json())
        looked_at = [name for name in columns or frame.columns if name != target and name not in ignore]
        classes = is_classes(label) if task == "auto" else task == "classification"
        features = frame.select(looked_at)
        scores = best_scores(class_scores(features, label, limit) if classes else number_scores(features, label))
        problems = [
            Problem("leakage", score.column, score.score, limit, score.message)
            for score in scores
            if score.score >= limit
        ]
        outcome = Outcome(
            "leakage",
            Text("Columns that tell the target", "泄露目标的列"),
            Text(
                f"{len(problems):,} of {plural(len(looked_at), 'column')} at or above {limit:g}",
                f"{len(looked_at):,} 列中有 {len(problems):,} 列达到 {limit:g}",
            ),
            problems,
            {"columns": len(looked_at), "highest_score": scores[0].score if scores else None},
            [{"column": score.column, "score": score.score, "measure": score.measure} for score in scores],
        )
        conclude(context, [outcome], on_problem)
        about = Text(
            f"Target {target!r}, {'classes' if classes else 'a quantity'}; {plural(frame.height, 'row')}.",
            f"目标“{target}”，{'类别' if classes else '数值'}；{frame.height:,} 行。",
        )
        report = report_of(Text("Leakage", "数据泄漏"), about, [outcome], language)
        if problems:
            report += f"\n{in_language(ASK, language)}\n"
        top = scores[:CHARTED]
        bars = {"name": "score", "x": [score.column for score in top], "y": [score.score for score in top]}
        return {
            "table": table,
            "report": report,
            "metrics": metrics_of([outcome]),
            "problems": problems_table([outcome]),
            "chart": Chart("bar", f"How well one column alone tells {target!r}", [bars], "column", "score"),
        }
