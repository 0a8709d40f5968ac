"""Whether a task's result may be another's, and what an attempt that has ended brings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from patchbay_sdk.spec import OperatorSpec
from patchbay_server.engine import Claim, Result
from patchbay_server.engine.cache import Opened
from patchbay_server.graph.cache_key import Reason
from patchbay_server.worker.choose_engine import Choice


def why_bypassed(claim: Claim, spec: OperatorSpec) -> Reason | None:
    """Why the cache is not looked up; None: it is."""
    if claim.bypass_cache:
        return Reason("bypass", "run")
    if not claim.task.use_cache:
        return Reason("bypass", "node")
    return None if spec.runs.cacheable else Reason("bypass", "operator")


def cacheable(claim: Claim, spec: OperatorSpec) -> bool:
    """Whether others may use what this task makes."""
    return bool(claim.task.use_cache) and spec.runs.cacheable


def result_of(finished: Mapping[str, Any], publish_as: str | None, choice: Choice | None = None) -> Result:
    """What a ``finished`` event brings; extra artifacts are kept as outputs named ``artifact/NAME``."""
    extra = {f"artifact/{name}": id for name, id in finished.get("artifacts", {}).items()}
    outputs = {**finished["outputs"], **extra}
    chosen = choice.to_json() if choice else None
    return Result(
        outputs,
        finished["rows"],
        metrics=finished["metrics"],
        warnings=finished["warnings"],
        publish_as=publish_as,
        engine_choice=chosen,
    )


def reused(opened: Opened, publish_as: str | None = None) -> Result:
    """What an earlier task has made, with what it warned of."""
    return Result(opened.outputs, opened.rows, publish_as=publish_as, reused=True, source=opened.source)


def nothing_to_reuse(claim: Claim, reasons: list[Reason]) -> dict[str, Any]:
    """The error of a task that may only reuse, when there is nothing that fits."""
    why = "; ".join(reason.text() for reason in reasons) or "its earlier result is gone"
    message = f"Node {claim.task.path!r} has no earlier result to start from ({why}): run it, or run all."
    return {"code": "nothing_to_reuse", "message": message, "details": {"node": claim.task.path}}
