"""What the recipes reach on real data, with the budget that one gives them.

`tests/accept/test_training.py` gives minutes and asks for the reference figures; `test_real_data.py` gives seconds.
"""

from __future__ import annotations

import gzip
import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from sklearn import metrics
from sklearn.model_selection import KFold, StratifiedKFold, train_test_split

from patchbay_sdk import Model, Table
from tests.datasets import dataset
from tests.operators.running import run


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


def remaining_life(folder: Path, units: int = 100, **params: Any) -> dict[str, float]:
    """RMSE in cycles of the 100 test engines at their last cycle, with lives as they are and capped at 125.

    `mean`: the RMSE of always answering the mean.
    """
    model = trained(
        "train.sequence", folder, cmapss("train").filter(pl.col("unit") <= units), task="remaining_life",
        entity="unit", time="cycle", window=30, patch=3, **params,
    )  # fmt: skip
    test = cmapss("test")
    answers = test.select("unit", "cycle").hstack(model.predict(Table(test)).polars())
    last = answers.sort("unit", "cycle").group_by("unit", maintain_order=True).last()["prediction"].to_numpy()
    truth = np.loadtxt(dataset("cmapss_fd001/RUL_FD001.txt"))
    return {
        "rmse": metrics.root_mean_squared_error(truth, last),
        "rmse_capped": metrics.root_mean_squared_error(np.minimum(truth, 125), last),
        "mean": float(truth.std()),
    }


def forecast(folder: Path, months: int = 12, **params: Any) -> dict[str, float]:
    """OT of etth1, 24 hours ahead, standard split; errors in standard deviations of the training rows.

    `months`: of training, the last ones before the validation. `mean`: the error of always answering 0 deviations.
    """
    hours = pl.read_csv(dataset("etth1/ETTh1.csv.gz"), try_parse_dates=True).select("date", "OT")
    month, window = 30 * 24, params["window"]
    train = hours[(12 - months) * month : 12 * month]
    valid = hours[12 * month - window : 16 * month]
    test = hours[16 * month - window : 20 * month]
    model: Model = run(
        "train.sequence", folder, {"table": train, "validation": valid}, task="forecast", time="date", target="OT",
        horizon=24, **params,
    )["model"]  # fmt: skip
    answers = model.predict(Table(test)).polars().to_numpy()[window - 1 : -24]
    scale = hours[: 12 * month]["OT"].to_numpy()
    truth = np.lib.stride_tricks.sliding_window_view(test["OT"].to_numpy()[window:], 24)
    errors = (answers - truth) / scale.std()
    return {
        "mse": float((errors**2).mean()),
        "mae": float(np.abs(errors).mean()),
        "mean": float((((truth - scale.mean()) / scale.std()) ** 2).mean()),
    }


def wafer_patterns(folder: Path, maps_count: int | None = None, **params: Any) -> dict[str, float]:
    """Accuracy and macro F1 on the test part of the official split. `maps_count`: of each part, all when None."""
    with np.load(dataset("wm811k_defects32/wm811k_defects_32x32.npz")) as content:
        arrays = {name: content[name] for name in content.files}
    maps, labels, split = (arrays[name] for name in _wafer_names(arrays))
    drawn = np.random.default_rng(0).permutation(len(maps))
    train, test = (
        pl.DataFrame({"map": maps[rows].reshape(len(rows), -1).tolist(), "pattern": labels[rows].tolist()})
        for rows in (drawn[split[drawn].astype(str) == part][:maps_count] for part in ("Training", "Test"))
    )
    model = trained("train.wafer_map", folder, train, column="map", target="pattern", **params)
    answers = model.predict(Table(test)).polars()["prediction"]
    return {
        "accuracy": metrics.accuracy_score(test["pattern"], answers),
        "macro_f1": metrics.f1_score(test["pattern"], answers, average="macro"),
    }


def _wafer_names(arrays: dict[str, np.ndarray]) -> list[str]:
    """The names of maps, labels and split among the arrays of the file."""
    maps = next(name for name, array in arrays.items() if array.ndim == 3)
    split = next(name for name, array in arrays.items() if set(np.unique(array.astype(str))) <= {"Training", "Test"})
    labels = next(name for name, array in arrays.items() if name not in (maps, split) and array.ndim == 1)
    return [maps, labels, split]


def sms() -> pl.DataFrame:
    """label and text, without the 403 messages that come twice."""
    lines = gzip.decompress(dataset("sms_spam/SMSSpamCollection.gz").read_bytes()).decode().splitlines()
    rows = [line.split("\t", 1) for line in lines]
    return pl.DataFrame(rows, schema=["label", "text"], orient="row").unique("text", keep="first", maintain_order=True)


def spam(folder: Path, folds: int = 5, **params: Any) -> dict[str, float]:
    """F1 and AUC on the messages held out, means over the first `folds` of five stratified folds, deduplicated."""
    rows = sms()
    divided = list(StratifiedKFold(5, shuffle=True, random_state=0).split(rows, rows["label"]))
    scores = []
    for fold, (train, test) in enumerate(divided[:folds]):
        model = trained("train.text", folder / str(fold), rows[train], column="text", target="label", **params)
        answers = model.predict(Table(rows[test])).polars()
        truth = rows[test]["label"] == "spam"
        scores.append(
            (metrics.f1_score(truth, answers["prediction"] == "spam"), metrics.roc_auc_score(truth, answers["score"]))
        )
    f1, auc = np.mean(scores, axis=0)
    return {"f1": float(f1), "auc": float(auc)}


def language(folder: Path, texts_count: int | None = None, length: int = 128, **params: Any) -> dict[str, float]:
    """Bits per byte of messages that were not seen, of the network and of counts in the same training texts.

    Both answer for the same bytes: whole texts and the mark at their end, of texts that the network can see at once.
    """
    train, test = train_test_split(sms()[:texts_count], test_size=0.1, random_state=0)
    model = trained("train.language", folder, train, column="text", length=length, **params)
    lengths = test["text"].str.len_bytes().to_numpy() + 1
    fits = lengths <= length
    bits = model.predict(Table(test)).polars()["prediction"].to_numpy()
    texts = [text.encode() for text, fit in zip(test["text"], fits, strict=True) if fit]
    known = [text.encode() for text in train["text"]]
    counted = {name: ngram_bits(known, texts, order) for order, name in enumerate(("unigram", "bigram", "trigram"), 1)}
    return {"bits": float((bits * lengths)[fits].sum() / lengths[fits].sum()), **counted}


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


def power_plant(folder: Path, rows_count: int | None = None, folds: int = 5, **params: Any) -> dict[str, float]:
    """RMSE of ccpp in MW, mean over the first `folds` of five folds. `mean`: of always answering the mean."""
    rows = pl.read_csv(dataset("ccpp/ccpp.csv"))[:rows_count]
    scores = []
    for fold, (train, test) in enumerate(list(KFold(5, shuffle=True, random_state=0).split(rows))[:folds]):
        model = trained(
            "train.tabular", folder / str(fold), rows[train], task="regression", target="PE", dropout=0.0, **params
        )
        answers = model.predict(Table(rows[test])).polars()["prediction"]
        scores.append(metrics.root_mean_squared_error(rows[test]["PE"], answers))
    return {"rmse": float(np.mean(scores)), "mean": float(rows["PE"].std())}  # type: ignore[arg-type]
