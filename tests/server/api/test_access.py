"""Every route as every role, as an admin of another project, as a user without any, and as nobody.

`rights.txt` is the table, written down apart from the code: one line per route, a column per kind of person.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from patchbay_server import config
from patchbay_server.app import create_app
from patchbay_server.services.people import projects
from patchbay_server.services.people.actor import COMMAND
from patchbay_server.services.people.rights import ROLES
from patchbay_server.services.platform import Platform, prepare
from tests.server.api.conftest import People
from tests.server.api.inhabited import Inhabited

TABLE = Path(__file__).with_name("rights.txt")
PEOPLE = ("platform-admin", *ROLES, "other-project", "no-project", "nobody")


def table() -> dict[str, dict[str, str]]:
    """Route -> person -> ``yes``, ``no`` (refused), ``-`` (the project does not exist for them), ``401``."""
    header, *lines = [line for line in TABLE.read_text().splitlines() if line and not line.startswith("#")]
    assert tuple(header.split("|")[1].split()) == PEOPLE
    rows = [(line[: line.index("|")].strip(), line[line.index("|") + 1 :].split()) for line in lines]
    return {route: dict(zip(PEOPLE, cells, strict=True)) for route, cells in rows}


def routes(app: Flask) -> dict[str, tuple[str, str]]:
    """Name of each route -> its method, and a path of it to things that are not there."""
    found = {}
    for rule in app.url_map.iter_rules():
        if rule.endpoint in ("page", "asset"):  # files, the same for everybody: test_pages.py
            continue
        shown = re.sub(r"<(?:[^:>]*:)?([^>]*)>", r"{\1}", str(rule))
        path = str(rule).replace("<project_name>", "default")
        path = re.sub(r"<(id|int)[^>]*>", "987654", path)
        path = re.sub(r"<[^>]+>", "not-there", path)
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            found[f"{method} {shown}"] = (method, path)
    return found


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Any:
    settings = config.load({"PATCHBAY_HOME": str(tmp_path_factory.mktemp("home"))})
    prepare(settings)
    with Platform.open(settings) as platform:
        projects.create(platform, COMMAND, name="other")
        people = People(create_app(platform), platform)
        made = {"platform-admin": people.client("root", admin=True), "nobody": people.with_token(None)}
        made |= {role: people.client(f"the-{role}", roles={"default": role}) for role in ROLES}
        made |= {"other-project": people.client("stranger", roles={"other": "admin"})}
        made |= {"no-project": people.client("outsider")}
        yield made


def outcome(client: Any, method: str, path: str) -> str:
    with client.open(path, method=method, json={} if method != "GET" else None) as answer:
        if answer.status_code == 401:
            return "401"
        if answer.status_code == 403:
            return "no"
        message = answer.json["error"]["message"] if answer.is_json and "error" in answer.json else ""
        return "-" if "There is no project 'default'" in message else "yes"


@pytest.fixture(scope="module")
def all_routes(clients: Any) -> dict[str, tuple[str, str]]:
    return routes(clients["nobody"].application)


def test_the_table_has_every_route_and_no_other(all_routes: Any) -> None:
    assert sorted(table()) == sorted(all_routes)


@pytest.mark.parametrize("route", sorted(table()))
def test_route(route: str, clients: Any, all_routes: Any) -> None:
    method, path = all_routes[route]
    assert {person: outcome(clients[person], method, path) for person in PEOPLE} == table()[route]


@pytest.fixture(scope="module")
def neighbours(template: Inhabited, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A platform with one of everything in `default`, and a client of the admin of the project next door."""
    there = template.copied(tmp_path_factory.mktemp("neighbours") / "home")
    with Platform.open(there.settings) as platform:
        projects.create(platform, COMMAND, name="other")
        people = People(create_app(platform), platform)
        yield there, people.with_token(there.token), people.client("stranger", roles={"other": "admin"})


READS_OF_THINGS = sorted(
    route.removeprefix("GET ")
    for route in table()
    if route.startswith("GET /api/v1/projects/{project_name}/") and route.count("{") > 1
)


@pytest.mark.parametrize("path", READS_OF_THINGS)
def test_the_things_of_one_project_are_not_in_another(path: str, neighbours: Any) -> None:
    there, admin, stranger = neighbours
    if "dataset-catalogue" in path:  # what could be loaded is the same everywhere
        return
    own = path.format_map(there.names(path) | {"name": there.names(path).get("name", "data.arrow")})
    with admin.get(own) as answer:
        seen = answer.status_code
    with stranger.get(own.replace("/default/", "/other/")) as answer:
        refused, said = answer.status_code, answer.json
    nothing = refused == 404 or seen == refused == 422 or said == {"items": [], "next": None}
    assert nothing, (own, seen, refused, said)
