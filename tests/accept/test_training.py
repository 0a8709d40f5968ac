"""The recipes on real data reach the reference figures that come with it. Minutes each, on two CPU cores.

`pytest -m accept -s tests/accept/test_training.py` prints the figures of docs/training.md.
"""

from __future__ import annotations

import json
import math
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from sklearn import metrics
from sklearn.model_selection import KFold, StratifiedKFold, train_test_split

from patchbay_sdk import Model, Table
from tests.datasets import dataset
from tests.operators.running import run

pytestmark = [pytest.mark.accept, pytest.mark.timeout(3600)]


def tell(name: str, **figures: float) -> None:
    """Print figures as a JSON line."""
    sys.stdout.write(json.dumps({"dataset": name, **{key: round(value, 4) for key, value in figures.items()}}) + "\n")


def trained(operator: str, folder: Path, table: pl.DataFrame, **params: Any) -> Model:
    model: Model = run(operator, folder, {"table": table}, **params)["model"]
    return model


def cmapss(name: str) -> pl.DataFrame:
    """unit, cycle, three settings and 21 sensors; without the sensors that hardly change in FD001."""
    rows = np.loadtxt(dataset(f"cmapss_fd001/{name}_FD001.txt.gz"))
    names = ["unit", "cycle", "setting_1", "setting_2", "setting_3", *(f"sensor_{n}" for n in range(1, 22))]
    frame = pl.DataFrame(rows, schema=names).with_columns(pl.col("unit", "cycle").cast(pl.Int64))
    changing = [name for name in names if name.startswith("sensor") and frame[name].n_unique() > 2]
    return frame.select("unit", "cycle", *changing)


def test_remaining_life_on_cmapss(tmp_path: Path) -> None:
    """The RMSE of the 100 test engines at their last cycle: literature CNN 18.45, LSTM 16.14."""
    model = trained(
        "train.sequence", tmp_path, cmapss("train"), task="remaining_life", entity="unit", time="cycle", window=30,
        patch=3, width=64, depth=2, heads=4, dropout=0.2, epochs=3, batch_size=128, learning_rate=0.001, warmup=50,
    )  # fmt: skip
    test = cmapss("test")
    answers = test.select("unit", "cycle").hstack(model.predict(Table(test)).polars())
    last = answers.sort("unit", "cycle").group_by("unit", maintain_order=True).last()["prediction"].to_numpy()
    truth = np.loadtxt(dataset("cmapss_fd001/RUL_FD001.txt"))
    rmse = metrics.root_mean_squared_error(truth, last)
    capped = metrics.root_mean_squared_error(np.minimum(truth, 125), last)
    tell("cmapss_fd001", rmse=rmse, rmse_capped=capped)
    assert rmse < 16.14


def test_forecast_on_etth1(tmp_path: Path) -> None:
    """OT, 24 hours ahead, standard split; squared error in standard deviations: last value 0.0343, public 0.030."""
    hours = pl.read_csv(dataset("etth1/ETTh1.csv.gz"), try_parse_dates=True).select("date", "OT")
    train, valid, test = hours[: 12 * 30 * 24], hours[12 * 30 * 24 - 336 : 16 * 30 * 24], hours[16 * 30 * 24 - 336 :]
    test = test[: 336 + 4 * 30 * 24]
    model: Model = run(
        "train.sequence", tmp_path, {"table": train, "validation": valid}, task="forecast", time="date", target="OT",
        horizon=24, window=336, patch=24, width=32, depth=2, heads=4, dropout=0.2, epochs=6, batch_size=64,
        learning_rate=0.0005, warmup=50, weight_decay=0.05,
    )["model"]  # fmt: skip
    answers = model.predict(Table(test)).polars().to_numpy()[335:-24]
    deviation = float(train["OT"].std(ddof=0))  # type: ignore[arg-type]
    truth = np.lib.stride_tricks.sliding_window_view(test["OT"].to_numpy()[336:], 24)
    errors = (answers - truth) / deviation
    tell("etth1", mse=float((errors**2).mean()), mae=float(np.abs(errors).mean()))
    assert (errors**2).mean() < 0.030


def test_patterns_on_wafer_maps(tmp_path: Path) -> None:
    """The official split: a published CNN reaches accuracy 0.605 and macro F1 0.664 on it."""
    with np.load(dataset("wm811k_defects32/wm811k_defects_32x32.npz")) as content:
        arrays = {name: content[name] for name in content.files}
    maps, labels, split = (arrays[name] for name in wafer_names(arrays))
    frame = pl.DataFrame({"map": maps.reshape(len(maps), -1).tolist(), "pattern": labels.tolist()})
    is_train = np.char.startswith(np.char.lower(split.astype(str)), "train")
    model = trained(
        "train.wafer_map", tmp_path, frame.filter(pl.Series(is_train)), column="map", target="pattern", width=16,
        depth=4, dropout=0.3, turned=True, balanced=True, epochs=8, batch_size=128, learning_rate=0.003, warmup=100,
        weight_decay=0.05,
    )  # fmt: skip
    test = frame.filter(pl.Series(~is_train))
    answers = model.predict(Table(test)).polars()["prediction"]
    accuracy = metrics.accuracy_score(test["pattern"], answers)
    f1 = metrics.f1_score(test["pattern"], answers, average="macro")
    tell("wm811k_defects32", accuracy=accuracy, macro_f1=f1)
    assert accuracy > 0.605
    assert f1 > 0.664


