"""How a task leaves the state ``running``: every way goes through `leave`, which is fenced by the token."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from patchbay_server.engine import announce, events, skip
from patchbay_server.engine.claim import GIVE_SLOTS, TaskRow, slots
from patchbay_server.engine.errors import Fenced
from patchbay_server.engine.task_rows import place_of
from patchbay_server.store.database import Transaction
from patchbay_server.store.statement import Statement, to_json

LOCK_RUN = Statement("UPDATE run SET event_seq = event_seq WHERE id = :run_id RETURNING cancel_requested")
LEAVE = Statement(
    "UPDATE task SET state = :state, error = :error, lease_until = NULL, deadline = NULL,"
    " not_before = CASE WHEN :delay > 0 THEN $now + :delay END,"
    " retries_left = retries_left - :user_retry, infra_retries = infra_retries + :infra_retry,"
    " give_back_to = CASE WHEN :gave_back = 1 THEN give_back_to END,"
    " ended_at = CASE WHEN :ended = 1 THEN $now END"
    " WHERE id = :id AND token = :token AND state = 'running' RETURNING give_back_to"
)
END_ATTEMPT = Statement(
    "UPDATE attempt SET state = :state, error = :error, ended_at = $now WHERE task_id = :id AND number = :number"
)
COUNT_ATTEMPT = Statement(
    "INSERT INTO attempt_count (pool, state, shard, number) VALUES (:pool, :state, :shard, 1)"
    " ON CONFLICT (pool, state, shard) DO UPDATE SET number = attempt_count.number + 1"
)
DROP_LEADER = Statement("DELETE FROM cache_entry WHERE task_id = :id AND token = :token RETURNING key")
WAKE_WAITERS = Statement(
    "UPDATE task SET state = 'ready'"
    " WHERE project_id = :project_id AND cache_key = :key AND state = 'waiting_cache' RETURNING pool"
)
SET_ENGINE = Statement(
    "UPDATE task SET engine = :engine, engine_choice = :choice WHERE id = :id AND token = :token AND state = 'running'"
)
INFRA_RETRIES = Statement("SELECT infra_retries FROM task WHERE id = :id")
STOPS = Statement("SELECT stops FROM task WHERE id = :id")
GIVE_UP_MAP = Statement(
    "UPDATE task SET state = 'skipped', error = :error, not_before = NULL, ended_at = $now WHERE id IN ("
    " SELECT id FROM task WHERE run_id = :run_id AND path LIKE :inside ESCAPE '!'"
    " AND (:index = '' OR task_index = :index OR task_index LIKE :deeper)"
    " AND state IN ('waiting', 'ready', 'admitted', 'delayed', 'waiting_cache', 'waiting_approval') $skip_locked)"
    " RETURNING id, path, task_index"
)
COUNTS_AFTER_ALL = Statement("UPDATE task SET tolerated = false WHERE id = :id")
CLOSE_TASKS = Statement(
    "UPDATE run SET open_tasks = open_tasks - :count WHERE id = :run_id RETURNING open_tasks, cancel_requested"
)
HAS_FAILED = Statement("SELECT 1 FROM task WHERE run_id = :run_id AND state = 'failed' AND NOT tolerated LIMIT 1")
HAS_CANCELLED = Statement("SELECT 1 FROM task WHERE run_id = :run_id AND state = 'cancelled' LIMIT 1")
END_RUN = Statement("UPDATE run SET state = :state, ended_at = $now WHERE id = :run_id AND ended_at IS NULL")

GIVEN_BACK = "given_back"
"""The state of an attempt that stopped at a checkpoint, so that another task could have its place."""

DROPPED = "dropped"
"""The state of an attempt of which no trace is left, see `cache.put_back`."""

SHARDS = 16

Wake = dict[str, int]
"""Pool -> tasks that have just become ready there; their pool's bell should ring."""


