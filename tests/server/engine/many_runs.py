"""A database after many runs."""

from collections.abc import Iterator

from patchbay_server.store.database import Database


def fill(
    database: Database, project_id: int, flow_id: int, revision_id: int, runs: int, tasks: int, *, open_run: bool = True
) -> None:
    """Insert runs of as many tasks each, all of them done, every task with a cached result.

    `open_run`: the last one is going on, with a few tasks in each state.
    """
    statements = _fillings(project_id, flow_id, revision_id, runs, tasks, sqlite=database.is_sqlite, open_run=open_run)
    for statement in statements:
        database.transact(lambda transaction, s=statement: transaction.core.connection.dbapi_connection.execute(s))
    if not database.is_sqlite:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for table in ("run", "task"):
                connection.exec_driver_sql(f"SELECT setval('{table}_id_seq', (SELECT MAX(id) FROM {table}))")
            connection.exec_driver_sql("VACUUM ANALYZE")


def _fillings(
    project_id: int, flow_id: int, revision_id: int, runs: int, per_run: int, *, sqlite: bool, open_run: bool
) -> Iterator[str]:
    def series(last: int) -> str:
        recursive = (
            f"(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {last}) SELECT n FROM s)"
        )
        return f"{recursive} AS series" if sqlite else f"generate_series(1, {last}) AS series(n)"

    tasks = runs * per_run
    whole = runs - 1 if open_run else runs
    yield (
        "INSERT INTO run (id, project_id, flow_id, revision_id, state, mode, params, data_roots, priority,"
        " bypass_cache, event_seq, open_tasks, created_at, ended_at, announced)"
        f" SELECT n, {project_id}, {flow_id}, {revision_id}, CASE WHEN n <= {whole} THEN 'done' ELSE 'running' END,"
        f" '[]', '[]', '[]', 0, false, 0, 0, n, CASE WHEN n <= {whole} THEN n END, true FROM {series(runs)}"
    )
    going_on = (
        "CASE n % 20 WHEN 1 THEN 'running' WHEN 2 THEN 'delayed' WHEN 3 THEN 'admitted' WHEN 4 THEN 'waiting_cache'"
    )
    yield (
        "INSERT INTO task (id, run_id, project_id, flow_id, path, task_index, operator, params, engine, use_cache,"
        " reuse_only, retries, retries_left, retry_delay, pool, cpu_milli, gpu_milli, memory, priority, state,"
        " remaining, attempt, token, cache_key, cache_parts, created_at, lease_until, training)"
        f" SELECT n, (n - 1) / {per_run} + 1, {project_id}, {flow_id}, 'n' || ((n - 1) % {per_run}), '',"
        " 'test.step@1.0.0', '{}', 'local', true, false, 0, 0, 0, 'train', 1000, 0, 1, 0,"
        f" CASE WHEN n <= {whole * per_run} THEN 'done' ELSE {going_on} ELSE 'ready' END END,"
        f" 0, 1, 'token ' || n, 'key ' || n, '[]', n, n, n % 5 = 0"
        f" FROM {series(tasks)}"
    )
    yield (
        "INSERT INTO task_edge (child_id, port, position, parent_id, output_port)"
        f" SELECT n + 1, 'in', 0, n, 'out' FROM {series(tasks - 1)}"
    )
    yield (
        "INSERT INTO attempt (task_id, number, state, worker, started_at)"
        f" SELECT n, 1, 'done', 'w', n FROM {series(tasks)}"
    )
    yield f"INSERT INTO output (task_id, port, artifact_id) SELECT n, 'out', 'artifact ' || n FROM {series(tasks)}"
    yield (
        "INSERT INTO stored_artifact (project_id, artifact_id, bytes)"
        f" SELECT {project_id}, 'artifact ' || n, n FROM {series(tasks)}"
    )
    yield (
        "INSERT INTO cache_entry (project_id, key, task_id, created_at, used_at)"
        f" SELECT {project_id}, 'key ' || n, n, n, n FROM {series(tasks)}"
    )
    yield (
        "INSERT INTO event (run_id, seq, kind, data, at)"
        f" SELECT n % {runs} + 1, n / {runs} + 1, 'task', '[]', n FROM {series(tasks)}"
    )
