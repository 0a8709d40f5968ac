"""What goes wrong while a message is sent, and an end for what never ends."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from patchbay_server.errors import ServerError

LONGEST = 10.0
"""Seconds for one message, from the first byte to the answer."""


class NotSent(ServerError):
    """A message was not taken; `message` is a word that the pages know, or what the other side said instead."""

    code = "notification_not_sent"


@contextmanager
def hanging_up(connected: socket.socket) -> Iterator[None]:
    """Ends a connection that takes too long: a timeout of a socket begins anew with every byte. Raises NotSent."""
    is_late = threading.Event()

    def hang_up() -> None:
        is_late.set()
        with suppress(OSError):
            connected.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(LONGEST, hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield
    except Exception:
        if is_late.is_set():
            raise NotSent("no_answer") from None
        raise
    finally:
        timer.cancel()
