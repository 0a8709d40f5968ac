"""Where a model errs: by line, tool, step or whatever the rows tell, and its worst answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.model_report.groups import measures_of, say_worst
from patchbay_operators.model_report.judged import Judged, is_free_text
from patchbay_operators.model_report.one_row import shown
from patchbay_operators.model_report.parts import guess_columns, parts_of, show
from patchbay_operators.predicted import PREFIXES
from patchbay_operators.report.document import ReportTable, Section
from patchbay_operators.report.words import number

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]


def errors(judged: Judged) -> Section:
    """A chart and a sentence per column; the worst answers as a table."""
    section = Section("errors")
    if not len(judged.truth):
        return section
    for column in columns_to_compare(judged):
        _by(judged, section, column)
    _worst_rows(judged, section)
    return section


def columns_to_compare(judged: Judged) -> Sequence[str]:
    """The columns given, else some that look as if they said where a row comes from."""
    if judged.by:
        return judged.by
    answers = [name for name in judged.rows.columns if name.startswith(PREFIXES)]
    return guess_columns(judged.rows, {"prediction", "score", judged.target, *answers})


def _by(judged: Judged, section: Section, column: str) -> None:
    parts = parts_of(judged.rows[column])
    if len(parts) < 2:
        return
    measures = measures_of(judged)
    show(section, column, Text(f"Errors by {column}", f"按 {column} 的错误"), parts, measures)
    say_worst(judged, section, column, parts, measures)


def _worst_rows(judged: Judged, section: Section) -> None:
    """The answers that are furthest off: large errors, or wrong answers of which it was sure."""
    import numpy as np

    sure = judged.error.astype(float)
    if judged.classified is not None and judged.classified.score is not None and judged.positive is not None:
        score = judged.classified.score
        sure = np.where(judged.error > 0, np.abs(score - judged.model.threshold), -1)
    worst = [int(at) for at in np.argsort(-sure, kind="stable")[:10] if judged.error[at] > 0]
    if not worst:
        section.say("Every test row got the right answer.", "每一行测试数据都得到了正确的回答。")
        return
    which = Text(judged.naming, judged.naming) if judged.naming else Text("Test row", "测试数据的行")
    columns = [which, Text("Truth", "真实"), Text("Answer", "回答")]
    texts = [name for name in judged.reads if is_free_text(judged.rows[name])][:1]
    has_score = judged.classified is not None and judged.classified.score is not None and judged.positive is not None
    if has_score:
        judged.term("score")
        columns.append(Text("Score", "得分"))
    rows = []
    for at in worst:
        name = judged.rows[judged.naming][at] if judged.naming else at + 1
        row: list[Any] = [name, judged.truth[at], judged.answered[at]]
        if judged.classified is not None and judged.classified.score is not None and has_score:
            row.append(number(float(judged.classified.score[at])))
        rows.append(row + [shown(judged.rows[name][at]) for name in texts])
    columns += [Text(name, name) for name in texts]
    section.tables.append(ReportTable(Text("The worst answers", "最差的回答"), columns, rows))
