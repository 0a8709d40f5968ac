"""What the doctor finds, on real databases."""

import socket
from dataclasses import replace

import pytest

from patchbay_server import config
from patchbay_server.services.doctor import examine
from patchbay_server.services.platform import Platform, prepare


@pytest.fixture
def settings(tmp_path, database_url):
    return config.load({"PATCHBAY_HOME": str(tmp_path / "home"), "DATABASE_URL": database_url})


def found(settings, subject):
    (finding,) = [finding for finding in examine(settings) if finding.subject == subject]
    return finding


def test_a_sound_platform_has_no_failure(settings):
    prepare(settings)
    findings = examine(settings, verify=True)
    assert [finding for finding in findings if finding.state == "failed"] == []
    assert {"Redis", "database", "operators", "leases", "workers", "artifacts"} <= {f.subject for f in findings}


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


def test_services_that_do_not_answer(settings):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    redis = found(replace(settings, redis_url=f"redis://127.0.0.1:{port}/0"), "Redis")
    assert (redis.state, "REDIS_URL" in redis.message) == ("failed", True)
    away = replace(settings, database_url=f"postgresql://user:secret@127.0.0.1:{port}/none")
    database = found(away, "database")
    assert (database.state, "DATABASE_URL" in database.message, "secret" in database.message) == ("failed", True, False)


def test_a_database_of_another_version_is_named(tmp_path):
    settings = config.load({"PATCHBAY_HOME": str(tmp_path)})
    (tmp_path / "patchbay.db").touch()
    database = found(settings, "database")
    assert (database.state, "`patchbay up` upgrades it" in database.message) == ("failed", True)
