"""Signing in, links, sessions, tokens: what opens, and what does not any more."""

import pytest
import sqlalchemy as sa

from patchbay_server.services.errors import AlreadyExists, Conflict, Forbidden, Invalid
from patchbay_server.services.people import audit, members, projects, sessions, sign_in, tokens, users
from patchbay_server.services.people.actor import COMMAND, Actor
from patchbay_server.services.people.audit import Filter
from patchbay_server.services.people.sign_in import TooManyTries, WrongPassword
from patchbay_server.store.people import api_token, one_time_link, user_session

PASSWORD = "wafers have many dies"
HERE = {"address": "10.0.0.1", "agent": "test"}


@pytest.fixture(autouse=True)
def _no_tries_yet():
    sign_in._limiter.cache_clear()


@pytest.fixture
def ann(platform):
    user, link = users.create(platform, COMMAND, name="Ann")
    sign_in.use_link(platform, token=link, name=None, password=PASSWORD, **HERE)
    return user


def enter(platform, name="ann", password=PASSWORD):
    return sign_in.sign_in(platform, name=name, password=password, **HERE)


def later(platform, table, **moments):
    """Let rows have happened earlier."""
    values = {name: table.c[name] - seconds for name, seconds in moments.items()}
    platform.database.transact(lambda transaction: transaction.core.execute(table.update().values(values)).rowcount)


def test_name_and_password_open_a_session_whatever_the_case_of_the_name(platform, ann):
    actor = sessions.find(platform, enter(platform, " ANN ").key, "10.0.0.1")
    assert (actor.name, actor.user_id, actor.via, actor.is_admin) == ("ann", ann.id, "session", False)


@pytest.mark.parametrize(("name", "password"), [("ann", "wrong"), ("bob", PASSWORD), ("ann", ""), ("ann", "x" * 5000)])
def test_anything_else_does_not_and_does_not_say_why(platform, ann, name, password):
    with pytest.raises(WrongPassword, match="Name and password do not belong together"):
        enter(platform, name, password)
    (refused,) = audit.entries(platform.database, Filter(action="session.refused")).items
    assert refused.thing == ("user:ann" if name == "ann" else "user:unknown")
    assert "wrong" not in str(refused.after)


def test_tries_are_limited_per_name_and_per_address(platform, ann):
    for _ in range(10):
        with pytest.raises(WrongPassword):
            enter(platform, "ann", "wrong")
    with pytest.raises(TooManyTries):
        enter(platform)
    with pytest.raises(TooManyTries):
        for number in range(31):
            with pytest.raises(WrongPassword):
                enter(platform, f"nobody{number}", "wrong")


def test_a_session_ends_when_idle_too_long_when_too_old_and_at_sign_out(platform, ann):
    keys = []
    for moments in ({"seen_at": sessions.IDLE + 1}, {"expires_at": sessions.LONGEST + 1}):
        keys.append(enter(platform).key)
        later(platform, user_session, **moments)
    keys.append(enter(platform).key)
    actor = sessions.find(platform, keys[-1], "")
    sessions.close(platform, actor, keys[-1])
    assert [sessions.find(platform, key, "") for key in (*keys, "", "unknown")] == [None] * 5


def test_only_digests_are_kept(platform, ann):
    key = enter(platform).key
    _, token = tokens.create(platform, COMMAND, ann.id, name="ci")
    with platform.database.read() as transaction:
        kept = [transaction.core.execute(sa.select(table)).all() for table in (user_session, api_token, one_time_link)]
    assert key not in str(kept)
    assert token not in str(kept)


def test_another_password_ends_the_other_sessions(platform, ann):
    stays, ends = enter(platform).key, enter(platform).key
    actor = sessions.find(platform, stays, "")
    with pytest.raises(WrongPassword):
        sign_in.change_password(platform, actor, old="wrong", new="another long one", key=stays)
    with pytest.raises(Invalid, match="12 to 1024"):
        sign_in.change_password(platform, actor, old=PASSWORD, new="short", key=stays)
    sign_in.change_password(platform, actor, old=PASSWORD, new="another long one", key=stays)
    assert sessions.find(platform, ends, "") is None
    assert sessions.find(platform, stays, "") is not None
    with pytest.raises(WrongPassword):
        enter(platform)
    enter(platform, password="another long one")


