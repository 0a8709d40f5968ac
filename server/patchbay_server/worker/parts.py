"""All that the outputs of a claimed task depend on."""

from __future__ import annotations

from collections.abc import Mapping

from patchbay_sdk.registry import code_digest
from patchbay_sdk.spec import OperatorSpec
from patchbay_server.engine import Claim
from patchbay_server.graph.cache_key import CacheParts
from patchbay_server.worker.environment import environment_of
from patchbay_server.worker.fingerprint import source_fingerprints


def engine_of(claim: Claim) -> str:
    """The engine that runs a task; ``auto`` is the local one."""
    return "local" if claim.task.engine == "auto" else claim.task.engine


def cache_parts(claim: Claim, spec: OperatorSpec, secrets: Mapping[str, str]) -> CacheParts:
    """The parts of a claimed task's cache key; `secrets`: param -> a mark of the secret that it names.

    Raises:
        OperatorError: the operator's package is not installed.
    """
    return CacheParts(
        operator=claim.task.operator,
        code=code_digest(spec),
        params=claim.params,
        inputs=claim.inputs,
        sources=source_fingerprints(spec.runs.fingerprint, claim.params, claim.data_roots) | dict(secrets),
        seed=claim.task.seed or 0,
        engine=engine_of(claim),
        environment=environment_of(spec),
        project=str(claim.task.project_id),
    )
