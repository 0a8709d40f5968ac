"""OpenID Connect: from "sign in" to who the provider says it was. Authorization code flow with PKCE, state and nonce.

Between its two requests the browser keeps what was asked in a signed cookie, so that nobody can be signed in by an
answer to somebody else's question.
"""

from __future__ import annotations

import hmac
import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from itsdangerous import BadSignature, URLSafeTimedSerializer

from patchbay_server import key_ring
from patchbay_server.config import ConfigError, Oidc, check_url
from patchbay_server.errors import ServerError
from patchbay_server.services.errors import Invalid
from patchbay_server.services.people.keys import new_key

logger = logging.getLogger(__name__)

CALLBACK = "/api/v1/sign-in/oidc/callback"
SCOPE = "openid profile email"
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures that only the provider can make: neither ``none`` nor those with the client's secret."""
PATIENCE = 5.0
"""Seconds to wait for the provider."""
LEEWAY = 60
"""Seconds by which its clock may differ from ours."""
LIFETIME = 600
"""Seconds from "sign in" to the provider's answer."""
LOCAL_PATH = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]{0,999}")
"""A path of this site; a browser would take ``//host``, ``/\\host`` and ``/<tab>/host`` for another one."""


class SignInRefused(ServerError):
    """The provider's answer proves nothing; begin again."""

    code = "unauthenticated"


class ProviderUnavailable(ServerError):
    """The provider cannot be reached, or does not answer as one."""

    code = "provider_unavailable"


@dataclass(frozen=True, slots=True)
class Begun:
    """`url`: the provider's page. `cookie`: for the browser to keep until it comes back."""

    url: str
    cookie: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back with the browser: the callback's parameters, and the cookie."""

    cookie: str
    state: str
    code: str | None
    error: str | None
    issuer: str | None


@dataclass(frozen=True, slots=True)
class Claims:
    """Who somebody is, says the provider. `name`: what the configured claim gives for signing in, or nothing."""

    issuer: str
    subject: str
    name: str
    title: str
    email: str | None


def begin(settings: Oidc, next_path: str) -> Begun:
    """Begin to sign in; afterwards the browser goes to `next_path`.

    Raises:
        Invalid: that is not a path of this site.
        ProviderUnavailable: the provider does not answer.
    """
    if not LOCAL_PATH.fullmatch(next_path):
        raise Invalid("next must be a path of this site, such as /flows.", field="next")
    asked = {"state": new_key(), "nonce": new_key(), "verifier": new_key(), "next": next_path}
    with _session(settings) as session:
        metadata = _metadata(settings, session)
        url, _ = session.create_authorization_url(
            metadata["authorization_endpoint"],
            state=asked["state"],
            nonce=asked["nonce"],
            code_verifier=asked["verifier"],
        )
    return Begun(url, _signer(settings).dumps(asked))


def finish(settings: Oidc, answer: Answer) -> tuple[Claims, str]:
    """Who signed in, and where the browser is to go.

    Raises:
        SignInRefused: the answer does not belong to this browser, is too old, or its token proves nothing.
        ProviderUnavailable: the provider does not answer.
    """
    asked = _asked(settings, answer)
    with _session(settings) as session:
        metadata = _metadata(settings, session)
        if answer.error or not answer.code:
            raise SignInRefused(f"The provider did not let you in: {answer.error or 'no code'}.")
        token = session.fetch_token(
            metadata["token_endpoint"],
            grant_type="authorization_code",
            code=answer.code,
            code_verifier=asked["verifier"],
            allow_redirects=False,
        )
        claims = _verified(settings, token, _get(session, metadata["jwks_uri"]), asked["nonce"])
        if settings.claim not in claims and "userinfo_endpoint" in metadata:
            more = _get(session, metadata["userinfo_endpoint"], token)
            if more.get("sub") != claims["sub"]:
                raise SignInRefused("The provider speaks of two different people.")
            claims = {**more, **claims}
    return _who(settings, claims), asked["next"]


def _asked(settings: Oidc, answer: Answer) -> dict[str, str]:
    """What this browser asked for, if this is the answer to it."""
    try:
        asked: dict[str, str] = _signer(settings).loads(answer.cookie, max_age=LIFETIME)
    except BadSignature:
        raise SignInRefused("This browser did not begin to sign in, or too long ago: begin again.") from None
    if not hmac.compare_digest(asked["state"].encode(), answer.state.encode("utf-8", "surrogatepass")):
        raise SignInRefused("This is the answer to another try to sign in: begin again.")
    if answer.issuer not in (None, settings.issuer):
        raise SignInRefused("This is the answer of another provider.")
    return asked


