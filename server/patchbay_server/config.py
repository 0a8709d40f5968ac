"""All settings. The only module that reads the environment; `docs/configuration.md` lists every variable."""

from __future__ import annotations

import importlib.metadata
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from patchbay_server.errors import ServerError
from patchbay_server.outbound_values import Allowed, Smtp, read_allowed, read_smtp
from patchbay_server.pool_values import POOLS, Pool, pool_of, read_file, read_parts

T = TypeVar("T")

INDEX = "index.json"
POOLS_FILE = "pools.toml"
DEFAULT_PORT = 8420
OIDC_NEEDS = ("PATCHBAY_OIDC_CLIENT_ID", "PATCHBAY_OIDC_CLIENT_SECRET_FILE", "PATCHBAY_URL")
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class ConfigError(ServerError):
    """A setting has a value that cannot be used; the message names the variable and what it takes."""

    code = "config_invalid"


@dataclass(frozen=True, slots=True)
class Engines:
    """Spark and Ray: where they are, or how this machine runs its own."""

    idle: float
    """Seconds without a task after which an engine that this machine has started is ended."""
    spark_memory: int
    """Bytes of this machine's own Spark server."""
    spark_remote: str | None
    spark_master: str | None
    """The cluster whose work this machine's own server gives out; None: it does the work itself."""
    ray_address: str | None


@dataclass(frozen=True, slots=True)
class Oidc:
    """An OpenID Connect provider and how this platform is known there."""

    issuer: str
    client_id: str
    client_secret_file: Path
    url: str
    """Where people reach this platform, without a slash at the end."""
    name: str
    """What the button says."""
    claim: str
    """The claim that gives a new user's name for signing in."""
    signup: bool
    """Whether somebody unknown becomes a user, of no project, by signing in."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set from outside, with its defaults filled in. Made by `load`."""

    data_dir: Path
    database_url: str
    redis_url: str | None
    """None: `patchbay up` starts its own Redis."""
    artifacts: str
    operators: Path
    """Folder of the published operators, which all hosts share."""
    secret_keys: Path
    """File of the keys that encrypt secrets, which all hosts share."""
    projects: Path
    """Folder of the projects' files, uploads and datasets, which all hosts share."""
    attempt_logs: Path
    """Folder of the logs of tasks, which all hosts share."""
    host: str
    port: int | None
    """None: DEFAULT_PORT if it is free, else any free port."""
    serving_host: str
    """Where the endpoints of deployed models listen."""
    serving_port: int | None
    """None: 8421 if it is free, else any free port."""
    proxies: int
    """How many reverse proxies stand before the web process and say who asked (X-Forwarded-*)."""
    data_roots: tuple[Path, ...]
    """Folders that source and export operators may touch, besides those of the run itself."""
    pools_file: Path | None
    """The file that declares the pools; None: there is none."""
    pools: Mapping[str, Pool]
    engines: Engines
    lease: float
    """Seconds until a task whose worker is silent is given to another."""
    beat: float
    """Seconds between two renewals of a lease."""
    grace: float
    """Seconds between SIGTERM and SIGKILL for a task that must end."""
    checkpoint_grace: float
    """Seconds that a task has to write a checkpoint before it gives its place to another."""
    min_run: float
    """Seconds that a task may run before it is asked to."""
    tick: float
    """Seconds between two rounds of the reconciler."""
    keep_days: float | None
    """Days for which what runs have made stays, when nothing refers to it; None: for ever."""
    log_level: str
    max_upload: int
    """Bytes that an uploaded file may have."""
    catalogue_folder: Path | None
    """A folder that holds files of the catalogue of public datasets; None: they come from the net."""
    oidc: Oidc | None
    """An OpenID Connect provider with which people sign in; None: by password only."""
    url: str | None
    """Where people reach this platform, without a slash at the end; None: nobody has said."""
    smtp: Smtp | None
    """The server that takes mails; None: notifications go to webhooks only."""
    webhook_allow: Allowed
    """Private hosts and networks that webhooks may reach; others must be public."""

    @property
    def published(self) -> Path:
        """The index of the published operators."""
        return self.operators / INDEX

    def pool(self, name: str) -> Pool:
        return self.pools[name]

    def with_redis(self, url: str) -> Settings:
        return replace(self, redis_url=url)


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of an environment (default: this process's).

    Raises:
        ConfigError: it names the variable, its value and what is allowed.
    """
    env = os.environ if environ is None else environ
    data_dir = _data_dir(env)
    pools_file = _pools_file(env, data_dir)
    lease = _number(env, "PATCHBAY_LEASE", 30.0, least=0.1)
    beat = _number(env, "PATCHBAY_BEAT", lease / 3, least=0.01)
    if beat * 2 > lease:
        raise ConfigError(f"PATCHBAY_BEAT ({beat:g} s) must be at most half of PATCHBAY_LEASE ({lease:g} s).")
    return Settings(
        data_dir=data_dir,
        database_url=env.get("DATABASE_URL") or f"sqlite:///{data_dir / 'patchbay.db'}",
        redis_url=env.get("REDIS_URL") or None,
        artifacts=env.get("PATCHBAY_ARTIFACTS") or str(data_dir / "artifacts"),
        operators=_folder(env, "PATCHBAY_OPERATORS") or data_dir / "operators",
        secret_keys=_folder(env, "PATCHBAY_SECRET_KEYS") or data_dir / "secret-keys",
        projects=_folder(env, "PATCHBAY_PROJECTS") or data_dir / "projects",
        attempt_logs=_folder(env, "PATCHBAY_ATTEMPT_LOGS") or data_dir / "logs" / "attempts",
        host=env.get("PATCHBAY_HOST") or "127.0.0.1",
        port=_port(env, "PATCHBAY_PORT"),
        serving_host=env.get("PATCHBAY_SERVING_HOST") or "127.0.0.1",
        serving_port=_port(env, "PATCHBAY_SERVING_PORT"),
        proxies=int(_number(env, "PATCHBAY_PROXIES", 0, least=0, most=10)),
        data_roots=tuple(
            Path(part).expanduser().resolve() for part in env.get("PATCHBAY_DATA_ROOTS", "").split(os.pathsep) if part
        ),
        pools_file=pools_file,
        pools=_pools(env, pools_file),
        engines=_engines(env),
        lease=lease,
        beat=beat,
        grace=_number(env, "PATCHBAY_GRACE", 10.0, least=0),
        checkpoint_grace=_number(env, "PATCHBAY_CHECKPOINT_GRACE", 60.0, least=0),
        min_run=_number(env, "PATCHBAY_MIN_RUN", 600.0, least=0),
        tick=_number(env, "PATCHBAY_TICK", 1.0, least=0.01),
        keep_days=_number(env, "PATCHBAY_KEEP_DAYS", 0, least=1) if env.get("PATCHBAY_KEEP_DAYS") else None,
        log_level=_choice(env, "PATCHBAY_LOG_LEVEL", "info", ("debug", "info", "warning", "error")),
        max_upload=_bytes(env, "PATCHBAY_MAX_UPLOAD", "20Gi"),
        catalogue_folder=_folder(env, "PATCHBAY_CATALOGUE_FOLDER"),
        oidc=_oidc(env),
        url=_url(env),
        smtp=_outbound(read_smtp, env),
        webhook_allow=_outbound(read_allowed, env),
    )


def patchbay_version() -> str:
    """The version that is installed."""
    return importlib.metadata.version("patchbay")


def child_environment(settings: Settings) -> dict[str, str]:
    """The environment for a process of the platform: this process's, with the settings that were found at start."""
    return {
        **os.environ,
        "PATCHBAY_HOME": str(settings.data_dir),
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url or "",
        "PATCHBAY_CATALOGUE_FOLDER": str(settings.catalogue_folder or ""),
        "PATCHBAY_POOLS": str(settings.pools_file or ""),
        "PYTHONUNBUFFERED": "1",
    }


def plugin_environment() -> dict[str, str]:
    """The environment for code that is not ours: no database, no keys, only what Python needs to start."""
    keep = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "PYTHONPATH", "VIRTUAL_ENV")
    return {name: os.environ[name] for name in keep if name in os.environ}


