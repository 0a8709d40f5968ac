"""What the database says about the work: operators, leases, workers, secrets, and what should never be."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

from patchbay_server import key_ring
from patchbay_server.services.doctor.finding import Finding
from patchbay_server.services.people.sealed import ciphertexts
from patchbay_server.services.platform import Platform
from patchbay_server.store.statement import Statement

SILENT = 60.0
"""Seconds after which a worker that says nothing counts as gone, and the reconciler as not running."""

EXPIRED = Statement(
    "SELECT run_id, path, $now - COALESCE(lease_until, 0) FROM task WHERE state = 'running'"
    " AND (lease_until IS NULL OR lease_until < $now) ORDER BY id"
)
WORKERS = Statement("SELECT id, pool, host, pid, $now - seen_at FROM worker ORDER BY id")


def examine(platform: Platform) -> Iterator[Finding]:
    """Everything that is not about files and processes."""
    yield _operators(platform)
    yield from _leases(platform)
    yield from _workers(platform)
    yield from _engine(platform)
    yield _secrets(platform)


def _operators(platform: Platform) -> Finding:
    catalogue = platform.catalogue
    broken = [error.message for error in catalogue.broken]
    homes = {spec.home.release: spec.home for spec in catalogue if spec.home is not None}
    for release, home in homes.items():
        broken += [f"{release} lacks {path}" for path in (home.root, home.python) if path and not path.exists()]
    if broken:
        return Finding("operators", "failed", f"{len(broken)} cannot be used: {'; '.join(broken)}")
    published = sum(spec.home is not None for spec in catalogue)
    return Finding("operators", "ok", f"{len(catalogue) - published} installed, {published} published")


def _leases(platform: Platform) -> Iterator[Finding]:
    with platform.database.read() as transaction:
        rows = transaction.all(EXPIRED, {})
    if not rows:
        yield Finding("leases", "ok", "no task has lost its worker")
    for run_id, path, silent in rows:
        message = f"the worker of {path} in run {run_id} is silent"
        if silent > SILENT:
            advice = "nobody gives the task to another: start `patchbay up`, or look into logs/reconciler.log"
            yield Finding("leases", "failed", f"{message} beyond its lease; {advice}")
        else:
            yield Finding("leases", "warning", f"{message}; the reconciler of `patchbay up` starts it again")


def _workers(platform: Platform) -> Iterator[Finding]:
    with platform.database.read() as transaction:
        rows = transaction.all(WORKERS, {})
    if not rows:
        yield Finding("workers", "ok", "none is registered")
    for id, pool, host, pid, silent in rows:
        if host == socket.gethostname() and not Path(f"/proc/{pid}").exists():
            message = f"its process {pid} is gone; the reconciler of `patchbay up` removes the entry"
            yield Finding(f"worker {id}", "warning", message)
        elif silent > SILENT:
            message = f"silent for {silent:.0f} s; is process {pid} on {host} stopped?"
            yield Finding(f"worker {id}", "warning", message)
        else:
            yield Finding(f"worker {id}", "ok", f"pool {pool}, process {pid} on {host}")


def _engine(platform: Platform) -> Iterator[Finding]:
    found = [finding for finding in platform.engine.inspect() if finding.code != "stale_lease"]
    for each in found:
        advice = "look again in a minute; if it stays, restart `patchbay up` and report it"
        yield Finding("engine", "failed", f"{each.message} {advice}")
    if not found:
        yield Finding("engine", "ok", "slots, open tasks and dependencies agree")


def _secrets(platform: Platform) -> Finding:
    with platform.database.read() as transaction:
        needed = [key_ring.key_of(text) for text in ciphertexts(transaction)]
    if not needed:
        return Finding("secrets", "ok", "none yet")
    file = platform.settings.secret_keys
    try:
        names = key_ring.load(file).names
    except key_ring.KeyFileError as error:
        return Finding("secrets", "failed", error.message)
    lost = [key for key in needed if key not in names]
    if lost:
        return Finding("secrets", "failed", f"{len(lost)} of {len(needed)} need a key that {file} does not hold")
    return Finding("secrets", "ok", f"{len(needed)}, their keys are in {file}")
