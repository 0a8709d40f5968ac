"""What an actor may: by role, by scope of a token, in which project."""

import pytest

from patchbay_server.services.errors import Forbidden
from patchbay_server.services.people import members, projects, users
from patchbay_server.services.people.actor import COMMAND, Actor
from patchbay_server.services.people.rights import PERMISSIONS, ROLES

MINE, OTHER = 1, 2


def member(role, **values):
    return Actor(1, "ann", False, "session", roles={MINE: role}, **values)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_counts_in_its_project_only(role):
    actor = member(role)
    held = {name for name, wanted in PERMISSIONS.items() if wanted.scope == "project" and actor.may(name, MINE)}
    assert "project.read" in held
    assert [name for name in held if actor.may(name, OTHER)] == []
    assert [name for name in held if actor.may(name)] == []


def test_what_each_role_adds():
    may = {role: {name for name in PERMISSIONS if member(role).may(name, MINE)} for role in ROLES}
    assert may["viewer"] < may["expert"] < may["scientist"] < may["engineer"]
    leads = {"run.start", "run.control", "dataset.write", "deployment.use", "wizard.use"}
    assert may["expert"] - may["viewer"] == leads
    told = {"notification.read", "notification.write"}
    builds = {"flow.write", "schedule.write", "secret.read", "model.write", "deployment.write", *told}
    assert may["scientist"] - may["expert"] == builds
    assert may["engineer"] - may["scientist"] == {"secret.write", "operator.publish", "operator.review"}
    starts = {"run.start", "run.control", "schedule.write", "deployment.use", "deployment.write", *told}
    assert may["on-duty"] - may["viewer"] == {*starts, "pool.manage", "metrics.read"}
    assert {"project.manage", "audit.read", "secret.write"} <= may["admin"]
    assert may["admin"] & {"operator.publish", "pool.manage", "user.manage", "project.create"} == set()


def test_an_admin_of_the_platform_may_everything():
    admin = Actor(1, "root", True, "session")
    assert [name for name in PERMISSIONS if not admin.may(name, OTHER)] == []
    assert [name for name in PERMISSIONS if not COMMAND.may(name, OTHER)] == ["account.manage"]


def test_a_token_has_its_scopes_and_no_more_than_its_user():
    token = member("viewer", scopes=frozenset({"run.read", "run.start"}))
    assert token.may("run.read", MINE)
    assert not token.may("run.start", MINE)
    assert not token.may("flow.read", MINE)
    assert not token.may("self")


def test_a_token_for_one_project_opens_nothing_else():
    token = Actor(1, "root", True, "token:ci", roles={MINE: "admin", OTHER: "admin"}, only_project=MINE)
    assert token.may("flow.write", MINE)
    assert not token.may("flow.write", OTHER)
    assert not token.is_member(OTHER)
    assert not token.may("user.manage")
    assert not token.may("account.manage")


@pytest.mark.parametrize("limits", [{"only_project": MINE}, {"scopes": frozenset({"project.manage"})}])
def test_a_token_with_less_than_its_admin_has_gives_no_role_that_reaches_beyond_the_project(platform, limits):
    home = projects.find(platform, COMMAND, projects.DEFAULT_PROJECT).id
    user, _ = users.create(platform, COMMAND, name="ann")
    token = Actor(None, "root", True, "token:ci", **limits)
    with pytest.raises(Forbidden, match="reaches beyond"):
        members.add(platform, token, home, name=user.name, role="engineer")
    members.add(platform, token, home, name=user.name, role="scientist")
    with pytest.raises(Forbidden, match="reaches beyond"):
        members.change(platform, token, home, user.name, expected=1, role="on-duty")
    assert members.change(platform, COMMAND, home, user.name, expected=1, role="engineer").role == "engineer"
