"""Posting to addresses that users choose: signed, without redirects, not to the inside unless the operator allows it.

Headers are those of Standard Webhooks (https://www.standardwebhooks.com).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import socket
import ssl
import time
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from patchbay_server.config import patchbay_version
from patchbay_server.outbound_values import Allowed
from patchbay_server.services.notifications.notifications import SECRET_PREFIX
from patchbay_server.services.notifications.sending import LONGEST, NotSent, hanging_up
from patchbay_server.services.public_address import address_of, is_public

LONGEST_STATUS = 200
"""Characters that are kept of what an answer says."""


def post(url: str, body: str, *, id: str, secret: str, allowed: Allowed) -> str:
    """The status line of an answer that says that the message was taken.

    `id`: the same for each try of a message. `secret`: as the notification's owner was told it.

    Raises:
        NotSent: the host cannot be reached or must not be, or it answers with anything but 2xx.
    """
    data = body.encode()
    try:
        status, reason = _answer(url, data, signed(data, id=id, secret=secret, at=int(time.time())), allowed)
    except (OSError, HTTPException, ValueError) as error:
        raise NotSent(_plain(f"{type(error).__name__}: {error}")) from None
    line = _plain(f"{status} {reason}")
    if not 200 <= status < 300:
        raise NotSent(line)
    return line


def signed(body: bytes, *, id: str, secret: str, at: int) -> dict[str, str]:
    """The headers of a message that is sent at a time in seconds since 1970."""
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    signature = hmac.digest(key, f"{id}.{at}.".encode() + body, hashlib.sha256)
    return {
        "webhook-id": id,
        "webhook-timestamp": str(at),
        "webhook-signature": f"v1,{base64.b64encode(signature).decode()}",
        "Content-Type": "application/json",
        "User-Agent": f"Patchbay/{patchbay_version()}",
        "Connection": "close",
    }


def _answer(url: str, body: bytes, headers: dict[str, str], allowed: Allowed) -> tuple[int, str]:
    """Status and reason of the answer; the rest of it is not read."""
    parts = urlsplit(url)
    host, is_https = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if is_https else 80)
    client = (HTTPSConnection if is_https else HTTPConnection)(host, port)
    with _connect(host, port, allowed) as plain:
        connected = _encrypted(plain, host) if is_https else plain
        with connected, hanging_up(connected):
            if isinstance(connected, ssl.SSLSocket):
                connected.do_handshake()
            client.sock = connected
            client.request("POST", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), body, headers)
            with client.getresponse() as answer:
                return answer.status, answer.reason


def _encrypted(connected: socket.socket, host: str) -> ssl.SSLSocket:
    context = ssl.create_default_context()
    return context.wrap_socket(connected, server_hostname=host, do_handshake_on_connect=False)


def _connect(host: str, port: int, allowed: Allowed) -> socket.socket:
    """A connection to an address that was looked at: a name may resolve to another one a moment later."""
    reason: OSError = OSError(f"{host} has no address")
    for family, kind, protocol, _, where in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        address = address_of(str(where[0]))
        if not is_public(address) and not allowed.permits(host, address):
            raise NotSent("not_public")
        connected = socket.socket(family, kind, protocol)
        connected.settimeout(LONGEST / 2)
        try:
            connected.connect(where)
        except OSError as error:
            connected.close()
            reason = error
        else:
            return connected
    raise reason


def _plain(text: str) -> str:
    """What others say, fit for a list: no control characters, and not long."""
    return "".join(each if each.isprintable() else " " for each in text).strip()[:LONGEST_STATUS]
