"""Signing in through a real provider on this machine, and everything that must not get anybody in."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from patchbay_server import config
from patchbay_server.app import create_app
from patchbay_server.services.people import audit, external, sign_in, users
from patchbay_server.services.people.actor import COMMAND
from patchbay_server.services.platform import Platform, prepare
from tests.server.api.conftest import API, error_of
from tests.server.api.identity_provider import CLIENT_ID, CLIENT_SECRET, IdentityProvider, running_provider

BEGIN = f"{API}/sign-in/oidc"


@pytest.fixture
def provider() -> Iterator[IdentityProvider]:
    with running_provider() as provider:
        yield provider


@pytest.fixture
def platform(provider: IdentityProvider, tmp_path: Path) -> Iterator[Platform]:
    secret = tmp_path / "client-secret"
    secret.write_text(CLIENT_SECRET + "\n")
    secret.chmod(0o600)
    settings = config.load(
        {
            "PATCHBAY_HOME": str(tmp_path / "home"),
            "PATCHBAY_URL": "http://localhost/",
            "PATCHBAY_OIDC_ISSUER": provider.issuer,
            "PATCHBAY_OIDC_CLIENT_ID": CLIENT_ID,
            "PATCHBAY_OIDC_CLIENT_SECRET_FILE": str(secret),
            "PATCHBAY_OIDC_NAME": "The Works",
        }
    )
    prepare(settings)
    sign_in._limiter.cache_clear()
    with Platform.open(settings) as platform:
        yield platform


@pytest.fixture
def browser(app: Flask) -> FlaskClient:
    return app.test_client()


def come_back(browser: FlaskClient, next_path: str = "/flows") -> str:
    """Begin to sign in, let the provider agree; the address with which the browser comes back."""
    begun = browser.get(BEGIN, query_string={"next": next_path})
    assert begun.status_code == 303, begun.json
    agreed = requests.get(begun.headers["Location"], allow_redirects=False, timeout=10)
    return agreed.headers["Location"].removeprefix("http://localhost")


def sign_in_by(browser: FlaskClient, next_path: str = "/flows") -> Any:
    return browser.get(come_back(browser, next_path))


def who(browser: FlaskClient) -> Any:
    return browser.get(f"{API}/session")


def test_somebody_new_signs_in(browser: FlaskClient, provider: IdentityProvider, platform: Platform) -> None:
    assert browser.get(f"{API}/sign-in").json == {"oidc": {"name": "The Works", "path": BEGIN}}
    ended = sign_in_by(browser)
    assert (ended.status_code, ended.headers["Location"]) == (303, "/flows")
    assert (who(browser).json["name"], who(browser).json["is_admin"]) == ("anna", False)
    assert browser.get(f"{API}/projects").json["items"] == []
    user = users.find(platform, "anna")
    assert (user.title, user.email) == ("Anna A.", None)
    actions = [json.loads(line)["action"] for line in audit.export(platform.database, audit.Filter())]
    assert actions[-3:] == ["user.created", "user.identity_linked", "session.opened"]


def test_the_same_person_comes_back_whatever_the_name(browser: FlaskClient, provider: IdentityProvider) -> None:
    sign_in_by(browser)
    provider.person["preferred_username"] = "somebody-else"
    browser.delete_cookie("patchbay_session")
    sign_in_by(browser)
    assert who(browser).json["name"] == "anna"


def test_cookies_are_out_of_reach(browser: FlaskClient) -> None:
    begun = browser.get(BEGIN)
    (cookie,) = begun.headers.getlist("Set-Cookie")
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and f"Path={BEGIN}" in cookie and "Max-Age=600" in cookie
    ended = sign_in_by(browser)
    gone, session = ended.headers.getlist("Set-Cookie")
    assert "Max-Age=0" in gone and "HttpOnly" in session and "SameSite=Lax" in session


def test_pkce_state_and_nonce_are_fresh(browser: FlaskClient, provider: IdentityProvider) -> None:
    asked = [parse_qs(urlsplit(browser.get(BEGIN).headers["Location"]).query) for _ in range(2)]
    for name in ("state", "nonce", "code_challenge"):
        assert asked[0][name] != asked[1][name] and len(asked[0][name][0]) >= 43
    assert asked[0]["code_challenge_method"] == ["S256"]


Change = Callable[[IdentityProvider], None]


def claims(**changes: Any) -> Change:
    """A provider whose tokens say something else; None: leave that out."""

    def harm(provider: IdentityProvider) -> None:
        provider.change = lambda said: {k: v for k, v in {**said, **changes}.items() if v is not None}

    return harm


def unsigned(provider: IdentityProvider) -> None:
    def sign(said: dict[str, Any]) -> str:
        parts = ({"alg": "none"}, said)
        return ".".join(base64.urlsafe_b64encode(json.dumps(p).encode()).decode().rstrip("=") for p in parts) + "."

    provider.sign = sign


def by_another_key(provider: IdentityProvider) -> None:
    other = RSAKey.generate_key(2048, {"kid": "one"})
    provider.sign = lambda said: jwt.encode({"alg": "RS256", "kid": "one"}, said, other)


def by_an_unknown_key(provider: IdentityProvider) -> None:
    other = RSAKey.generate_key(2048, {"kid": "two"})
    provider.sign = lambda said: jwt.encode({"alg": "RS256", "kid": "two"}, said, other)


def by_the_client_secret(provider: IdentityProvider) -> None:
    key = OctKey.import_key(CLIENT_SECRET.encode())
    provider.sign = lambda said: jwt.encode({"alg": "HS256", "kid": "one"}, said, key)


def by_the_public_key(provider: IdentityProvider) -> None:
    """As if the public key were a secret that both sides share."""
    pem = provider.key.as_pem(private=False)
    header = base64.urlsafe_b64encode(b'{"alg":"HS256","kid":"one"}').decode().rstrip("=")

    def sign(said: dict[str, Any]) -> str:
        import hashlib
        import hmac

        body = base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")
        mac = hmac.new(pem, f"{header}.{body}".encode(), hashlib.sha256).digest()
        return f"{header}.{body}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"

    provider.sign = sign


def changed_after_signing(provider: IdentityProvider) -> None:
    def sign(said: dict[str, Any]) -> str:
        head, _, tail = provider.signed(said).split(".")
        body = base64.urlsafe_b64encode(json.dumps({**said, "sub": "9"}).encode()).decode().rstrip("=")
        return f"{head}.{body}.{tail}"

    provider.sign = sign


ATTACKS: dict[str, Change] = {
    "wrong nonce": claims(nonce="another"),
    "no nonce": claims(nonce=None),
    "wrong audience": claims(aud="another-client"),
    "no audience": claims(aud=None),
    "made for others too, on their order": claims(aud=[CLIENT_ID, "other"], azp="other"),
    "wrong issuer": claims(iss="https://evil.example"),
    "no issuer": claims(iss=None),
    "expired": claims(exp=1_700_000_000),
    "no expiry": claims(exp=None),
    "from the future": claims(iat=5_000_000_000),
    "not valid yet": claims(nbf=5_000_000_000),
    "no subject": claims(sub=None),
    "empty subject": claims(sub=" "),
    "a number as subject": claims(sub=7),
    "another access token": claims(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
    "unsigned": unsigned,
    "another key": by_another_key,
    "an unknown key": by_an_unknown_key,
    "the client's secret": by_the_client_secret,
    "the public key": by_the_public_key,
    "changed": changed_after_signing,
    "no token": lambda provider: setattr(provider, "sign", lambda said: None),
    "no JWT": lambda provider: setattr(provider, "sign", lambda said: "a.b.c"),
}


def test_a_token_that_proves_nothing_opens_nothing(
    browser: FlaskClient, provider: IdentityProvider, platform: Platform
) -> None:
    for name, attack in ATTACKS.items():
        sign_in._limiter.cache_clear()
        provider.sign, provider.change = provider.signed, lambda said: said
        attack(provider)
        refused = sign_in_by(browser)
        assert (name, refused.status_code, who(browser).status_code) == (name, 401, 401), refused.json
        assert users.listed(platform).items == [], name


def test_a_clock_that_is_a_little_off_does_not_matter(browser: FlaskClient, provider: IdentityProvider) -> None:
    provider.change = lambda said: {**said, "iat": said["iat"] + 20, "exp": said["iat"] - 20}
    assert sign_in_by(browser).status_code == 303


def test_a_code_is_good_once(browser: FlaskClient) -> None:
    address = come_back(browser)
    cookie = browser.get_cookie("patchbay_sign_in", path=BEGIN)
    assert cookie is not None
    assert browser.get(address).status_code == 303
    error_of(browser.get(address), 401)  # the cookie is gone
    browser.set_cookie("patchbay_sign_in", cookie.value, path=BEGIN)
    assert "invalid_grant" in error_of(browser.get(address), 401)["message"]


def test_an_answer_to_another_browser_is_refused(browser: FlaskClient, app: Flask) -> None:
    victim = app.test_client()
    stolen = come_back(browser)
    assert "did not begin" in error_of(victim.get(stolen), 401)["message"]
    come_back(victim)
    assert "another try" in error_of(victim.get(stolen), 401)["message"]
    error_of(who(victim), 401)


def test_a_cookie_that_is_not_ours_is_refused(browser: FlaskClient) -> None:
    for cookie in ("", "nonsense", "e30.aaaa.bbbb", "é"):
        address = come_back(browser)
        browser.set_cookie("patchbay_sign_in", cookie, path=BEGIN)
        error_of(browser.get(address), 401)


def test_an_old_cookie_is_refused(browser: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    address = come_back(browser)
    monkeypatch.setattr("patchbay_server.services.people.oidc.LIFETIME", -1)
    assert "too long ago" in error_of(browser.get(address), 401)["message"]


def test_wrong_parameters_are_refused(browser: FlaskClient) -> None:
    address = come_back(browser)
    state = parse_qs(urlsplit(address).query)["state"][0]
    callback = f"{BEGIN}/callback"
    assert "another try" in error_of(browser.get(f"{callback}?code=x&state=wrong"), 401)["message"]
    assert "another try" in error_of(browser.get(f"{callback}?code=x"), 401)["message"]
    assert "another provider" in error_of(browser.get(f"{address}&iss=https://evil.example"), 401)["message"]
    assert "access_denied" in error_of(browser.get(f"{callback}?error=access_denied&state={state}"), 401)["message"]
    assert "no code" in error_of(browser.get(f"{callback}?state={state}"), 401)["message"]
    assert "invalid_grant" in error_of(browser.get(f"{callback}?code=made-up&state={state}"), 401)["message"]


def test_nobody_is_sent_elsewhere(browser: FlaskClient) -> None:
    for address in (
        "https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example",
        "javascript:alert(1)", "evil.example", "/a\nSet-Cookie: x=y", "/a b",
    ):  # fmt: skip
        error_of(browser.get(BEGIN, query_string={"next": address}), 422)


def test_a_deactivated_user_stays_outside(browser: FlaskClient, platform: Platform) -> None:
    sign_in_by(browser)
    user = users.find(platform, "anna")
    users.change(platform, COMMAND, "anna", expected=user.version, active=False)
    assert "deactivated" in error_of(sign_in_by(browser), 403)["message"]
    error_of(who(browser), 401)
    last = list(audit.export(platform.database, audit.Filter()))[-1]
    assert json.loads(last)["action"] == "session.refused"


def test_an_equal_name_or_address_takes_no_account_over(
    browser: FlaskClient, provider: IdentityProvider, platform: Platform
) -> None:
    users.create(platform, COMMAND, name="anna", email="anna@works.example", is_admin=True)
    provider.person |= {"email": "anna@works.example", "email_verified": True}
    assert "'1234'" in error_of(sign_in_by(browser), 403)["message"]
    provider.person["preferred_username"] = "anna2"
    assert sign_in_by(browser).status_code == 303
    assert (who(browser).json["name"], who(browser).json["is_admin"]) == ("anna2", False)


def test_an_admin_links_an_account(
    browser: FlaskClient, provider: IdentityProvider, platform: Platform, people
) -> None:
    admin = people.client("the-admin", admin=True)
    users.create(platform, COMMAND, name="anna")
    identities = f"{API}/users/anna/identities"
    made = admin.post(identities, json={"subject": "1234"})
    assert (made.status_code, made.json["issuer"]) == (201, provider.issuer)
    error_of(admin.post(f"{API}/users/the-admin/identities", json={"subject": "1234"}), 409)
    assert [item["subject"] for item in admin.get(identities).json["items"]] == ["1234"]
    assert sign_in_by(browser).status_code == 303
    assert who(browser).json["name"] == "anna"
    error_of(people.client("anybody").post(identities, json={"subject": "5"}), 403)
    error_of(admin.delete(identities, query_string={"subject": "5"}), 404)
    assert admin.delete(identities, query_string={"subject": "1234"}).status_code == 204
    assert "already" in error_of(sign_in_by(browser), 403)["message"]


def test_who_is_unknown_stays_outside_when_nobody_may_sign_up(platform: Platform) -> None:
    assert platform.settings.oidc is not None
    closed = replace(platform.settings, oidc=replace(platform.settings.oidc, signup=False))
    browser = create_app(replace(platform, settings=closed)).test_client()
    assert "'1234'" in error_of(sign_in_by(browser), 403)["message"]
    user, _ = users.create(platform, COMMAND, name="berta")
    external.link(platform, COMMAND, user.name, issuer=closed.oidc.issuer, subject="1234")
    assert sign_in_by(browser).status_code == 303


def test_a_name_that_cannot_be_one_is_refused(browser: FlaskClient, provider: IdentityProvider) -> None:
    provider.person["preferred_username"] = "Anna Müller"
    assert "cannot be one here" in error_of(sign_in_by(browser), 403)["message"]


def test_what_the_token_lacks_comes_from_userinfo(browser: FlaskClient, provider: IdentityProvider) -> None:
    provider.person = {"sub": "1234"}
    provider.userinfo = {"sub": "1234", "preferred_username": "anna", "email": "a@b.c", "email_verified": False}
    assert sign_in_by(browser).status_code == 303
    provider.userinfo["sub"] = "somebody else"
    assert "two different people" in error_of(sign_in_by(browser), 401)["message"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"issuer": "https://evil.example"}, "calls itself"),
        ({"token_endpoint": "http://evil.example/token"}, "https is needed"),
        ({"jwks_uri": 7}, "https://HOST"),
    ],
)
def test_a_provider_that_is_another_is_not_asked(
    browser: FlaskClient, provider: IdentityProvider, changes: dict[str, Any], message: str
) -> None:
    provider.metadata |= changes
    assert message in error_of(browser.get(BEGIN), 503)["message"]


def test_a_provider_that_is_away(browser: FlaskClient, provider: IdentityProvider) -> None:
    address = come_back(browser)
    provider.metadata |= {"jwks_uri": f"{provider.issuer}/nowhere"}
    assert "cannot be reached: HTTPError" in error_of(browser.get(address), 503)["message"]


def test_the_clients_secret_is_for_one_user_only(browser: FlaskClient, platform: Platform) -> None:
    assert platform.settings.oidc is not None
    platform.settings.oidc.client_secret_file.chmod(0o644)
    assert "chmod 600" in error_of(browser.get(BEGIN), 503)["message"]


def test_without_a_provider_there_is_none(platform: Platform) -> None:
    app = create_app(replace(platform, settings=replace(platform.settings, oidc=None)))
    assert app.test_client().get(f"{API}/sign-in").json == {"oidc": None}
    error_of(app.test_client().get(BEGIN), 404)
    error_of(app.test_client().get(f"{BEGIN}/callback?code=x"), 404)
