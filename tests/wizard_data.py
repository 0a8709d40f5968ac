"""The shared datasets as an expert would have them after the wizard's fixes: missing values named, duplicates gone."""

from __future__ import annotations

import gzip

import polars as pl

from tests.datasets import dataset, secom

ADULT = [
    "age", "workclass", "fnlwgt", "education", "education_num", "marital_status", "occupation", "relationship", "race",
    "sex", "capital_gain", "capital_loss", "hours_per_week", "native_country", "income",
]  # fmt: skip
WHOLE = ("age", "fnlwgt", "education_num", "capital_gain", "capital_loss", "hours_per_week")


def adult() -> tuple[pl.DataFrame, str]:
    """Both files, 48,842 rows; ``?`` is a missing value."""
    rows = []
    for name in ("adult.data.gz", "adult.test.gz"):
        with gzip.open(dataset(f"adult/{name}"), "rt", encoding="utf-8") as file:
            lines = [line.strip().rstrip(".") for line in file if not line.startswith("|")]
        rows += [[value.strip() for value in line.split(",")] for line in lines if line]
    frame = pl.DataFrame(rows, schema=ADULT, orient="row").with_columns(pl.all().replace("?", None))
    return frame.with_columns(pl.col(WHOLE).cast(pl.Int64)), "income"


def credit_default() -> tuple[pl.DataFrame, str]:
    """30,000 customers; the row number is among the columns."""
    path = dataset("credit_default/UCI_Credit_Card.csv.gz")
    return pl.read_csv(path, infer_schema_length=None), "default.payment.next.month"


def ccpp() -> tuple[pl.DataFrame, str]:
    """9,568 hours of a power plant, shuffled."""
    return pl.read_csv(dataset("ccpp/ccpp.csv")), "PE"


def sms_spam() -> tuple[pl.DataFrame, str]:
    """5,171 messages, each once."""
    with gzip.open(dataset("sms_spam/SMSSpamCollection.gz"), "rt", encoding="utf-8", newline="\n") as file:
        rows = [line.rstrip("\n").split("\t", 1) for line in file]
    frame = pl.DataFrame(rows, schema=["label", "text"], orient="row")
    return frame.unique("text", keep="first", maintain_order=True), "label"


def secom_wafers() -> tuple[pl.DataFrame, str]:
    """1,567 wafers in time order."""
    return secom(), "fail"
