"""What the doctor finds, on real databases."""

import os
import socket
import subprocess
import sys
from dataclasses import replace

import polars as pl
import pytest

from patchbay_sdk import Table
from patchbay_server import config, data_folder
from patchbay_server.services.collection import collect
from patchbay_server.services.doctor.examine import examine
from patchbay_server.services.people import projects, secrets
from patchbay_server.services.people.actor import COMMAND
from patchbay_server.services.platform import Platform, prepare
from patchbay_server.store.statement import Statement
from tests.server.services.collecting import Shop
from tests.server.worker.workshop import wait_for


@pytest.fixture
def settings(tmp_path, database_url):
    return config.load({"PATCHBAY_HOME": str(tmp_path / "home"), "DATABASE_URL": database_url})


def found(settings, subject):
    (finding,) = [finding for finding in examine(settings) if finding.subject == subject]
    return finding


def test_a_sound_platform_has_no_failure(settings):
    prepare(settings)
    findings = examine(settings, deep=True)
    assert [finding for finding in findings if finding.state == "failed"] == []
    assert {"Redis", "database", "operators", "leases", "workers", "engine", "processes", "artifacts"} <= {
        f.subject for f in findings
    }


def test_nothing_has_run_yet(tmp_path):
    settings = config.load({"PATCHBAY_HOME": str(tmp_path / "home")})
    assert found(settings, "database").state == "warning"
    assert not (tmp_path / "home").exists()


def test_a_worker_whose_process_is_gone(settings):
    with Platform.open(settings) as platform:
        platform.engine.worker_seen("w1", "train", socket.gethostname(), 2**22 + 1)
        platform.engine.worker_seen("w2", "train", "another-host", 1)
    assert "process 4194305 is gone" in found(settings, "worker w1").message
    assert found(settings, "worker w2").state == "ok"


def test_keys_of_secrets_that_are_lost(settings):
    prepare(settings)
    assert found(settings, "secrets").message == "none yet"
    with Platform.open(settings) as platform:
        project_id = projects.find(platform, COMMAND, "default").id
        secrets.create(platform, COMMAND, project_id, name="db", value="hunter2-hunter2")
    assert found(settings, "secrets").state == "ok"
    settings.secret_keys.write_text("A" * 43 + "=\n")
    assert "1 of 1 need a key that" in found(settings, "secrets").message
    settings.secret_keys.unlink()
    missing = found(settings, "secrets")
    assert (missing.state, "restore it from a backup" in missing.message) == ("failed", True)


def test_services_that_do_not_answer(settings):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    redis = found(replace(settings, redis_url=f"redis://127.0.0.1:{port}/0"), "Redis")
    assert (redis.state, "REDIS_URL" in redis.message) == ("failed", True)
    away = replace(settings, database_url=f"postgresql://user:secret@127.0.0.1:{port}/none")
    database = found(away, "database")
    assert (database.state, "DATABASE_URL" in database.message, "secret" in database.message) == ("failed", True, False)


@pytest.mark.parametrize("url", ["nonsense:secret", "postgresql://u:sec/ret@h", "postgresql//user:secret@host"])
def test_urls_that_are_none_are_not_shown(settings, url):
    database = found(replace(settings, database_url=url), "database")
    redis = found(replace(settings, redis_url=url.replace("postgresql", "redis")), "Redis")
    for finding in (database, redis):
        assert finding.state == "failed" and "_URL" in finding.message
        assert "sec" not in finding.message and "ret@" not in finding.message


def test_a_database_of_another_version_is_named(tmp_path):
    settings = config.load({"PATCHBAY_HOME": str(tmp_path)})
    (tmp_path / "patchbay.db").touch()
    database = found(settings, "database")
    assert (database.state, "`patchbay up` upgrades it" in database.message) == ("failed", True)