def _verified(settings: Oidc, token: Mapping[str, Any], keys: Any, nonce: str) -> dict[str, Any]:
    """The claims of a token that the provider signed, for us, now, in answer to this very question."""
    from authlib.oidc.core import CodeIDToken
    from joserfc import jwt
    from joserfc.jwk import KeySet
    from joserfc.jws import JWSRegistry

    if not isinstance(token.get("id_token"), str):
        raise SignInRefused("The provider sent no ID token; does it speak OpenID Connect?")
    registry = JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)
    decoded = jwt.decode(token["id_token"], KeySet.import_key_set(keys), registry=registry)
    options = {
        "iss": {"essential": True, "value": settings.issuer},
        "aud": {"essential": True, "value": settings.client_id},
    }
    params = {"nonce": nonce, "client_id": settings.client_id, "access_token": token.get("access_token")}
    claims = CodeIDToken(decoded.claims, decoded.header, options, params)
    claims.validate(leeway=LEEWAY)
    return dict(claims)


def _who(settings: Oidc, claims: Mapping[str, Any]) -> Claims:
    def text(name: str) -> str:
        value = claims.get(name)
        return value.strip()[:200] if isinstance(value, str) else ""

    if not text("sub"):
        raise SignInRefused("The provider does not say who you are: its token has no subject.")
    email = text("email") if claims.get("email_verified", True) is True else ""
    return Claims(settings.issuer, claims["sub"], text(settings.claim), text("name"), email or None)


@contextmanager
def _session(settings: Oidc) -> Iterator[Any]:
    """An OAuth2Session; what goes wrong with the provider or its tokens leaves as one of our errors."""
    from authlib.common.errors import AuthlibBaseError
    from authlib.integrations.requests_client import OAuth2Session
    from joserfc.errors import JoseError
    from requests import RequestException

    try:
        with OAuth2Session(
            settings.client_id,
            key_ring.read_private(settings.client_secret_file).strip(),
            scope=SCOPE,
            redirect_uri=settings.url + CALLBACK,
            code_challenge_method="S256",
            default_timeout=PATIENCE,
        ) as session:
            yield session
    except (AuthlibBaseError, JoseError) as error:
        reason = getattr(error, "error", "") or type(error).__name__
        raise SignInRefused(f"What {settings.name} sent proves nothing ({reason}): begin again.") from error
    except (KeyError, TypeError, ValueError) as error:
        logger.warning("%s: %r", settings.issuer, error)
        raise ProviderUnavailable(f"{settings.name} does not answer as an OpenID Connect provider.") from error
    except RequestException as error:
        logger.warning("%s: %s", settings.issuer, error)
        raise ProviderUnavailable(f"{settings.name} cannot be reached: {type(error).__name__}.") from error


def _metadata(settings: Oidc, session: Any) -> dict[str, Any]:
    """What the provider says about itself, checked: it is who it should be, and nothing goes over an open line."""
    found = _get(session, settings.issuer.rstrip("/") + "/.well-known/openid-configuration")
    if found.get("issuer") != settings.issuer:
        raise ProviderUnavailable(
            f"The provider calls itself {found.get('issuer')!r}, but PATCHBAY_OIDC_ISSUER is {settings.issuer!r}."
        )
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"):
        if name != "userinfo_endpoint" or name in found:
            try:
                check_url(name, str(found[name]), query=True)
            except ConfigError as error:
                raise ProviderUnavailable(f"The provider's {error.message}") from error
    methods = found.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    if "client_secret_basic" not in methods and "client_secret_post" in methods:
        session.token_endpoint_auth_method = "client_secret_post"
    return found


def _get(session: Any, url: str, token: Any = None) -> dict[str, Any]:
    if token is not None:
        session.token = token
    response = session.get(url, withhold_token=token is None, allow_redirects=False)
    response.raise_for_status()
    found = response.json()
    if not isinstance(found, dict):
        raise ValueError(url)
    return found


def _signer(settings: Oidc) -> URLSafeTimedSerializer:
    """Signs with what only the provider and we know, so that every web process reads the cookies of all."""
    secret = key_ring.read_private(settings.client_secret_file).strip()
    options = {"key_derivation": "hmac", "digest_method": "sha256"}
    return URLSafeTimedSerializer(secret, salt="patchbay sign-in", signer_kwargs=options)
