"""What a runner is asked to do for a claimed task."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from patchbay_runners import checkpoints
from patchbay_runners.protocol import TaskRequest
from patchbay_sdk.spec import OperatorSpec
from patchbay_server.engine import Claim
from patchbay_server.worker.parts import engine_of


def request_of(
    claim: Claim,
    spec: OperatorSpec,
    store: str,
    temp_dir: str,
    published: str | None,
    closed: Iterable[Path | str | None],
    confined: bool,
) -> TaskRequest:
    """The request of a claimed task, without secrets and checkpoints. `store`: folder of the artifact store."""
    task = claim.task
    return TaskRequest(
        run_id=str(task.run_id),
        node_path=task.path,
        index=task.task_index,
        attempt=task.attempt,
        token=task.token,
        operator=task.operator,
        implementation=spec.implementation,
        spec_path=str(spec.path),
        params=claim.params,
        inputs=claim.inputs,
        engine=engine_of(claim),
        pool=task.pool,
        seed=task.seed or 0,
        store=store,
        temp_dir=temp_dir,
        log_path=claim.log_path,
        data_roots=claim.data_roots,
        home=spec.home.to_json() if spec.home else None,
        published=published,
        confined=confined,
        closed=[str(path) for path in closed if path],
    )


def checkpoint_folder(store: Path, name: str | None, token: str) -> str | None:
    """The folder of an attempt, with what earlier ones left. Raises ArtifactError."""
    return None if name is None else str(checkpoints.open_folder(store, name, token))