def test_a_database_of_a_newer_patchbay_is_named(settings):
    prepare(settings)
    with Platform.open(settings) as platform:
        platform.database.transact(lambda t: t.core.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'"))
    database = found(settings, "database")
    assert (database.state, "made by a newer Patchbay" in database.message) == ("failed", True)


def test_a_platform_that_runs_other_code_than_is_installed(settings):
    prepare(settings)
    old = data_folder.Running(os.getpid(), None, "", settings.database_url, *[""] * 5, "0.0.1")
    with data_folder.held(settings.data_dir):
        data_folder.write_state(settings.data_dir, old)
        platform = found(settings, "platform")
    assert (platform.state, "runs version 0.0.1" in platform.message) == ("failed", True)
    assert platform.message.endswith("restart it")


@pytest.fixture
def shop(settings):
    prepare(settings)
    with Platform.open(settings) as platform:
        yield Shop(platform)


def broken(settings, **options):
    return [f for f in examine(settings, **options) if f.subject.startswith("artifact ") and f.state == "failed"]


def test_a_flipped_bit_is_found_by_its_hash_repaired_and_made_again(settings, shop):
    id = shop.run("value")
    blob = shop.store.open(id)["text.txt"]
    blob.chmod(0o644)
    blob.write_text("walue")
    shop.age_files()  # it lies there for long: nobody writes what the store seems to hold
    assert broken(settings) == []
    (finding,) = broken(settings, deep=True)
    assert finding.subject == f"artifact {id[:12]}"
    assert (
        "was changed" in finding.message and "made by a of run 1. `patchbay doctor --deep --repair`" in finding.message
    )
    assert blob.exists()
    (finding,) = broken(settings, deep=True, repair=True)
    assert "the next run makes it again" in finding.message and not blob.exists()
    assert shop.epoch() % 2 == 0
    assert shop.run("value") == id
    assert shop.store.load(id) == "value"
    assert broken(settings, deep=True) == []


@pytest.mark.parametrize("what", ["blob", "manifest", "cut short"])
def test_a_file_that_is_missing_is_found(settings, shop, what):
    id = shop.run("value")
    path = shop.store.manifest_file(id) if what == "manifest" else shop.store.open(id)["text.txt"]
    path.chmod(0o644)
    path.write_text("val") if what == "cut short" else path.unlink()
    (finding,) = broken(settings)
    assert "made by a of run 1" in finding.message
    broken(settings, repair=True)
    assert shop.open(shop.claim(), "value").outcome == "run"


def test_a_step_that_only_a_table_names_is_looked_at(settings, shop):
    step = shop.store.save("a step", "text", "t")
    shop.run(Table(pl.DataFrame({"x": [1]})), port_type="table", lineage=(step,))
    shop.store.manifest_file(step).unlink()
    (finding,) = broken(settings)
    assert finding.subject == f"artifact {step[:12]}"


def test_what_was_collected_is_not_missing(settings, shop):
    shop.run("old")
    shop.run("newest")
    shop.age(1, 2)
    assert len(collect(shop.platform, COMMAND, keep_days=30).artifacts) == 1
    assert broken(settings, deep=True) == []


def test_a_stale_lease_is_a_failure_when_nobody_takes_care_of_it(settings, shop):
    claim = shop.claim()
    expire = Statement("UPDATE task SET lease_until = $now - :seconds WHERE id = :id")
    for seconds, state, advice in (
        (5, "warning", "the reconciler of `patchbay up`"),
        (500, "failed", "logs/reconciler"),
    ):
        shop.engine.database.transact(lambda t, s=seconds: t.run(expire, {"id": claim.task.id, "seconds": s}))
        leases = found(settings, "leases")
        assert (leases.state, "the worker of a in run 1 is silent" in leases.message) == (state, True)
        assert advice in leases.message


def test_counts_that_do_not_agree_are_told(settings, shop):
    shop.claim()
    shop.engine.database.transact(lambda t: t.core.exec_driver_sql("UPDATE run SET open_tasks = 7"))
    engine = found(settings, "engine")
    assert (engine.state, "counts 7 open tasks; there are 1." in engine.message) == ("failed", True)


LINUX = pytest.mark.skipif(sys.platform != "linux", reason="found in /proc")


@pytest.fixture
def start():
    """Start a process that sleeps; ended by the fixture."""
    started = []

    def begin(*arguments, **options):
        command = [sys.executable, "-c", "import time; time.sleep(600)", *arguments]
        started.append(subprocess.Popen(command, **options))
        return started[-1]

    yield begin
    for process in started:
        process.kill()
        process.wait()


@LINUX
def test_a_task_whose_worker_is_gone_is_an_orphan(settings, shop, start):
    folder = settings.data_dir / "tmp" / "a-worker"
    folder.mkdir(parents=True)
    orphan = start(cwd=folder)
    wait_for(lambda: f"process {orphan.pid}" in {f.subject for f in examine(settings)})
    finding = found(settings, f"process {orphan.pid}")
    assert (finding.state, finding.message.endswith(f"end it with `kill {orphan.pid}`")) == ("failed", True)
    orphan.kill()
    orphan.wait()
    assert found(settings, "processes").state == "ok"


@LINUX
def test_a_process_of_the_platform_is_an_orphan_unless_it_is_registered(settings, shop, start, tmp_path):
    ours = os.environ | {"PATCHBAY_HOME": str(settings.data_dir)}
    orphan = start("patchbay_server.cli", "reconciler", env=ours)
    worker = start("patchbay_server.cli", "worker", "--pool", "train", env=ours)
    another = start("patchbay_server.cli", "worker", env=os.environ | {"PATCHBAY_HOME": str(tmp_path)})
    shop.engine.worker_seen("w", "train", socket.gethostname(), worker.pid)
    wait_for(lambda: f"process {orphan.pid}" in {f.subject for f in examine(settings)})
    subjects = {finding.subject for finding in examine(settings)}
    assert not {f"process {worker.pid}", f"process {another.pid}", "processes"} & subjects


@LINUX
def test_an_engine_that_outlives_its_platform_is_an_orphan(settings, start, tmp_path):
    keeper = "patchbay_runners.engines.keeper"
    orphan = start(keeper, "spark", str(settings.data_dir / "engines" / "spark"))
    another = start(keeper, "spark", str(tmp_path / "other" / "engines" / "spark"))
    wait_for(lambda: f"process {orphan.pid}" in {f.subject for f in examine(settings)})
    assert f"process {another.pid}" not in {finding.subject for finding in examine(settings)}
    with data_folder.held(settings.data_dir):
        there = data_folder.Running(os.getpid(), None, "", settings.database_url, *[""] * 5, "0.0.1")
        data_folder.write_state(settings.data_dir, there)
        assert f"process {orphan.pid}" not in {finding.subject for finding in examine(settings)}
