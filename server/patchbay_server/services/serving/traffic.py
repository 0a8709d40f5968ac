"""What endpoints have answered: counted by their replicas, kept here in all and by the minute of the last day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from patchbay_runners.serving.counts import Counts, quantile
from patchbay_server.engine.submit import now_of
from patchbay_server.services.platform import Platform
from patchbay_server.services.serving import deployments
from patchbay_server.store.database import Transaction
from patchbay_server.store.models import deployment, deployment_minute

KEPT = 24 * 60
"""Minutes."""
COUNTED = ("requests", "refused", "errors")
SHARES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}


@dataclass(frozen=True, slots=True)
class Minute:
    """One minute with requests. `at`: its begin, seconds since 1970. `p50`, ...: latencies in seconds."""

    at: float
    requests: int
    refused: int
    errors: int
    p50: float | None
    p95: float | None
    p99: float | None


@dataclass(frozen=True, slots=True)
class Traffic:
    """`minutes`: those with requests, oldest first. The others: of all these minutes together."""

    minutes: list[Minute]
    requests: int
    refused: int
    errors: int
    p50: float | None
    p95: float | None
    p99: float | None


def traffic(platform: Platform, project_id: int, name: str, *, minutes: int = 60) -> Traffic:
    """What a deployment has answered in the last minutes. Raises NotFound."""
    c = deployment_minute.c
    with platform.database.read() as transaction:
        known = deployments.get(transaction, project_id, name)
        since = int(now_of(transaction) // 60) - minutes
        statement = sa.select(deployment_minute).where(c.deployment_id == known.id, c.minute > since).order_by(c.minute)
        rows = transaction.core.execute(statement).mappings().all()
    latencies = [sum(bucket) for bucket in zip(*(row["latencies"] for row in rows), strict=True)]
    requests, refused, errors = (sum(row[name] for row in rows) for name in COUNTED)
    return Traffic([_minute(row) for row in rows], requests, refused, errors, **_quantiles(latencies))


def added(
    seen: Mapping[str, Mapping[str, Any]], told: Mapping[str, Mapping[str, Any]]
) -> tuple[Counts, dict[str, Mapping[str, Any]]]:
    """What has come since it was last seen, and what is seen now. Replicas that begin anew count from zero."""
    total, before = Counts.sum(told.values()), Counts.sum(one for name, one in seen.items() if name in told)
    new = Counts(
        total.requests - before.requests,
        total.refused - before.refused,
        total.errors - before.errors,
        total.rows - before.rows,
        total.seconds - before.seconds,
        [a - b for a, b in zip(total.latencies, before.latencies, strict=True)],
    )
    return new, {name: dict(one) for name, one in told.items()}


def totals(before: list[int], new: Counts) -> dict[str, Any]:
    """The columns of a deployment's row that count, with these added. `before`: its latencies."""
    c = deployment.c
    return {
        "requests": c.requests + new.requests,
        "refused": c.refused + new.refused,
        "errors": c.errors + new.errors,
        "latencies": [a + b for a, b in zip(before, new.latencies, strict=True)] if before else new.latencies,
        "seconds": c.seconds + new.seconds,
    }


def note(transaction: Transaction, deployment_id: int, new: Counts) -> None:
    """Add to the minute that is now, and forget what is older than KEPT."""
    if not new.requests:
        return
    c, minute = deployment_minute.c, int(now_of(transaction) // 60)
    here = c.deployment_id == deployment_id, c.minute == minute
    row = transaction.core.execute(sa.select(deployment_minute).where(*here)).mappings().one_or_none()
    if row is None:
        values = {"deployment_id": deployment_id, "minute": minute, "latencies": new.latencies}
        values |= {name: getattr(new, name) for name in COUNTED}
        transaction.core.execute(deployment_minute.insert().values(values))
        old = deployment_minute.delete().where(c.deployment_id == deployment_id, c.minute < minute - KEPT)
        transaction.core.execute(old)
        return
    values = {name: row[name] + getattr(new, name) for name in COUNTED}
    values["latencies"] = [a + b for a, b in zip(row["latencies"], new.latencies, strict=True)]
    transaction.core.execute(deployment_minute.update().where(*here).values(values))


def _minute(row: sa.RowMapping) -> Minute:
    requests, refused, errors = (row[name] for name in COUNTED)
    return Minute(row["minute"] * 60.0, requests, refused, errors, **_quantiles(row["latencies"]))


def _quantiles(latencies: list[int]) -> dict[str, float | None]:
    return {name: quantile(latencies, share) for name, share in SHARES.items()}
