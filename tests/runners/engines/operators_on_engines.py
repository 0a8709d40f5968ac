"""Operators that work on engines, for tests of the runners."""

from __future__ import annotations

from typing import Any

from patchbay_sdk.context import Context
from patchbay_sdk.operator import Operator, Outputs


class Count(Operator):
    """Counts numbers on the engine; `act` says what happens on the way."""

    def run_spark(self, context: Context, act: str = "") -> Outputs:
        """A text: how many numbers were counted, and the session's id."""
        session: Any = context.spark
        if act == "forever":
            context.progress(0.1, "started")
            session.range(10_000_000_000_000).selectExpr("sum(sqrt(id) * rand())").collect()
        return {"text": f"{session.range(1000).count()} {session.session_id}"}

    def run_ray(self, context: Context, act: str = "") -> Outputs:
        """A text: how many numbers were counted."""
        import ray

        @ray.remote(resources={f"pool_{context.pool}": 1})
        def count(numbers: int) -> int:
            return len(range(numbers))

        if act == "forever":
            context.progress(0.1, "started")
            ray.get([forever.remote() for forever in [ray.remote(num_cpus=1)(_forever)]])
        return {"text": f"{ray.get(count.remote(1000))} {ray.get_runtime_context().namespace}"}


def _forever() -> None:
    import time

    while True:
        time.sleep(1)
