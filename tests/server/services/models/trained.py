"""Small models, and runs that have made them."""

import numpy as np
import polars as pl
from sklearn.linear_model import LogisticRegression

from patchbay_sdk import Metrics, Table
from patchbay_sdk.model import Model
from patchbay_server.engine import Result
from tests.server.engine.flows import done, plan_of, submit
from tests.server.services.collecting import Shop

RNG = np.random.default_rng(7)
FRAME = pl.DataFrame(
    {
        "width": RNG.normal(size=80),
        "count": RNG.integers(0, 9, size=80),
        "line": RNG.choice(["a", "b"], size=80),
        "target": RNG.choice(["good", "bad"], size=80),
    }
)


def model(c: float = 1.0, features: tuple[str, ...] = ("width", "count"), **more) -> Model:
    """A logistic regression of `target` on some columns."""
    estimator = LogisticRegression(C=c)
    estimator.fit(FRAME.select(features).to_numpy().astype(float), (FRAME["target"] == "bad").cast(int).to_numpy())
    options = {"classes": ("good", "bad"), "positive": "bad", "metrics": {"training_auc": 0.5 + c / 100}}
    return Model.fitted(
        estimator, Table(FRAME), task="classification", features=features, target="target", **{**options, **more}
    )


def run_of(shop: Shop, trained: Model, flow: str = "flow") -> int:
    """The number of a run ``read -> train -> score`` that has made this model; its score is a metric."""
    changes = {"train": {"outputs": ("model", "metrics")}, "read": {"operator": "test.read@2.0.0"}}
    run_id = submit(shop.engine, plan_of("read", "train <- read", "score <- train", **changes), flow)
    while (claim := shop.engine.claim("train", "w")) is not None:
        outputs = dict(done(claim).outputs)
        if claim.task.path == "train":
            outputs = {"out": shop.store.save(trained, "model", claim.task.token)}
        elif claim.task.path == "score":
            outputs = {"out": shop.store.save(Metrics({"auc": 0.75}), "metrics", claim.task.token)}
        shop.engine.commit(claim, Result(outputs), "w", confirm=None)
    return run_id
