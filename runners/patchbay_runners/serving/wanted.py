"""What the platform tells the driver, and what the driver answers: one JSON line each, see `Wanted` and `Status`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class WantedVersion:
    """`id`: the platform's. `model`, `number`: for people. `artifact`: where it lies in the store."""

    id: int
    model: str
    number: int
    artifact: str


@dataclass(frozen=True, slots=True)
class WantedApp:
    """One endpoint. `path`: below the address. `digest`: of its clients' key. `cpu`, `memory` (bytes): of a replica.

    `live`: the version that answered when this was written; it stays where `version` turns out not to load.
    """

    id: int
    path: str
    digest: str
    replicas: int
    cpu: float
    memory: int
    version: WantedVersion
    live: WantedVersion | None = None

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> WantedApp:
        """The inverse of `asdict`."""
        live = raw["live"] and WantedVersion(**raw["live"])
        return cls(**{**raw, "version": WantedVersion(**raw["version"]), "live": live})


@dataclass(frozen=True, slots=True)
class Wanted:
    """Everything that is to answer. `serial`: which list this is.

    `digest`: of the platform's own key, which every endpoint takes. `artifacts`: the store. `pool`: its name;
    replicas take ``pool_<name>`` of the cluster, one for each CPU.
    """

    serial: int
    artifacts: str
    pool: str
    digest: str
    apps: tuple[WantedApp, ...]

    def to_json(self) -> dict[str, Any]:
        """For one line."""
        return asdict(self)

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Wanted:
        """The inverse of `to_json`."""
        return cls(**{**raw, "apps": tuple(WantedApp.from_json(app) for app in raw["apps"])})


@dataclass(frozen=True, slots=True)
class AppStatus:
    """What there is of an endpoint. `replicas`: that run. `version`: the id of the one that all of them answer with.

    `failure`: why it is not what is wanted, for people; None: nothing failed. `counts`: replica -> `Counts.to_json`.
    """

    replicas: int = 0
    version: int | None = None
    failure: str | None = None
    counts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Status:
    """`serial`: of the `Wanted` that was known. `url`: where the endpoints are.

    `apps`: by id, each that is wanted or that Ray Serve has.
    """

    serial: int
    url: str
    apps: Mapping[int, AppStatus]

    def to_json(self) -> dict[str, Any]:
        """For one line."""
        return asdict(self)

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Status:
        """The inverse of `to_json`."""
        return cls(raw["serial"], raw["url"], {int(id): AppStatus(**app) for id, app in raw["apps"].items()})
