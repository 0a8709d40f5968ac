"""Signing in over HTTP: cookie, CSRF header, links, tokens, and the page of the links."""

import pytest

from patchbay_server.services.people import sign_in, tokens, users
from patchbay_server.services.people.actor import COMMAND
from tests.server.api.conftest import API, HERE, error_of

PASSWORD = "wafers have many dies"


@pytest.fixture(autouse=True)
def _no_tries_yet():
    sign_in._limiter.cache_clear()


@pytest.fixture
def browser(app, platform):
    """A browser whose user has just come by the first admin's link."""
    client = app.test_client()
    body = {"token": sign_in.first_admin_link(platform), "name": "root", "password": PASSWORD}
    answer = client.post(f"{API}/setup", json=body)
    assert answer.status_code == 201, answer.json
    client.csrf = {"X-CSRF-Token": answer.json["csrf_token"]}
    return client


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(browser, app):
    answer = app.test_client().post(f"{API}/session", json={"name": "root", "password": PASSWORD})
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie
    assert "Secure" not in cookie
    secure = app.test_client().post(
        f"{API}/session", json={"name": "root", "password": PASSWORD}, base_url="https://localhost"
    )
    assert "Secure" in secure.headers["Set-Cookie"]
    assert "Strict-Transport-Security" in secure.headers


def test_who_one_is(browser):
    who = browser.get(f"{API}/session").json
    assert (who["name"], who["is_admin"], who["via"]) == ("root", True, "session")
    assert {"X-CSRF-Token": who["csrf_token"]} == browser.csrf


def test_a_change_needs_the_csrf_header(browser):
    for headers in (
        {},
        {"X-CSRF-Token": ""},
        {"X-CSRF-Token": "0" * 64},
        {"X-CSRF-Token": "晶圆".encode().decode("latin-1")},
    ):
        error = error_of(browser.post(f"{API}/projects", json={"name": "etch"}, headers=headers), 403)
        assert "X-CSRF-Token" in error["message"]
    assert browser.post(f"{API}/projects", json={"name": "etch"}, headers=browser.csrf).status_code == 201


def test_a_form_of_another_site_can_neither_change_anything_nor_sign_anybody_in(browser, app):
    for path in (f"{API}/projects", f"{API}/session", f"{API}/setup"):
        for content_type in ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain"):
            body = '{"name": "root", "password": "wafers have many dies", "token": "x"}'
            answer = app.test_client().post(path, data=body, content_type=content_type)
            assert answer.status_code in (400, 401, 415, 422)
            assert "Set-Cookie" not in answer.headers


def test_signing_out(browser):
    cookie = browser.get_cookie("patchbay_session").value
    assert browser.delete(f"{API}/session", headers=browser.csrf).status_code == 204
    browser.set_cookie("patchbay_session", cookie)  # somebody kept it
    error_of(browser.get(f"{API}/session"), 401)


def test_too_many_tries_are_refused(app):
    client = app.test_client()
    for _ in range(10):
        error_of(client.post(f"{API}/session", json={"name": "root", "password": "wrong"}), 401)
    error = error_of(client.post(f"{API}/session", json={"name": "root", "password": "wrong"}), 429)
    assert error["code"] == "too_many_requests"
    assert client.post(f"{API}/session", json={"name": "root", "password": "wrong"}).headers["Retry-After"] == "60"


def test_the_password_is_changed_by_its_owner(browser):
    body = {"old": PASSWORD, "new": "another long one"}
    error_of(browser.put(f"{API}/account/password", json=body | {"old": "wrong"}, headers=browser.csrf), 401)
    assert browser.put(f"{API}/account/password", json=body, headers=browser.csrf).status_code == 204
    assert browser.get(f"{API}/session").status_code == 200


