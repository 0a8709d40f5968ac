"""Words of a text as numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.feature._columns import require_new
from patchbay_sdk import Column, Context, DataError, Learner, ParamError, Schema, Table

if TYPE_CHECKING:
    import polars as pl


class TfIdf(Learner):
    """Replaces a text column by ``<column>__<term>``: scikit-learn's TF-IDF, each row of length 1. Missing is no text.

    https://scikit-learn.org/stable/modules/generated/sklearn.feature_extraction.text.TfidfVectorizer.html
    """

    def fit(
        self,
        context: Context,
        table: Table,
        column: str,
        analyzer: str,
        ngram_min: int,
        ngram_max: int,
        max_features: int,
        min_df: int,
        max_df: float,
        sublinear_tf: bool,
        lowercase: bool,
        stop_words: str = "none",
    ) -> dict[str, Any]:
        """The terms in alphabetical order and their inverse document frequencies."""
        from sklearn.feature_extraction.text import TfidfVectorizer

        if ngram_min > ngram_max:
            order = Text(
                f"ngram_min is {ngram_min}, more than ngram_max {ngram_max}.",
                f"最短序列是 {ngram_min}，大于最长序列 {ngram_max}。",
            )
            raise ParamError(order.as_json())
        options: dict[str, Any] = {
            "analyzer": analyzer,
            "ngram_range": [ngram_min, ngram_max],
            "sublinear_tf": sublinear_tf,
            "lowercase": lowercase,
            "stop_words": None if stop_words == "none" else stop_words,
        }
        vectorizer = TfidfVectorizer(
            **{**options, "ngram_range": (ngram_min, ngram_max)},
            max_features=max_features,
            min_df=min_df,
            max_df=max_df,
        )
        texts = _texts(table, column)
        try:
            vectorizer.fit(texts)
        except ValueError as error:
            raise DataError(
                Text(
                    f"No term of {column!r} is left to work with in {len(texts)} rows: {str(error).rstrip('.')}. "
                    "Lower the least number of rows per term, or keep stop words.",
                    f"“{column}”的 {len(texts)} 行中没有剩下可用的词。请减小含该词的最少行数，或保留常用虚词。",
                ).as_json(),
                column=column,
            ) from error
        terms = vectorizer.get_feature_names_out().tolist()
        return {"columns": [column], "options": options, "terms": terms, "idf": vectorizer.idf_.tolist()}

    def apply(self, state: Mapping[str, Any], table: Table) -> Table:
        """The table with the text replaced by one column per learned term; other words count for nothing."""
        import numpy as np
        import polars as pl
        from sklearn.feature_extraction.text import TfidfVectorizer

        [column] = state["columns"]
        names = [f"{column}__{term}" for term in state["terms"]]
        require_new(names, table.columns)
        options = {**state["options"], "ngram_range": tuple(state["options"]["ngram_range"])}
        vectorizer = TfidfVectorizer(**options, vocabulary={term: i for i, term in enumerate(state["terms"])})
        vectorizer.idf_ = np.array(state["idf"])
        texts = _texts(table, column)
        values = vectorizer.transform(texts).toarray() if len(texts) else np.empty((0, len(names)))
        numbers = pl.from_numpy(values, schema=names, orient="row")
        return table.replace(table.polars().drop(column).hstack(numbers))

    def infer(self, schemas: Mapping[str, Schema | None], column: str, **params: Any) -> Mapping[str, Schema | None]:
        """The other columns; the terms come from the data."""
        table = schemas.get("table")
        if table is None:
            return {"table": None}
        others: list[Column] = [other for other in table if other.name != column]
        return {"table": Schema.of(others, open=True)}


def _texts(table: Table, column: str) -> pl.Series:
    import polars as pl

    table.require(column)
    return table.polars()[column].cast(pl.String).fill_null("")
