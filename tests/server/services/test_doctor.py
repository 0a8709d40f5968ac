"""What the doctor finds, on real databases."""

import socket
from dataclasses import replace

import pytest

from patchbay_server import config
from patchbay_server.services.doctor import examine
from patchbay_server.services.people import projects, secrets
from patchbay_server.services.people.actor import COMMAND
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