def wafer_names(arrays: dict[str, np.ndarray]) -> list[str]:
    """The names of maps, labels and split among the arrays of the file."""
    maps = next(name for name, array in arrays.items() if array.ndim == 3)
    split = next(name for name, array in arrays.items() if set(np.unique(array.astype(str))) <= {"Training", "Test"})
    labels = next(name for name, array in arrays.items() if name not in (maps, split) and array.ndim == 1)
    return [maps, labels, split]


def sms() -> pl.DataFrame:
    """label and text, without the 403 messages that come twice."""
    import gzip

    lines = gzip.decompress(dataset("sms_spam/SMSSpamCollection.gz").read_bytes()).decode().splitlines()
    rows = [line.split("\t", 1) for line in lines]
    return pl.DataFrame(rows, schema=["label", "text"], orient="row").unique("text", keep="first", maintain_order=True)


def test_spam(tmp_path: Path) -> None:
    """Five folds, deduplicated: TF-IDF with logistic regression reaches F1 0.9352 and AUC 0.992."""
    rows = sms()
    folds = StratifiedKFold(5, shuffle=True, random_state=0).split(rows, rows["label"])
    scores = []
    for fold, (train, test) in enumerate(folds):
        model = trained(
            "train.text", tmp_path / str(fold), rows[train], column="text", target="label", symbols=6000, length=64,
            width=64, depth=2, heads=4, dropout=0.3, epochs=12, batch_size=64, learning_rate=0.001, warmup=50,
            weight_decay=0.05,
        )  # fmt: skip
        answers = model.predict(Table(rows[test])).polars()
        spam = rows[test]["label"] == "spam"
        scores.append(
            (metrics.f1_score(spam, answers["prediction"] == "spam"), metrics.roc_auc_score(spam, answers["score"]))
        )
    f1, auc = np.mean(scores, axis=0)
    tell("sms_spam", f1=f1, auc=auc)
    assert f1 > 0.9352


def test_language_on_messages(tmp_path: Path) -> None:
    """Bits per byte of messages that neither has seen, against counts of pairs of bytes in the same training texts.

    Both answer for the same bytes: whole texts and the mark at their end, of texts that the network can see at once.
    """
    train, test = train_test_split(sms(), test_size=0.1, random_state=0)
    model = trained(
        "train.language", tmp_path, train, column="text", length=128, width=128, depth=4, heads=4, epochs=10,
        batch_size=32, learning_rate=0.001, warmup=50,
    )  # fmt: skip
    lengths = test["text"].str.len_bytes().to_numpy() + 1
    fits = lengths <= 128
    bits = model.predict(Table(test)).polars()["prediction"].to_numpy()
    ours = float((bits * lengths)[fits].sum() / lengths[fits].sum())
    texts = [text.encode() for text, fit in zip(test["text"], fits, strict=True) if fit]
    known = [text.encode() for text in train["text"]]
    theirs = {order: ngram_bits(known, texts, order) for order in (1, 2, 3)}
    tell("sms_spam as language", ours=ours, unigram=theirs[1], bigram=theirs[2], trigram=theirs[3])
    assert ours < theirs[2]


def ngram_bits(known: list[bytes], texts: list[bytes], order: int) -> float:
    """Bits per byte of `texts`, each with a mark at its end, by counts of `order` bytes in a row.

    Witten-Bell smoothing: https://dl.acm.org/doi/10.1109/18.87000, method C; the shortest context backs off to 257
    equally likely symbols.
    """
    follows: dict[tuple[int, ...], Counter[int]] = defaultdict(Counter)
    for context, symbol in ngrams(known, order):
        for size in range(order):
            follows[context[order - 1 - size :]][symbol] += 1
    bits = [-math.log2(chance(follows, context, symbol)) for context, symbol in ngrams(texts, order)]
    return sum(bits) / len(bits)


def ngrams(texts: list[bytes], order: int) -> Iterator[tuple[tuple[int, ...], int]]:
    """Every symbol (256: the end of a text), with the `order` - 1 before it."""
    for text in texts:
        symbols = (*[256] * (order - 1), *text, 256)
        for place in range(order - 1, len(symbols)):
            yield symbols[place - order + 1 : place], symbols[place]


def chance(follows: Mapping[tuple[int, ...], Counter[int]], context: tuple[int, ...], symbol: int) -> float:
    """The probability of a symbol after a context."""
    shorter = chance(follows, context[1:], symbol) if context else 1 / 257
    seen = follows.get(context)
    if seen is None:
        return shorter
    return (seen[symbol] + len(seen) * shorter) / (seen.total() + len(seen))


def test_power_plant(tmp_path: Path) -> None:
    """ccpp, five folds: ridge regression reaches RMSE 4.56 MW, gradient boosting 3.38."""
    rows = pl.read_csv(dataset("ccpp/ccpp.csv"))
    scores = []
    for fold, (train, test) in enumerate(KFold(5, shuffle=True, random_state=0).split(rows)):
        model = trained(
            "train.tabular", tmp_path / str(fold), rows[train], task="regression", target="PE", width=128, depth=4,
            dropout=0.0, epochs=60, batch_size=128, learning_rate=0.002, warmup=50, evaluate_epochs=5,
        )  # fmt: skip
        answers = model.predict(Table(rows[test])).polars()["prediction"]
        scores.append(metrics.root_mean_squared_error(rows[test]["PE"], answers))
    tell("ccpp", rmse=float(np.mean(scores)))
    assert np.mean(scores) < 4.56
