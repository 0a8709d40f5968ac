"""Where messages about the ends of runs go, and about which ends."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from patchbay_server.outbound_values import ADDRESS
from patchbay_server.services.errors import Invalid

URL = re.compile(r"[\x21-\x7e]{1,2000}")
MOST_ADDRESSES = 20

Kind = Literal["webhook", "email"]
End = Literal["done", "failed", "cancelled"]
ENDS: tuple[End, ...] = ("done", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class Target:
    """Where messages go and about what: a webhook has a `url`, an e-mail `addresses`. `flow`: None: every flow."""

    url: str | None
    addresses: Sequence[str]
    ends: Sequence[End]
    flow: str | None
    enabled: bool


def check(kind: Kind, target: Target) -> None:
    """Raise Invalid unless messages of this kind can go there; the message names what is wrong."""
    if not target.ends:
        raise Invalid("Choose at least one end of runs to tell about.", field="ends", reason="notification_ends")
    if kind == "webhook":
        _check_url(target.url or "")
        if target.addresses:
            raise Invalid("A webhook has a URL and no addresses.", field="addresses", reason="notification_kind")
        return
    if target.url is not None:
        raise Invalid("An e-mail has addresses and no URL.", field="url", reason="notification_kind")
    _check_addresses(target.addresses)


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        fits = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        fits = False
    if not fits or not URL.fullmatch(url) or parts.username is not None or parts.fragment:
        raise Invalid(
            "The URL of a webhook is http:// or https:// with a host, at most 2,000 ASCII characters, without a user, "
            "a password or a fragment.",
            field="url",
            reason="webhook_url",
        )


def _check_addresses(addresses: Sequence[str]) -> None:
    wrong = [address for address in addresses if len(address) > 254 or not ADDRESS.fullmatch(address)]
    if wrong:
        raise Invalid(
            f"{wrong[0]!r} is no e-mail address.", field="addresses", reason="email_address", address=wrong[0]
        )
    if not 1 <= len(addresses) <= MOST_ADDRESSES:
        raise Invalid(
            f"Give 1 to {MOST_ADDRESSES} e-mail addresses.",
            field="addresses",
            reason="email_addresses",
            most=MOST_ADDRESSES,
        )
