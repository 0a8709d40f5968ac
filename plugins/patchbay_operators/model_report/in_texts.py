"""Which words of a free text move the answers: what changes when a word is left out."""

from __future__ import annotations

import re
from collections import Counter

from patchbay_operators.advice import Text
from patchbay_operators.model_report.judged import Judged
from patchbay_operators.model_report.one_row import gives_share, unit_of
from patchbay_operators.report.document import ReportChart, Section, Series
from patchbay_operators.report.words import listed

ROWS, WORDS, FEWEST, TRIED = 400, 12, 3, 40
"""Test rows that are read, words shown, the fewest texts with a word, words that are left out in turn."""
LEAST = 0.01
"""The smallest change, as part of the range of all answers, that is worth showing."""


def say_words(judged: Judged, section: Section, column: str) -> None:
    """A chart of words by how far they move the answer, and a sentence; nothing where no word repeats."""
    import numpy as np
    import polars as pl

    frame = judged.rows.select(judged.reads)[judged.sample(ROWS)]
    texts = [text or "" for text in frame[column].to_list()]
    found = [set(re.findall(r"[^\W\d_]{2,}", text.lower())) for text in texts]
    counts = Counter(word for words in found for word in words)
    asked = judged.asked()
    answers = asked(frame)
    span = float(answers.max() - answers.min()) or 1.0
    frequent = [word for word, count in counts.most_common(400) if FEWEST <= count < len(texts)]
    holds = {word: np.array([word in words for words in found]) for word in frequent}
    apart = {word: abs(float(answers[at].mean() - answers[~at].mean())) for word, at in holds.items()}
    tried = sorted(frequent, key=lambda word: -apart[word] * counts[word] ** 0.5)[:TRIED]
    moves: list[tuple[float, str]] = []
    for word in tried:
        judged.context.check_cancelled()
        at = np.flatnonzero(holds[word])
        without = re.compile(rf"\b{re.escape(word)}\b", re.IGNORECASE)
        changed = pl.Series(column, [without.sub(" ", texts[place]) for place in at], dtype=pl.String)
        moves.append((float((answers[at] - asked(frame[at].with_columns(changed))).mean()), word))
    moves = sorted((each for each in moves if abs(each[0]) > LEAST * span), key=lambda each: -abs(each[0]))[:WORDS]
    if not moves:
        return
    judged.term("effect")
    up, down = [word for move, word in moves if move > 0], [word for move, word in moves if move < 0]
    ups, downs = listed(up, 5), listed(down, 5)
    if up:
        section.say(f"Words that raise the answer most: {ups.en}.", f"最使答案升高的词：{ups.zh}。")
    if down:
        section.say(f"Words that lower it most: {downs.en}.", f"最使答案降低的词：{downs.zh}。")
    scale, unit = 100 if gives_share(judged.model) else 1, unit_of(judged.model, judged.target)
    series = [
        Series(Text("With the word", "含有该词"), [word for _, word in moves], [scale * move for move, _ in moves])
    ]
    title = Text(f"How words in {column} move the answer", f"{column} 中的词如何影响答案")
    section.charts.append(ReportChart("bar", title, series, Text("Word", "词"), unit))