def leave(
    transaction: Transaction,
    task: TaskRow,
    state: str,
    *,
    attempt_state: str,
    error: dict[str, Any] | None = None,
    delay: float = 0.0,
    user_retry: bool = False,
    infra_retry: bool = False,
    silent: bool = False,
) -> Wake:
    """Take a task out of ``running``: fence, end the attempt, give back slots, pass on its place as cache leader.

    The caller holds the run's row (`lock_run`). `silent`: no event.

    Raises:
        Fenced: the token is no longer the task's.
    """
    text = None if error is None else to_json(error)
    left = transaction.one(
        LEAVE,
        {
            "id": task.id, "token": task.token, "state": state, "error": text, "delay": float(delay),
            "user_retry": int(user_retry), "infra_retry": int(infra_retry),
            "gave_back": int(attempt_state == GIVEN_BACK), "ended": int(state in ("failed", "cancelled")),
        },
    )  # fmt: skip
    if left is None:
        raise fenced(task)
    transaction.run(END_ATTEMPT, {"id": task.id, "number": task.attempt, "state": attempt_state, "error": text})
    transaction.run(GIVE_SLOTS, slots(task))
    if attempt_state != DROPPED:
        count_attempt(transaction, task, attempt_state)
    if not silent:
        data = {"path": task.path, "index": task.task_index, "state": state, "attempt": task.attempt}
        data |= ({"error": error} if error else {}) | ({"gave_to": left[0]} if attempt_state == GIVEN_BACK else {})
        events.append(transaction, task.run_id, [("task", data)])
    wake: Wake = {task.pool: 1} if state == "ready" else {}
    pass_on_lead(transaction, task, wake)
    return wake


def pass_on_lead(transaction: Transaction, task: TaskRow, wake: Wake) -> None:
    """Whoever waits for this task's result does the work itself; counted in `wake`."""
    led = transaction.one(DROP_LEADER, {"id": task.id, "token": task.token})
    if led is not None:
        count(wake, transaction.all(WAKE_WAITERS, {"project_id": task.project_id, "key": led[0]}))


def count_attempt(transaction: Transaction, task: TaskRow, state: str) -> None:
    """One more attempt has ended like this. After all locks that others may wait for: its row is shared."""
    transaction.run(COUNT_ATTEMPT, {"pool": task.pool, "state": state, "shard": task.id % SHARDS})


def fail(transaction: Transaction, task: TaskRow, error: dict[str, Any], attempt_state: str) -> Wake:
    """An attempt failed: the task is tried again after its delay, or given up. Raises Fenced."""
    if lock_run(transaction, task.run_id):
        return end_cancelled(transaction, task)
    if task.retries_left <= 0:
        return give_up(transaction, task, error, attempt_state)
    state = "delayed" if task.retry_delay > 0 else "ready"
    return leave(
        transaction, task, state, attempt_state=attempt_state, error=error, delay=task.retry_delay, user_retry=True
    )


def lose(transaction: Transaction, task: TaskRow, error: dict[str, Any], most: int) -> Wake:
    """An attempt ended by no fault of the task: it is tried again, but for at most `most` times. Raises Fenced."""
    if lock_run(transaction, task.run_id):
        return end_cancelled(transaction, task)
    row = transaction.one(INFRA_RETRIES, {"id": task.id})
    if row is not None and row[0] >= most:
        return give_up(transaction, task, error, attempt_state="lost")
    return leave(transaction, task, "ready", attempt_state="lost", error=error, infra_retry=True)


def end_cancelled(transaction: Transaction, task: TaskRow) -> Wake:
    """The task's process has ended because its run was cancelled. Raises Fenced."""
    lock_run(transaction, task.run_id)
    wake = leave(transaction, task, "cancelled", attempt_state="cancelled")
    close(transaction, task.run_id, 1)
    return wake


def hand_back(transaction: Transaction, task: TaskRow) -> Wake:
    """The task's worker stops: another may have it, and no retry is used up. Raises Fenced."""
    lock_run(transaction, task.run_id)
    return leave(transaction, task, "ready", attempt_state="handed_back")


def hand_over(transaction: Transaction, task: TaskRow, choice: Mapping[str, Any]) -> Wake:
    """The task is for those who drive the engine that was chosen, ``choice["engine"]``. Raises Fenced."""
    lock_run(transaction, task.run_id)
    row = {"id": task.id, "token": task.token, "engine": choice["engine"], "choice": to_json(choice)}
    transaction.run(SET_ENGINE, row)
    return leave(transaction, task, "ready", attempt_state="handed_over")