def test_another_password_and_deactivation_void_a_link_that_nobody_has_used(platform, ann):
    key, new = enter(platform).key, "wafers have many more dies"
    first = users.new_link(platform, COMMAND, "ann")
    actor = sessions.find(platform, key, "10.0.0.1")
    sign_in.change_password(platform, actor, old=PASSWORD, new=new, key=key)
    second = users.new_link(platform, COMMAND, "ann")
    for active in (False, True):
        version = users.find(platform, "ann").version
        users.change(platform, COMMAND, "ann", expected=version, active=active)
    for link in (first, second):
        with pytest.raises(Invalid, match="ask for a new one"):
            sign_in.use_link(platform, token=link, name=None, password="a thief has found this", **HERE)
    assert enter(platform, password=new)


def test_a_deactivated_user_is_out_at_once(platform, ann):
    key = enter(platform).key
    _, token = tokens.create(platform, COMMAND, ann.id, name="ci")
    user = users.change(platform, COMMAND, "ann", expected=ann.version, active=False)
    assert sessions.find(platform, key, "") is None
    assert tokens.find(platform, token, "") is None
    with pytest.raises(WrongPassword):
        enter(platform)
    with pytest.raises(Conflict, match="changed meanwhile"):
        users.change(platform, COMMAND, "ann", expected=ann.version, active=True)
    users.change(platform, COMMAND, "ann", expected=user.version, active=True)
    assert sessions.find(platform, key, "") is None
    enter(platform)


class TestLinks:
    def test_one_makes_the_first_admin_once(self, platform):
        token = sign_in.first_admin_link(platform)
        with pytest.raises(Invalid, match="Choose a name"):
            sign_in.use_link(platform, token=token, name=None, password=PASSWORD, **HERE)
        session = sign_in.use_link(platform, token=token, name="Root", password=PASSWORD, **HERE)
        assert sessions.find(platform, session.key, "").is_admin
        with pytest.raises(Invalid, match="used already"):
            sign_in.use_link(platform, token=token, name="other", password=PASSWORD, **HERE)
        assert sign_in.first_admin_link(platform) is None

    def test_a_newer_one_makes_the_older_void(self, platform):
        older = sign_in.first_admin_link(platform)
        newer = sign_in.first_admin_link(platform)
        with pytest.raises(Invalid):
            sign_in.use_link(platform, token=older, name="root", password=PASSWORD, **HERE)
        sign_in.use_link(platform, token=newer, name="root", password=PASSWORD, **HERE)

    def test_it_is_void_after_a_day_and_after_a_password_that_is_refused_it_is_not(self, platform, ann):
        link = users.new_link(platform, COMMAND, "ann")
        with pytest.raises(Invalid, match="12 to 1024"):
            sign_in.use_link(platform, token=link, name=None, password="short", **HERE)
        later(platform, one_time_link, expires_at=25 * 3600)
        with pytest.raises(Invalid, match="older than a day"):
            sign_in.use_link(platform, token=link, name=None, password=PASSWORD, **HERE)

    def test_a_users_link_gives_no_other_name(self, platform, ann):
        link = users.new_link(platform, COMMAND, "ann")
        session = sign_in.use_link(platform, token=link, name="root", password=PASSWORD, **HERE)
        assert sessions.find(platform, session.key, "").name == "ann"

    def test_the_last_admin_stays(self, platform):
        token = sign_in.first_admin_link(platform)
        sign_in.use_link(platform, token=token, name="root", password=PASSWORD, **HERE)
        for change in ({"active": False}, {"is_admin": False}):
            with pytest.raises(Conflict, match="last active admin"):
                users.change(platform, COMMAND, "root", expected=1, **change)


