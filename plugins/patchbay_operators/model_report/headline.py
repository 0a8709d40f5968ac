"""The result in one or two sentences: whether the model is worth anything comes before what it does."""

from __future__ import annotations

from patchbay_operators.advice import Text
from patchbay_operators.model_report import binary, chance, quantity, several
from patchbay_operators.model_report.judged import Judged


def headline(judged: Judged) -> Text:
    """What it does; of a model that is no better than the simplest answer, or may not be, that first."""
    kind = quantity if judged.classified is None else several if judged.positive is None else binary
    told: Text = kind.headline(judged)
    verdict = chance.verdict(judged)
    if verdict == "better":
        return told
    simplest = _simplest(judged)
    if verdict == "unsure":
        return Text(
            f"It is not certain that this is better than {simplest.en}: more rows would tell. {told.en}",
            f"尚不能确定它是否比{simplest.zh}更好：需要更多数据才能判断。{told.zh}",
        )
    return Text(
        f"This is no better than {simplest.en}: do not use it. Other columns or more rows may help; a longer search "
        f"hardly will. {told.en}",
        f"它并不比{simplest.zh}更好：请不要使用。增加其他列或更多数据可能有帮助，延长搜索时间则作用不大。{told.zh}",
    )


def _simplest(judged: Judged) -> Text:
    if judged.classified is None:
        return Text("always answering the average", "永远回答平均值")
    if judged.positive is None:
        usual = several.usual_class(judged)
        return Text(f"always answering “{usual}”", f"永远回答“{usual}”")
    return Text("guessing", "瞎猜")
