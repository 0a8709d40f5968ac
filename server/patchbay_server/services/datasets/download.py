"""Downloads from public addresses: https only, never to a private network, few redirects, with an end."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPSConnectionPool
from urllib3.connection import HTTPSConnection

from patchbay_server.errors import ServerError
from patchbay_server.services.public_address import address_of, is_public

TIMEOUT = (10.0, 30.0)
"""Seconds to connect, and to wait for the next bytes."""
LONGEST = 2 * 3600.0
"""Seconds for one file."""
MAX_REDIRECTS = 3


class DownloadError(ServerError):
    """The address cannot be had; the message names it and says why."""

    code = "download_failed"


def download(url: str, chunk: int, session: requests.Session | None = None) -> Iterator[bytes]:
    """The content of an address in parts of at most `chunk` bytes; by default over `public_session`.

    Raises:
        DownloadError: there is no answer, an error, a redirect to where we do not go, or it takes too long.
    """
    deadline = time.monotonic() + LONGEST
    try:
        with (
            session or public_session() as opened,
            opened.get(url, stream=True, timeout=TIMEOUT, headers={"Accept-Encoding": "identity"}) as answer,
        ):
            answer.raise_for_status()
            for data in answer.iter_content(chunk):
                if time.monotonic() > deadline:
                    raise DownloadError(f"{url} takes longer than {LONGEST:g} s.")
                yield data
    except (requests.RequestException, OSError) as error:
        raise DownloadError(f"{url} cannot be loaded: {error}") from error


def public_session() -> requests.Session:
    """A session that speaks https to public addresses and nothing else; proxies of the environment are not used."""
    session = requests.Session()
    session.trust_env = False
    session.max_redirects = MAX_REDIRECTS
    session.adapters.clear()
    session.mount("https://", _PublicAdapter())
    return session


class _PublicConnection(HTTPSConnection):
    """Looks at the address that it has really reached: what a name resolves to may change between two looks."""

    def _new_conn(self) -> socket.socket:
        connected = super()._new_conn()
        address = connected.getpeername()[0]
        if not is_public(address_of(address)):
            connected.close()
            raise OSError(f"{self.host} is {address}, which is not a public address")
        return connected


class _PublicPool(HTTPSConnectionPool):
    ConnectionCls = _PublicConnection


class _PublicAdapter(HTTPAdapter):
    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **options: object) -> None:
        super().init_poolmanager(connections, maxsize, block, **options)
        self.poolmanager.pool_classes_by_scheme = {"https": _PublicPool}
