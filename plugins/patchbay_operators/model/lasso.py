"""Lasso regression."""

from __future__ import annotations

from collections.abc import Sequence

from patchbay_operators.model._training import choose_features, train_regressor
from patchbay_sdk import Context, Operator, Outputs, Table


class Lasso(Operator):
    """Linear regression that sets the weights of unneeded features to zero."""

    def run(
        self,
        context: Context,
        table: Table,
        target: str,
        features: Sequence[str],
        alpha: float,
        max_iterations: int,
        exclude: Sequence[str] = (),
    ) -> Outputs:
        """Fit scikit-learn's Lasso."""
        from sklearn.linear_model import Lasso as Estimator

        chosen = choose_features(context, table, features, exclude, target)
        estimator = Estimator(alpha=alpha, max_iter=max_iterations)
        outputs = train_regressor(context, self.spec.key, estimator, table, target, chosen)
        context.log(f"{int((estimator.coef_ != 0).sum())} of {len(estimator.coef_)} features have a weight.")
        return outputs