def test_a_token_opens_until_it_is_revoked_and_makes_no_tokens(browser, app):
    made = browser.post(
        f"{API}/account/tokens", json={"name": "ci", "scopes": ["project.read", "self"]}, headers=browser.csrf
    )
    assert made.status_code == 201
    program = app.test_client()
    program.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {made.json['key']}"
    who = program.get(f"{API}/session").json
    assert (who["name"], who["via"], who["csrf_token"]) == ("root", "token:ci", None)
    assert program.get(HERE).status_code == 200
    error_of(program.get(f"{API}/users"), 403)
    error_of(program.post(f"{API}/account/tokens", json={"name": "more"}), 403)
    error_of(program.delete(f"{API}/session"), 403)
    listed = browser.get(f"{API}/account/tokens").json["items"]
    assert [(token["name"], "key" in token) for token in listed] == [("ci", False)]
    gone = browser.delete(f"{API}/account/tokens/{made.json['id']}", headers=browser.csrf)
    assert gone.status_code == 204
    error_of(program.get(f"{API}/session"), 401)


@pytest.mark.parametrize(
    "given", ["Bearer wrong", "Basic YTpi", "Bearer", "Bearer \xff", "token", "Bearer " + "x" * 9000]
)
def test_a_wrong_authorization_is_refused_even_beside_a_cookie(browser, given):
    error_of(browser.get(f"{API}/session", headers={"Authorization": given}), 401)


def test_users_are_invited_by_a_link(browser, app):
    made = browser.post(f"{API}/users", json={"name": "Ann", "title": "Ann Li"}, headers=browser.csrf)
    assert (made.status_code, made.json["name"], made.headers["ETag"]) == (201, "ann", '"1"')
    client = app.test_client()
    body = {"token": made.json["setup_token"], "password": PASSWORD}
    assert client.post(f"{API}/setup", json=body).status_code == 201
    assert client.get(f"{API}/session").json["name"] == "ann"
    error_of(app.test_client().post(f"{API}/setup", json=body), 422)
    again = browser.post(f"{API}/users/ann/link", headers=browser.csrf)
    assert again.status_code == 201


def test_a_user_is_changed_with_the_etag_that_one_has_seen(browser, platform):
    users.create(platform, COMMAND, name="ann")
    error_of(browser.patch(f"{API}/users/ann", json={"active": False}, headers=browser.csrf), 428)
    seen = browser.get(f"{API}/users/ann").headers["ETag"]
    changed = browser.patch(f"{API}/users/ann", json={"title": "Ann Li"}, headers=browser.csrf | {"If-Match": seen})
    assert (changed.status_code, changed.json["title"]) == (200, "Ann Li")
    stale = browser.patch(f"{API}/users/ann", json={"active": False}, headers=browser.csrf | {"If-Match": seen})
    assert error_of(stale, 409)["details"] == {"version": 2, "reason": "changed"}


def test_the_address_comes_from_the_proxy_only_when_one_is_configured(browser, platform, app):
    browser.get(f"{API}/session", headers={"X-Forwarded-For": "6.6.6.6"})
    browser.post(f"{API}/projects", json={"name": "etch"}, headers=browser.csrf | {"X-Forwarded-For": "6.6.6.6"})
    entry = browser.get(f"{API}/audit?action=project.created&actor=root").json["items"][0]
    assert entry["address"] == "127.0.0.1"


def test_a_token_of_one_project_opens_no_other(browser, app, platform):
    browser.post(f"{API}/projects", json={"name": "etch"}, headers=browser.csrf)
    made = browser.post(f"{API}/account/tokens", json={"name": "ci", "project": "etch"}, headers=browser.csrf)
    assert made.json["project"] == "etch"
    program = app.test_client()
    program.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {made.json['key']}"
    assert program.get(f"{API}/projects/etch").status_code == 200
    error_of(program.get(HERE), 404)
    assert [item["name"] for item in program.get(f"{API}/projects").json["items"]] == ["etch"]
    error_of(program.get(f"{API}/users"), 403)
    assert tokens.listed(platform, 1).items[0].used_at is not None
