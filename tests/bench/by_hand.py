"""What somebody writes who serves the same model with Ray Serve and nothing else. Run: connects, deploys, ends.

`python -m tests.bench.by_hand STORE ARTIFACT`, with RAY_ADDRESS.
"""

from __future__ import annotations

import sys
from typing import Any

ROUTE = "/by-hand"


class ByHand:
    """Loads the model and predicts; takes what it is sent."""

    def __init__(self, store: str, artifact: str) -> None:
        from patchbay_runners.artifacts import ArtifactStore

        self.model = ArtifactStore(store).load(artifact)

    async def __call__(self, request: Any) -> Any:
        import polars as pl

        from patchbay_sdk import Table

        rows = await request.json()
        return self.model.predict(Table(pl.DataFrame(rows))).polars().to_dicts()


def main() -> None:
    """Deploy it beside whatever else the cluster serves."""
    import ray
    from ray import serve

    ray.init(log_to_driver=False)
    made: Any = serve.deployment(max_ongoing_requests=1000, ray_actor_options={"num_cpus": 0})(ByHand)
    serve.run(made.bind(*sys.argv[1:3]), name="by-hand", route_prefix=ROUTE)


if __name__ == "__main__":
    main()
