"""The API on a real database, without workers, as whoever a test wants to be."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from flask.testing import FlaskClient

from patchbay_server import config
from patchbay_server.api.platform import EXTENSION
from patchbay_server.app import create_app
from patchbay_server.config import Settings
from patchbay_server.plugin_host import PluginHost
from patchbay_server.services.people import members, projects, tokens, users
from patchbay_server.services.people.actor import COMMAND
from patchbay_server.services.people.rights import Role
from patchbay_server.services.platform import Platform, prepare

if TYPE_CHECKING:
    from tests.server.api.inhabited import Inhabited

API = "/api/v1"
HERE = f"{API}/projects/default"
"""Everything of the project in which most tests work."""


@pytest.fixture(scope="session")
def fresh_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a platform that was just made; to be copied."""
    home = tmp_path_factory.mktemp("fresh") / "home"
    prepare(_settings(home))
    return home


def _settings(home: Path) -> Settings:
    return config.load({"PATCHBAY_HOME": str(home), "PATCHBAY_POOL_TRAIN": "cpu=2 memory=8Gi"})


@pytest.fixture
def platform(fresh_home: Path, tmp_path: Path, plugin_host: PluginHost) -> Iterator[Platform]:
    shutil.copytree(fresh_home, tmp_path / "home")
    settings = _settings(tmp_path / "home")
    with Platform.open(settings) as platform:
        yield replace(platform, plugin_host=plugin_host)


@pytest.fixture(scope="session")
def any_app() -> Iterator[Flask]:
    """The application, made once: it takes 0.2 s, and knows of its platform only what `serving` changes."""
    with Platform.open(config.load({"PATCHBAY_HOME": "/nowhere"})) as platform:
        yield create_app(platform)


def serving(app: Flask, platform: Platform) -> Flask:
    """An application, from now on that of this platform; what a test adds to one needs an application of its own."""
    app.extensions[EXTENSION] = platform
    return app


@pytest.fixture
def app(any_app: Flask, platform: Platform) -> Flask:
    return serving(any_app, platform)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Inhabited:
    """A platform with one of everything, to be copied."""
    from tests.server.api.inhabited import inhabit

    return inhabit(tmp_path_factory.mktemp("template"))


@pytest.fixture
def there(template: Inhabited, tmp_path: Path) -> Inhabited:
    """A platform with one of everything of one's own."""
    return template.copied(tmp_path / "home")


@dataclass(frozen=True)
class People:
    """Makes users with a token each, and clients that act as them."""

    app: Flask
    platform: Platform

    def client(self, name: str, *, admin: bool = False, roles: dict[str, Role] | None = None) -> FlaskClient:
        """A client of a new user. `roles`: project -> role."""
        user, _ = users.create(self.platform, COMMAND, name=name, is_admin=admin)
        for project, role in (roles or {}).items():
            project_id = projects.find(self.platform, COMMAND, project).id
            members.add(self.platform, COMMAND, project_id, name=name, role=role)
        _, key = tokens.create(self.platform, COMMAND, user.id, name="test")
        return self.with_token(key)

    def with_token(self, key: str | None) -> FlaskClient:
        """A client with this token, or with none."""
        client = self.app.test_client()
        if key:
            client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {key}"
        return client


@pytest.fixture
def people(app: Flask, platform: Platform) -> People:
    return People(app, platform)


@pytest.fixture
def client(people: People) -> FlaskClient:
    """An admin of the platform."""
    return people.client("the-admin", admin=True)


@pytest.fixture
def as_role(people: People) -> Callable[[Role], FlaskClient]:
    """A client of a member of the project `default` with a role."""
    return lambda role: people.client(f"the-{role}", roles={"default": role})


def error_of(response, status: int) -> dict:
    """The one error payload, of a response with this status."""
    assert response.status_code == status, (response.status_code, response.json)
    assert set(response.json) == {"error"}
    assert set(response.json["error"]) == {"code", "message", "details"}
    return response.json["error"]
