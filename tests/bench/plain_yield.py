"""The steps of the yield flow in one plain script: what somebody would write without Patchbay.

`python plain_yield.py FILE TARGET TIME` prints the seconds of the work alone, without starting Python and imports.
"""

from __future__ import annotations

import sys
import time

import numpy as np
import pandas as pd
from sklearn import metrics
from sklearn.feature_selection import SelectKBest
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler


def check(frame: pd.DataFrame, target: str) -> dict[str, object]:
    """Missing, constant, extreme, duplicate, class balance."""
    numbers = frame.select_dtypes("number")
    median = numbers.median()
    deviation = (numbers - median).abs().median() * 1.4826
    extreme = ((numbers - median).abs() > 8 * deviation).mean()
    return {
        "missing": frame.isna().mean(),
        "constant": frame.nunique() <= 1,
        "extreme": extreme[deviation > 0],
        "duplicates": frame.duplicated().sum(),
        "classes": frame[target].value_counts(normalize=True),
    }


def main(file: str, target: str, clock: str) -> None:
    """Read, check, split by time, prepare, train, predict, evaluate, break down."""
    start = time.perf_counter()
    frame = pd.read_csv(file, parse_dates=[clock])
    check(frame, target)
    frame = frame.sort_values(clock, kind="stable")
    cut = round(len(frame) * 0.8)
    train, test = frame[:cut], frame[cut:]
    features = [name for name in frame if name not in (target, clock)]
    kept = [name for name in features if train[name].isna().mean() <= 0.5 and train[name].nunique() > 1]
    imputer = SimpleImputer(strategy="median")
    filled = imputer.fit_transform(train[kept])
    best = SelectKBest(k=20).fit(filled, train[target])
    scaler = StandardScaler().fit(best.transform(filled))
    model = LogisticRegression(C=0.1, class_weight="balanced", max_iter=1000)
    model.fit(scaler.transform(best.transform(filled)), train[target])
    score = model.predict_proba(scaler.transform(best.transform(imputer.transform(test[kept]))))[:, 1]
    evaluate(test[target].to_numpy(), score)
    part = pd.qcut(np.arange(len(test)), 5)
    test.assign(score=score, part=part).groupby("part", observed=True).apply(
        lambda rows: metrics.recall_score(rows[target], rows["score"] >= 0.5, zero_division=0)
    )
    sys.stdout.write(f"{time.perf_counter() - start}\n")


def evaluate(truth: np.ndarray, score: np.ndarray) -> list[object]:
    """What evaluate.classification gives."""
    called = score >= 0.5
    return [
        metrics.roc_auc_score(truth, score),
        metrics.average_precision_score(truth, score),
        metrics.classification_report(truth, called, zero_division=0),
        metrics.balanced_accuracy_score(truth, called),
        metrics.matthews_corrcoef(truth, called),
        metrics.log_loss(truth, score),
        metrics.brier_score_loss(truth, score),
        metrics.confusion_matrix(truth, called),
        metrics.roc_curve(truth, score),
        metrics.precision_recall_curve(truth, score),
    ]


if __name__ == "__main__":
    main(*sys.argv[1:])