class TestTokens:
    def test_it_opens_as_its_user_until_it_is_revoked(self, platform, ann):
        token, key = tokens.create(platform, COMMAND, ann.id, name="ci", scopes=["run.read"])
        actor = tokens.find(platform, key, "10.0.0.9")
        assert (actor.name, actor.via, actor.address, actor.scopes) == (
            "ann",
            "token:ci",
            "10.0.0.9",
            frozenset({"run.read"}),
        )
        tokens.revoke(platform, actor, ann.id, token.id)
        assert tokens.find(platform, key, "") is None
        assert tokens.listed(platform, ann.id).items[0].revoked_at is not None

    def test_it_expires(self, platform, ann):
        _, key = tokens.create(platform, COMMAND, ann.id, name="ci", days=1)
        later(platform, api_token, expires_at=25 * 3600)
        assert tokens.find(platform, key, "") is None

    @pytest.mark.parametrize(("values", "text"), [({"scopes": ["run.fly"]}, "run.fly"), ({"days": 400}, "1 to 366")])
    def test_what_it_cannot_be(self, platform, ann, values, text):
        with pytest.raises(Invalid, match=text):
            tokens.create(platform, COMMAND, ann.id, name="ci", **values)

    def test_nobody_revokes_anothers(self, platform, ann):
        bob, _ = users.create(platform, COMMAND, name="bob")
        token, key = tokens.create(platform, COMMAND, ann.id, name="ci")
        with pytest.raises(Exception, match="no token"):
            tokens.revoke(platform, Actor(bob.id, "bob", False, "session"), bob.id, token.id)
        assert tokens.find(platform, key, "") is not None


class TestMembers:
    @pytest.fixture
    def project(self, platform):
        return projects.create(platform, COMMAND, name="etch")

    def test_roles_that_reach_beyond_the_project_come_from_the_platforms_admin(self, platform, project, ann):
        boss = Actor(99, "boss", False, "session", roles={project.id: "admin"})
        for role in ("engineer", "on-duty"):
            with pytest.raises(Forbidden, match="admin of the platform"):
                members.add(platform, boss, project.id, name="ann", role=role)
        members.add(platform, boss, project.id, name="ann", role="viewer")
        with pytest.raises(Forbidden):
            members.change(platform, boss, project.id, "ann", expected=1, role="engineer")
        members.change(platform, COMMAND, project.id, "ann", expected=1, role="engineer")
        with pytest.raises(Forbidden):
            members.remove(platform, boss, project.id, "ann", expected=2)

    def test_a_role_counts_from_the_next_request_on(self, platform, project, ann):
        key = enter(platform).key
        assert not sessions.find(platform, key, "").is_member(project.id)
        members.add(platform, COMMAND, project.id, name="ann", role="scientist")
        assert sessions.find(platform, key, "").may("flow.write", project.id)
        members.remove(platform, COMMAND, project.id, "ann", expected=1)
        assert not sessions.find(platform, key, "").is_member(project.id)

    def test_twice_is_refused_and_so_is_what_is_stale(self, platform, project, ann):
        members.add(platform, COMMAND, project.id, name="ann", role="viewer")
        with pytest.raises(AlreadyExists):
            members.add(platform, COMMAND, project.id, name="ann", role="expert")
        with pytest.raises(Conflict):
            members.change(platform, COMMAND, project.id, "ann", expected=5, role="expert")

    def test_projects_are_seen_by_their_members(self, platform, project, ann):
        key = enter(platform).key
        assert projects.listed(platform, sessions.find(platform, key, "")).items == []
        members.add(platform, COMMAND, project.id, name="ann", role="viewer")
        (seen,) = projects.listed(platform, sessions.find(platform, key, "")).items
        assert (seen.name, seen.role) == ("etch", "viewer")
        assert [p.name for p in projects.listed(platform, COMMAND).items] == ["default", "etch"]