def give_back(transaction: Transaction, task: TaskRow) -> Wake:
    """The task has stopped at a checkpoint for another one: it waits again, and no retry is used up. Raises Fenced."""
    if lock_run(transaction, task.run_id):
        return end_cancelled(transaction, task)
    return leave(transaction, task, "ready", attempt_state=GIVEN_BACK)


def lock_run(transaction: Transaction, run_id: int) -> bool:
    """Hold the run's row until the transaction ends; whether the run is being cancelled."""
    row = transaction.one(LOCK_RUN, {"run_id": run_id})
    assert row is not None, run_id
    return bool(row[0])


def give_up(transaction: Transaction, task: TaskRow, error: dict[str, Any], attempt_state: str = "failed") -> Wake:
    """The task has failed for good: so everything downstream is skipped, and the run may have ended."""
    wake = leave(transaction, task, "failed", attempt_state=attempt_state, error=error)
    skip_behind_failed(transaction, task.run_id, task.id, task.path, task.task_index, wake)
    return wake


def skip_behind_failed(transaction: Transaction, run_id: int, id: int, path: str, index: str, wake: Wake) -> None:
    """Skip what cannot go on without a task that has failed; with it, in a map that stops, the other items."""
    cause = f"{path}[{index}]" if index else path
    reason = {"code": "upstream_failed", "message": f"upstream failed: {cause}", "upstream": path}
    gone = [id]
    stopped = _give_up_map(transaction, run_id, id, cause, wake) if index else []
    found = skip.behind(transaction, run_id, [*gone, *stopped], reason, failed=True)
    if found.emptied:
        transaction.run(COUNTS_AFTER_ALL, {"id": id})
    count(wake, found.ready)
    close(transaction, run_id, 1 + len(stopped) + found.count)


def _give_up_map(transaction: Transaction, run_id: int, id: int, cause: str, wake: Wake) -> list[int]:
    """Skip what has not started of the map that stops when this task fails; one that starts just now goes on."""
    row = transaction.one(STOPS, {"id": id})
    if row is None or row[0] is None:
        return []
    path, index = place_of(row[0])
    reason = {"code": "map_stopped", "message": f"the map {path} was given up: {cause} failed", "upstream": path}
    inside = path.replace("!", "!!").replace("_", "!_") + "/%"
    place = {"run_id": run_id, "inside": inside, "index": index, "deeper": f"{index}.%", "error": to_json(reason)}
    stopped = transaction.all(GIVE_UP_MAP, place)
    data = [{"path": path, "index": index, "state": "skipped", "error": reason} for _, path, index in stopped]
    if data:
        events.append(transaction, run_id, [("task", item) for item in data])
    return [id for id, _, _ in stopped]


def close(transaction: Transaction, run_id: int, count: int) -> None:
    """`count` tasks of the run have reached a final state; with the last one the run ends."""
    row = transaction.one(CLOSE_TASKS, {"run_id": run_id, "count": count})
    assert row is not None, run_id
    if row[0] <= 0:
        end_run(transaction, run_id, cancelled=bool(row[1]))


def end_run(transaction: Transaction, run_id: int, *, cancelled: bool) -> None:
    """Every task is in a final state: set the run's."""
    state = "done"
    if transaction.one(HAS_FAILED, {"run_id": run_id}):
        state = "failed"
    if cancelled and transaction.one(HAS_CANCELLED, {"run_id": run_id}):
        state = "cancelled"
    if transaction.run(END_RUN, {"run_id": run_id, "state": state}):
        events.append(transaction, run_id, [("run", {"state": state})])
        announce.write_deliveries(transaction, run_id)


def count(wake: Wake, rows: list[tuple[Any, ...]]) -> None:
    """Add rows whose first column is a pool."""
    for row in rows:
        wake[row[0]] = wake.get(row[0], 0) + 1


def fenced(task: TaskRow) -> Fenced:
    return Fenced(f"Attempt {task.attempt} of {task.path} in run {task.run_id} no longer owns its task.")
