"""Where messages may go, as the operator of a platform says it: the mail server, private targets of webhooks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from pathlib import Path
from typing import Literal, cast, get_args

Security = Literal["starttls", "ssl", "none"]
PORTS: Mapping[Security, int] = {"starttls": 587, "ssl": 465, "none": 25}
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
"""An e-mail address: nothing in it can end a header or begin another address."""
HOST = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*")


@dataclass(frozen=True, slots=True)
class Smtp:
    """A mail server and how it is spoken to."""

    host: str
    port: int
    security: Security
    user: str | None
    password_file: Path | None
    sender: str
    """The address that mails come from."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """Private targets that webhooks may have all the same: hosts by name, networks by address."""

    hosts: frozenset[str] = frozenset()
    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    def permits(self, host: str, address: IPv4Address | IPv6Address) -> bool:
        return host.lower() in self.hosts or any(address in network for network in self.networks)


def read_allowed(env: Mapping[str, str]) -> Allowed:
    """``PATCHBAY_WEBHOOK_ALLOW``: parted by commas, such as ``10.0.0.0/8, hooks.internal``. Raises ValueError."""
    hosts, networks = set(), []
    for part in filter(None, (part.strip() for part in env.get("PATCHBAY_WEBHOOK_ALLOW", "").split(","))):
        try:
            networks.append(ip_network(part))
        except ValueError:
            if not HOST.fullmatch(part) or re.fullmatch(r"[0-9.]+", part):
                raise ValueError(
                    f"PATCHBAY_WEBHOOK_ALLOW: {part!r} is neither a host nor a network such as 10.0.0.0/8."
                ) from None
            hosts.add(part.lower())
    return Allowed(frozenset(hosts), tuple(networks))


def read_smtp(env: Mapping[str, str]) -> Smtp | None:
    """The mail server that ``PATCHBAY_SMTP_...`` describe; None: there is none.

    Raises:
        ValueError: a variable is missing, or has a value that cannot be used; the message names it.
    """
    host = env.get("PATCHBAY_SMTP_HOST")
    if not host:
        return None
    sender = env.get("PATCHBAY_SMTP_FROM") or ""
    if not ADDRESS.fullmatch(sender):
        raise ValueError(f"PATCHBAY_SMTP_FROM={sender!r}: with PATCHBAY_SMTP_HOST set, an e-mail address is needed.")
    security = env.get("PATCHBAY_SMTP_SECURITY") or "starttls"
    if security not in get_args(Security):
        raise ValueError(f"PATCHBAY_SMTP_SECURITY={security!r}: allowed are {', '.join(get_args(Security))}.")
    security = cast(Security, security)
    port = env.get("PATCHBAY_SMTP_PORT") or str(PORTS[security])
    if not port.isdecimal() or not 1 <= int(port) <= 65535:
        raise ValueError(f"PATCHBAY_SMTP_PORT={port!r}: a number from 1 to 65535 is needed.")
    user, file = env.get("PATCHBAY_SMTP_USER") or None, env.get("PATCHBAY_SMTP_PASSWORD_FILE") or None
    if (user is None) != (file is None):
        raise ValueError("PATCHBAY_SMTP_USER and PATCHBAY_SMTP_PASSWORD_FILE are set together, or neither.")
    if user and security == "none":
        raise ValueError("PATCHBAY_SMTP_SECURITY=none would send the password of PATCHBAY_SMTP_USER in the clear.")
    return Smtp(host, int(port), security, user, Path(file).expanduser().resolve() if file else None, sender)
