"""Settings: defaults, clear errors, complete documentation, one reader of the environment."""

import re
from pathlib import Path

import pytest

from patchbay_server import config

REPOSITORY = Path(__file__).resolve().parents[2]
SERVER = REPOSITORY / "server" / "patchbay_server"


def variables_read() -> set[str]:
    source = "".join((SERVER / file).read_text() for file in ("config.py", "outbound_values.py"))
    names = set(re.findall(r'"((?:PATCHBAY_|DATABASE_|REDIS_|SPARK_|RAY_)[A-Z_]+)"', source))
    return names | {f"PATCHBAY_POOL_{pool.upper()}" for pool in config.POOLS}


def variables_documented() -> set[str]:
    return set(re.findall(r"^\| `([A-Z_]+)` \|", (REPOSITORY / "docs" / "configuration.md").read_text(), re.MULTILINE))


def test_every_variable_is_documented_and_no_other():
    assert variables_documented() == variables_read()


def test_only_config_reads_the_environment():
    others = [path for path in SERVER.rglob("*.py") if path.name != "config.py"]
    readers = [path for path in others if re.search(r"\bos\.(environ|getenv)|from os import", path.read_text())]
    assert readers == []


def test_defaults_lie_in_the_data_folder(tmp_path):
    settings = config.load({"PATCHBAY_HOME": str(tmp_path)})
    assert settings.database_url == f"sqlite:///{tmp_path}/patchbay.db"
    assert settings.artifacts == str(tmp_path / "artifacts")
    assert settings.redis_url is None
    assert settings.host == "127.0.0.1"
    assert settings.beat == pytest.approx(10)
    assert set(settings.pools) == {"train", "test", "inference"}


def test_a_pool_is_set_in_parts(tmp_path):
    settings = config.load({"PATCHBAY_HOME": str(tmp_path), "PATCHBAY_POOL_TRAIN": "workers=3 memory=2Gi gpu=1"})
    pool = settings.pool("train")
    assert (pool.workers, pool.memory, pool.gpu) == (3, 2 << 30, 1.0)
    assert pool.cpu == settings.pool("test").cpu


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("PATCHBAY_PORT", "http", "PATCHBAY_PORT='http': a number from 0 to 65535 is needed."),
        ("PATCHBAY_PORT", "70000", "PATCHBAY_PORT='70000'"),
        ("PATCHBAY_LEASE", "-1", "PATCHBAY_LEASE='-1': a number of at least 0.1"),
        ("PATCHBAY_BEAT", "20", "PATCHBAY_BEAT (20 s) must be at most half of PATCHBAY_LEASE (30 s)."),
        ("PATCHBAY_LOG_LEVEL", "loud", "allowed are debug, info, warning, error"),
        ("PATCHBAY_POOL_TEST", "cores=2", "PATCHBAY_POOL_TEST: 'cores=2' is not understood"),
        ("PATCHBAY_KEEP_DAYS", "0", "PATCHBAY_KEEP_DAYS='0': a number of at least 1 is needed"),
        ("PATCHBAY_POOL_TEST", "cpu=-1", "PATCHBAY_POOL_TEST: 'cpu=-1' is not understood"),
        ("PATCHBAY_POOL_TEST", "cpu=nan", "PATCHBAY_POOL_TEST: 'cpu=nan' is not understood"),
        ("PATCHBAY_POOL_TEST", "memory=2G", "PATCHBAY_POOL_TEST: 'memory=2G' is not understood"),
    ],
)
def test_a_bad_value_is_named(variable, value, message, tmp_path):
    with pytest.raises(config.ConfigError) as caught:
        config.load({"PATCHBAY_HOME": str(tmp_path), variable: value})
    assert message in caught.value.message


def test_plugins_see_no_secret(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    assert "secret" not in " ".join(config.plugin_environment().values())


OIDC = {
    "PATCHBAY_OIDC_ISSUER": "https://id.example/realm",
    "PATCHBAY_OIDC_CLIENT_ID": "patchbay",
    "PATCHBAY_OIDC_CLIENT_SECRET_FILE": "/secret",
    "PATCHBAY_URL": "https://patchbay.example/",
}


def test_an_identity_provider():
    found = config.load(OIDC).oidc
    assert found == config.Oidc(
        "https://id.example/realm",
        "patchbay",
        Path("/secret"),
        "https://patchbay.example",
        "OpenID Connect",
        "preferred_username",
        True,
    )
    assert config.load({}).oidc is None
    assert config.load({**OIDC, "PATCHBAY_OIDC_SIGNUP": "off"}).oidc.signup is False


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"PATCHBAY_URL": ""}, "PATCHBAY_URL must be set"),
        ({"PATCHBAY_OIDC_CLIENT_ID": "", "PATCHBAY_URL": ""}, "CLIENT_ID and PATCHBAY_URL"),
        ({"PATCHBAY_URL": "http://patchbay.example"}, "https is needed"),
        ({"PATCHBAY_OIDC_ISSUER": "http://id.example"}, "https is needed"),
        ({"PATCHBAY_OIDC_ISSUER": "http://localhost.evil.example"}, "https is needed"),
        ({"PATCHBAY_OIDC_ISSUER": "https://user@id.example"}, "is needed"),
        ({"PATCHBAY_OIDC_ISSUER": "https://id.example?x=y"}, "is needed"),
        ({"PATCHBAY_OIDC_ISSUER": "https://["}, "is no URL"),
        ({"PATCHBAY_OIDC_SIGNUP": "maybe"}, "on, off"),
    ],
)
def test_an_identity_provider_that_cannot_be_used(changes, message):
    with pytest.raises(config.ConfigError, match=message):
        config.load({**OIDC, **changes})
