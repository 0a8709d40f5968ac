"""A database of the first version, with runs that have ended, failed and go on, is used by today's engine."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from patchbay_server.store import migrate
from patchbay_server.store.database import Database, DatabaseError
from tests.server.databases import Postgres
from tests.server.engine.conftest import make_engine
from tests.server.engine.flows import SETTINGS, drain, states, submit
from tests.server.engine.flows import plan_of as planned

FAILED, GOING_ON = 1, 2
DOCUMENT = {"format": 1, "name": "yield", "nodes": [], "edges": []}
STATES = {FAILED: ("done", "failed", "skipped"), GOING_ON: ("done", "running", "waiting")}
NODES = ("load", "fit", "score")


@pytest.fixture(params=["sqlite", "postgresql"])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """With rows in every table of the first version."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/old.db"
    else:
        server: Postgres = request.getfixturevalue("postgres")
        url = server.create("first_version")
        request.addfinalizer(lambda: server.drop("first_version"))
    migrate.upgrade(url, "0001")
    database = Database(url)
    with database.engine.begin() as connection:
        for table, rows in first_rows():
            columns = ", ".join(rows[0])
            values = ", ".join(f":{name}" for name in rows[0])
            connection.execute(sa.text(f"INSERT INTO {table} ({columns}) VALUES ({values})"), rows)
        for table in ("project", "flow", "flow_revision", "run", "task") if not database.is_sqlite else ():
            connection.exec_driver_sql(f"SELECT setval('{table}_id_seq', (SELECT MAX(id) FROM {table}))")
    yield database
    database.close()


def first_rows() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    yield "project", [{"id": 1, "name": "default", "created_at": 5}]
    yield "pool", [
        {"name": "train", "policy": "elastic", "cpu_milli": 2000, "gpu_milli": 0, "memory": 4 << 30,
         "used_cpu_milli": 1000, "used_memory": 1 << 20},
    ]  # fmt: skip
    yield "scheduler_lock", [{"name": "train"}]
    yield "worker", [{"id": "w", "pool": "train", "host": "h", "pid": 7, "task_id": 5, "started_at": 5, "seen_at": 6}]
    yield "flow", [{"id": 1, "project_id": 1, "name": "yield", "created_at": 5}]
    yield (
        "flow_revision",
        [{"id": 1, "flow_id": 1, "number": 1, "digest": "d", "document": json.dumps(DOCUMENT), "created_at": 5}],
    )
    yield "run", [
        {"id": run, "project_id": 1, "flow_id": 1, "revision_id": 1, "state": state, "mode": '["all"]', "params": "{}",
         "data_roots": "[]", "priority": 0, "bypass_cache": False, "event_seq": 1, "open_tasks": open_tasks,
         "created_at": 5, "started_at": 6, "ended_at": ended}
        for run, state, open_tasks, ended in ((FAILED, "failed", 0, 9), (GOING_ON, "running", 2, None))
    ]  # fmt: skip
    places = [(run, place, (run - 1) * len(NODES) + place + 1) for run in STATES for place in range(len(NODES))]
    yield "task", [
        {"id": id, "run_id": run, "project_id": 1, "flow_id": 1, "path": NODES[place], "task_index": "",
         "operator": "test.step@1.0.0", "params": json.dumps({"name": NODES[place]}), "engine": "local", "seed": 0,
         "use_cache": True, "reuse_only": False, "retries": 0, "retries_left": 0, "retry_delay": 0, "pool": "train",
         "cpu_milli": 1000, "gpu_milli": 0, "memory": 1 << 20, "priority": 0, "state": STATES[run][place],
         "remaining": 1 if STATES[run][place] == "waiting" else 0, "attempt": 1, "token": f"t{id}",
         "lease_until": 7 if STATES[run][place] == "running" else None, "cache_key": f"key {id}", "cache_parts": "{}",
         "created_at": 5}
        for run, place, id in places
    ]  # fmt: skip
    yield (
        "task_edge",
        [
            {"child_id": id, "port": "in0", "position": 0, "parent_id": id - 1, "output_port": "out"}
            for _, place, id in places
            if place
        ],
    )
    yield (
        "attempt",
        [
            {"task_id": id, "number": 1, "state": STATES[run][place], "worker": "w", "started_at": 6}
            for run, place, id in places
            if STATES[run][place] in ("done", "failed", "running")
        ],
    )
    made = [id for run, place, id in places if STATES[run][place] == "done"]
    yield "output", [{"task_id": id, "port": "out", "artifact_id": "made before", "rows": 3} for id in made]
    yield (
        "cache_entry",
        [{"project_id": 1, "key": f"key {id}", "task_id": id, "created_at": 6, "used_at": 6} for id in made],
    )
    yield "event", [{"run_id": run, "seq": 1, "kind": "run", "data": '{"state": "queued"}', "at": 5} for run in STATES]


def test_runs_of_the_first_version_are_recovered_and_resumed(old: Database) -> None:
    migrate.upgrade(old.engine.url.render_as_string(hide_password=False))
    engine = make_engine(old, SETTINGS)
    assert [finding.code for finding in engine.inspect()] == ["stale_lease"]
    assert engine.flow(1, "yield").document == DOCUMENT
    assert states(engine, FAILED) == dict(zip(NODES, STATES[FAILED], strict=True))
    assert engine.tasks(FAILED)[0].outputs == {"out": "made before"}

    engine.tick()  # the worker of the one that goes on did not live through the upgrade
    assert drain(engine) == ["fit", "score"]
    assert engine.run(GOING_ON).state == "done"
    assert [event.seq for event in engine.events(GOING_ON, after=0)] == list(
        range(1, 1 + engine.run(GOING_ON).event_seq)
    )

    resumed, _ = engine.resume(FAILED)
    while engine.run(resumed).state != "done":
        assert drain(engine)
    new = submit(engine, planned("load"), "another")
    assert drain(engine) == ["load"]
    assert new > resumed > GOING_ON
    assert engine.inspect() == []


def test_a_step_that_fails_leaves_everything_as_it_was(
    old: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = tmp_path / "migrations"
    shutil.copytree(migrate.MIGRATIONS, steps, ignore=shutil.ignore_patterns("__pycache__"))
    newest = max(file.stem[1:5] for file in (steps / "versions").glob("v*.py"))
    (steps / "versions" / "v9999_broken.py").write_text(
        "from alembic import op\n"
        f"revision, down_revision, branch_labels, depends_on = '9999', '{newest}', None, None\n"
        "def upgrade():\n"
        "    op.execute('CREATE TABLE half (id INTEGER)')\n"
        "    op.execute('ALTER TABLE nothing ADD COLUMN more INTEGER')\n"
    )
    monkeypatch.setattr(migrate, "MIGRATIONS", steps)
    with pytest.raises(DatabaseError, match="nothing of it was changed"):
        migrate.upgrade(old.engine.url.render_as_string(hide_password=False))
    with old.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one() == "0001"
        assert not {"half", "schedule"} & set(sa.inspect(connection).get_table_names())


def test_a_database_of_a_newer_version_is_refused(old: Database) -> None:
    with old.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(DatabaseError, match="schema 9999, made by a newer Patchbay"):
        migrate.upgrade(old.engine.url.render_as_string(hide_password=False))
