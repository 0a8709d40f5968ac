"""Operators that work on engines, for tests of the runners."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from patchbay_sdk.context import Context
from patchbay_sdk.operator import Operator, Outputs


class Count(Operator):
    """Counts numbers on the engine; with a `journal` it works for ever, and touches that file all the time.

    Once there is a file ``JOURNAL.enough``, it does not begin with that.
    """

    def run_spark(self, context: Context, journal: str = "", name: str = "") -> Outputs:
        """A text: how many numbers were counted, and what the engine knows the attempt by."""
        from pyspark.sql.functions import udf

        session: Any = context.spark
        if journal and not Path(f"{journal}.enough").exists():
            context.progress(0.1, "started")
            session.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", 10)  # a batch is computed to its end
            long = session.range(10_000_000).select(udf(_touching(journal), "string")("id"))
            long.write.format("noop").mode("overwrite").save()
        return {"text": f"{session.range(1000).count()} {session.session_id}"}

    def run_ray(self, context: Context, journal: str = "", name: str = "") -> Outputs:
        """A text: how many numbers were counted, and what the engine knows the attempt by."""
        import ray

        on_pool = ray.remote(resources={f"pool_{context.pool}": 1})
        if journal and not Path(f"{journal}.enough").exists():
            context.progress(0.1, "started")
            touch = _touching(journal)
            ray.get(on_pool(lambda: [touch(number) for number in range(10_000_000)]).remote())
        count: Any = on_pool(lambda: len(range(1000))).remote()
        return {"text": f"{ray.get(count)} {ray.get_runtime_context().namespace}"}


def _touching(journal: str) -> Any:
    """A function that travels by value: the engine's processes do not know this module."""

    def touch(number: int) -> str:
        import time
        from pathlib import Path

        Path(journal).touch()
        time.sleep(0.02)
        return "long" * 5_000  # a Python process of Spark learns that its query was ended when it has something to say

    return touch
