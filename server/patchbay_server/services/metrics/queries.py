"""All SQL of a scrape. Each statement reads what goes on now by an index, never a table that grows with every run."""

from __future__ import annotations

from patchbay_server.store.statement import Statement
from patchbay_server.store.tables import CLAIMABLE

HELD = "state IN ('running', 'delayed', 'waiting_cache')"
"""The condition of the index of such tasks, literally, so that it is used."""

NOW = Statement("SELECT $now")
PROJECTS = Statement("SELECT id, name FROM project")
"""Names are looked up here and joined to nothing: a join may begin with the projects and read all their history."""

# engine
WAITING = Statement(
    f"SELECT pool, state, COUNT(*), SUM(gpu_milli), MIN(created_at) FROM task WHERE {CLAIMABLE} GROUP BY pool, state"
)
HOLDING = Statement(f"SELECT pool, state, COUNT(*) FROM task WHERE {HELD} GROUP BY pool, state")
RUNS = Statement("SELECT project_id, state, open_tasks FROM run WHERE ended_at IS NULL")
"""Not grouped here: for that, SQLite would read the index of all runs by project and state."""
RUNS_STARTED = Statement("SELECT COALESCE(MAX(id), 0) FROM run")
WORKERS = Statement(
    "SELECT pool, COUNT(*), SUM(CASE WHEN task_id IS NULL THEN 0 ELSE 1 END) FROM worker"
    " WHERE seen_at > $now - :silent GROUP BY pool"
)
ATTEMPTS = Statement("SELECT pool, state, SUM(number) FROM attempt_count GROUP BY pool, state ORDER BY pool, state")
FAILED = Statement("SELECT project_id, engine, error FROM task WHERE state = 'failed' AND ended_at > $now - :age")

# pools
POOLS = Statement(
    "SELECT name, cpu_milli, gpu_milli, memory, used_cpu_milli, used_gpu_milli, used_memory FROM pool ORDER BY name"
)
QUOTAS = Statement("SELECT project_id, cpu_milli, gpu_milli, trainings, storage FROM quota ORDER BY project_id")
USED = Statement(
    "SELECT project_id, SUM(cpu_milli), SUM(gpu_milli), SUM(CASE WHEN engine = :training THEN 1 ELSE 0 END)"
    f" FROM task WHERE {HELD} AND state = 'running' GROUP BY project_id"
)

# trainings
TRAININGS = Statement(
    "SELECT project_id, run_id, path, task_index, attempt, (SELECT event_seq FROM run WHERE run.id = task.run_id)"
    f" FROM task WHERE {HELD} AND state = 'running' AND (engine = :training OR operator LIKE :family) ORDER BY id"
)
REPORTED = Statement(
    "SELECT data, at FROM event WHERE run_id = :run_id AND seq > :after AND kind = 'metric' ORDER BY seq DESC"
)

# notifications
PENDING = Statement(
    "SELECT notification.project_id, COUNT(*), MIN(delivery.created_at) FROM delivery"
    " JOIN notification ON notification.id = delivery.notification_id"
    " WHERE delivery.state = 'pending' GROUP BY notification.project_id ORDER BY notification.project_id"
)

# serving
DEPLOYMENTS = Statement(
    "SELECT project_id, name, state, replicas, live_replicas, requests, refused, errors, latencies, seconds"
    " FROM deployment ORDER BY id"
)
