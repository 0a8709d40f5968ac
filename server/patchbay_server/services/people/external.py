"""Users of an identity provider: (issuer, subject) is who they are, whatever name or address the provider shows.

An account is never found by an equal name or e-mail address: whoever may choose those at the provider would choose
the account too. An admin links an account that exists.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import sqlalchemy as sa

from patchbay_server.engine.errors import NotFound
from patchbay_server.engine.submit import now_of
from patchbay_server.errors import ServerError
from patchbay_server.services.errors import AlreadyExists
from patchbay_server.services.people import audit, users
from patchbay_server.services.people.actor import Actor
from patchbay_server.services.people.oidc import Claims
from patchbay_server.services.people.sessions import Session, open_session
from patchbay_server.services.platform import Platform
from patchbay_server.store.database import Transaction
from patchbay_server.store.paging import Page, page
from patchbay_server.store.people import external_identity


class UnknownIdentity(ServerError):
    """The provider knows this person, the platform does not let them in."""

    code = "forbidden"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a user is at a provider. `created_at`: since when they are linked, in seconds since 1970."""

    issuer: str
    subject: str
    created_at: float


def sign_in(platform: Platform, claims: Claims, *, signup: bool, address: str, agent: str) -> Session:
    """A session for whom a provider knows; somebody new becomes a user without any project, if `signup`.

    Raises:
        UnknownIdentity: nobody is linked to this identity, and it cannot become a user; the user is deactivated.
    """

    def write(transaction: Transaction) -> Session | UnknownIdentity:
        try:
            user_id = _linked(transaction, claims.issuer, claims.subject)
            if user_id is None:
                user_id = _new_user(transaction, claims, signup=signup, address=address)
            user = users.get(transaction, user_id)
            if not user.active:
                raise UnknownIdentity(f"User {user.name!r} is deactivated; ask an admin.")
        except UnknownIdentity as refusal:  # it is recorded, so the transaction must be committed
            nobody = Actor(None, "nobody", False, "session", address)
            audit.append(transaction, nobody, "session.refused", f"identity:{claims.subject}")
            return refusal
        return open_session(transaction, user_id, address=address, agent=agent)

    try:
        outcome = platform.database.transact(write)
    except sa.exc.IntegrityError:  # the same person in two windows at the same moment
        outcome = platform.database.transact(write)
    if isinstance(outcome, UnknownIdentity):
        raise outcome
    return outcome


def link(platform: Platform, actor: Actor, name: str, *, issuer: str, subject: str) -> Identity:
    """Let a user sign in as somebody whom a provider knows.

    Raises:
        NotFound: there is no such user.
        AlreadyExists: the identity is a user's already.
    """

    def write(transaction: Transaction) -> Identity:
        user = users.by_name(transaction, name)
        if _linked(transaction, issuer, subject) is not None:
            raise AlreadyExists(f"The identity {subject!r} of {issuer} belongs to a user already.", field="subject")
        return _link(transaction, actor, user, issuer, subject)

    return platform.database.transact(write)


def unlink(platform: Platform, actor: Actor, name: str, *, issuer: str, subject: str) -> None:
    """Undo `link`; sessions go on. Raises NotFound."""

    def write(transaction: Transaction) -> None:
        user, c = users.by_name(transaction, name), external_identity.c
        theirs = sa.and_(c.issuer == issuer, c.subject == subject, c.user_id == user.id)
        if not transaction.core.execute(external_identity.delete().where(theirs)).rowcount:
            raise NotFound(f"User {name!r} has no identity {subject!r} of {issuer}.")
        before = {"issuer": issuer, "subject": subject}
        audit.append(transaction, actor, "user.identity_unlinked", f"user:{name}", before=before)

    platform.database.transact(write)


def listed(platform: Platform, name: str, *, cursor: str | None = None, limit: int = 50) -> Page[Identity]:
    """The identities of a user. Raises NotFound."""
    c = external_identity.c
    with platform.database.read() as transaction:
        statement = sa.select(c.issuer, c.subject, c.created_at).where(c.user_id == users.by_name(transaction, name).id)
        found = page(transaction, statement, c.subject, cursor=cursor, limit=limit)
    return found.map(lambda row: Identity(**row))


def _linked(transaction: Transaction, issuer: str, subject: str) -> int | None:
    """The id of the user whom an identity belongs to."""
    c = external_identity.c
    found = sa.select(c.user_id).where(c.issuer == issuer, c.subject == subject)
    return transaction.core.execute(found).scalar_one_or_none()


def _new_user(transaction: Transaction, claims: Claims, *, signup: bool, address: str) -> int:
    advice = f"an admin can link you: your subject at the provider is {claims.subject!r}."
    if not signup:
        raise UnknownIdentity(f"You are no user of this platform; {advice}")
    provider = Actor(None, "identity provider", False, "platform", address)
    name = claims.name.casefold()
    if not users.NAME.fullmatch(name):
        raise UnknownIdentity(f"The provider gives {claims.name!r} as your name, which cannot be one here; {advice}")
    try:
        user = users.insert(transaction, provider, name=name, title=claims.title, email=claims.email)
    except AlreadyExists:
        raise UnknownIdentity(f"There is a user {name!r} already. If that is you, {advice}") from None
    _link(transaction, provider, user, claims.issuer, claims.subject)
    return user.id


def _link(transaction: Transaction, actor: Actor, user: users.User, issuer: str, subject: str) -> Identity:
    identity = Identity(issuer, subject, now_of(transaction))
    transaction.core.execute(external_identity.insert().values(**asdict(identity), user_id=user.id))
    after = {"issuer": issuer, "subject": subject}
    audit.append(transaction, actor, "user.identity_linked", f"user:{user.name}", after=after)
    return identity