def ray_environment() -> dict[str, str]:
    """How to reach a Ray cluster, and what Ray is told, where somebody has set it."""
    return {name: value for name, value in os.environ.items() if name.startswith("RAY_")}


def pip_environment() -> dict[str, str]:
    """The environment for pip: this machine's configuration of package indexes and proxies, and no secret of ours."""
    keep = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR")
    prefixes = ("PIP_", "XDG_")
    proxies = ("http_proxy", "https_proxy", "no_proxy", "all_proxy")
    return {
        name: value
        for name, value in os.environ.items()
        if name in keep or name.startswith(prefixes) or name.lower() in proxies
    }


def _data_dir(env: Mapping[str, str]) -> Path:
    if env.get("PATCHBAY_HOME"):
        return Path(env["PATCHBAY_HOME"]).expanduser().resolve()
    import platformdirs

    return platformdirs.user_data_path("patchbay", appauthor=False)


def _pools(env: Mapping[str, str], file: Path | None) -> dict[str, Pool]:
    """What the file declares, and over it e.g. ``PATCHBAY_POOL_TRAIN="workers=2 cpu=4 gpu=0 memory=8Gi"``."""
    variables = {name: f"PATCHBAY_POOL_{name.upper()}" for name in POOLS}
    try:
        declared = read_file(file) if file else {}
        over = {name: read_parts(variable, env.get(variable, "")) for name, variable in variables.items()}
        return {name: pool_of(name, declared.get(name, {}) | over[name], *_machine()) for name in POOLS}
    except ValueError as error:
        raise ConfigError(str(error)) from None


