"""The result in one or two sentences: whether the model is worth anything comes before what it does."""

from __future__ import annotations

from patchbay_operators.advice import Text
from patchbay_operators.model_report import binary, chance, quantity, several
from patchbay_operators.model_report.judged import Judged
from patchbay_operators.report.searched import is_number


def headline(judged: Judged) -> Text:
    """What it does; of a model that is no better than the simplest answer, or may not be, that first."""
    kind = quantity if judged.classified is None else several if judged.positive is None else binary
    told: Text = kind.headline(judged)
    verdict = chance.verdict(judged)
    if verdict == "better":
        return told
    simplest, slow = _simplest(judged), too_slow(judged)
    if slow:
        which = Text(f"{slow:,} kinds of models", f"{slow:,} 类模型")
        if slow == 1:
            which = Text("a kind of model", "1 类模型")
        return Text(
            f"The time was too short for this many rows: {which.en} could not be tried in it, and what is left is "
            f"hardly better than {simplest.en}. Give it more minutes, that will help. {told.en}",
            f"对于这么多数据，时间太短：{which.zh}来不及尝试，其余的与{simplest.zh}相差无几。"
            f"请给更多分钟，会有帮助。{told.zh}",
        )
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


def too_slow(judged: Judged) -> int:
    """Kinds of models that the search refused because its time was too short for them."""
    found = judged.summary.get("too_slow")
    return int(found) if is_number(found) else 0


def _simplest(judged: Judged) -> Text:
    if judged.classified is None:
        return Text("always answering the average", "永远回答平均值")
    if judged.positive is None:
        usual = several.usual_class(judged)
        return Text(f"always answering “{usual}”", f"永远回答“{usual}”")
    return Text("guessing", "随机猜测")