def _pools_file(env: Mapping[str, str], data_dir: Path) -> Path | None:
    if env.get("PATCHBAY_POOLS"):
        return Path(env["PATCHBAY_POOLS"]).expanduser().resolve()
    default = data_dir / POOLS_FILE
    return default if default.is_file() else None


def _engines(env: Mapping[str, str]) -> Engines:
    return Engines(
        idle=_number(env, "PATCHBAY_ENGINE_IDLE", 600.0, least=0),
        spark_memory=_bytes(env, "PATCHBAY_SPARK_MEMORY", "2Gi"),
        spark_remote=env.get("SPARK_REMOTE") or None,
        spark_master=env.get("SPARK_MASTER") or None,
        ray_address=env.get("RAY_ADDRESS") or None,
    )


def _oidc(env: Mapping[str, str]) -> Oidc | None:
    issuer = env.get("PATCHBAY_OIDC_ISSUER")
    if not issuer:
        return None
    missing = [name for name in OIDC_NEEDS if not env.get(name)]
    if missing:
        raise ConfigError(f"PATCHBAY_OIDC_ISSUER is set, so {' and '.join(missing)} must be set too.")
    for variable in ("PATCHBAY_OIDC_ISSUER", "PATCHBAY_URL"):
        check_url(variable, env[variable])
    client_id, secret_file, url = (env[name] for name in OIDC_NEEDS)
    return Oidc(
        issuer=issuer,
        client_id=client_id,
        client_secret_file=Path(secret_file).expanduser().resolve(),
        url=url.rstrip("/"),
        name=env.get("PATCHBAY_OIDC_NAME") or "OpenID Connect",
        claim=env.get("PATCHBAY_OIDC_CLAIM") or "preferred_username",
        signup=_choice(env, "PATCHBAY_OIDC_SIGNUP", "on", ("on", "off")) == "on",
    )


def _url(env: Mapping[str, str]) -> str | None:
    url = env.get("PATCHBAY_URL")
    if url and not url.startswith(("https://", "http://")):
        raise ConfigError(f"PATCHBAY_URL={url!r}: https://HOST is needed.", variable="PATCHBAY_URL")
    return url.rstrip("/") if url else None


def _outbound(read: Callable[[Mapping[str, str]], T], env: Mapping[str, str]) -> T:
    try:
        return read(env)
    except ValueError as error:
        raise ConfigError(str(error)) from None


def check_url(variable: str, url: str, *, query: bool = False) -> None:
    """Https, or http on this machine only: what passes there is as good as a password. Raises ConfigError."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        raise ConfigError(f"{variable}={url!r} is no URL.", variable=variable) from None
    if parts.username or parts.fragment or not host or (parts.query and not query):
        raise ConfigError(f"{variable}={url!r}: https://HOST with or without a path is needed.", variable=variable)
    if parts.scheme != "https" and not (parts.scheme == "http" and host in LOOPBACK):
        raise ConfigError(f"{variable}={url!r}: https is needed, except on 127.0.0.1 and localhost.", variable=variable)


def _machine() -> tuple[int, int]:
    """CPUs that this process may use, and bytes of memory of this machine."""
    cpus = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return cpus, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _number(env: Mapping[str, str], name: str, default: float, *, least: float, most: float = float("inf")) -> float:
    text = env.get(name)
    if not text:
        return default
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not least <= value <= most:
        limits = f"from {least:g} to {most:g}" if most < float("inf") else f"of at least {least:g}"
        raise ConfigError(f"{name}={text!r}: a number {limits} is needed.", variable=name)
    return value


def _port(env: Mapping[str, str], name: str) -> int | None:
    return int(_number(env, name, 0, least=0, most=65535)) if env.get(name) else None


def _bytes(env: Mapping[str, str], name: str, default: str) -> int:
    from patchbay_sdk.spec import parse_memory

    text = env.get(name) or default
    try:
        value = parse_memory(text)
        if value > 0:
            return value
    except (KeyError, ValueError, OverflowError):
        pass
    raise ConfigError(f"{name}={text!r}: a size such as 512Mi or 20Gi is needed.", variable=name)


def _folder(env: Mapping[str, str], name: str) -> Path | None:
    text = env.get(name)
    return Path(text).expanduser().resolve() if text else None


def _choice(env: Mapping[str, str], name: str, default: str, allowed: tuple[str, ...]) -> str:
    value = env.get(name) or default
    if value not in allowed:
        raise ConfigError(f"{name}={value!r}: allowed are {', '.join(allowed)}.", variable=name)
    return value


def wants_traceback() -> bool:
    """Whether an unexpected error is to be shown with its trace, even when the other settings cannot be read."""
    return os.environ.get("PATCHBAY_LOG_LEVEL") == "debug"
