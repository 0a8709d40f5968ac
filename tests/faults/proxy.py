"""Stands between the workers and PostgreSQL, and breaks connections at their COMMIT."""

import itertools
import socket
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType

COMMIT = b"COMMIT\0"
"""As the driver sends it, with the zero that ends a text in PostgreSQL's protocol."""
PORT = 5432


class BreakingProxy:
    """A socket in `folder`; it hands everything to the server whose socket is in `server`.

    Every `every`-th COMMIT ends in a lost connection: in turn before the server hears of it, and after it has done it.
    `broken`: how often, by which.
    """

    def __init__(self, server: Path, folder: Path, every: int) -> None:
        self.broken = {"before": 0, "after": 0}
        self._server = server / f".s.PGSQL.{PORT}"
        self._commits = itertools.count(1)
        self._every = every
        self._lock = threading.Lock()
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(folder / f".s.PGSQL.{PORT}"))
        self._listener.listen(100)
        self._open: set[socket.socket] = set()
        self._accepting = threading.Thread(target=self._accept)

    def __enter__(self) -> "BreakingProxy":
        self._accepting.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _end(self._listener)
        self._accepting.join()
        for end in list(self._open):
            _end(end)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            server.connect(str(self._server))
            self._open |= {client, server}
            threading.Thread(target=self._ask, args=(client, server), daemon=True).start()

    def _ask(self, client: socket.socket, server: socket.socket) -> None:
        """One connection, until either side ends it or it is broken."""
        answers = threading.Thread(target=_copy, args=(server, client), daemon=True)
        answers.start()
        while asked := _receive(client):
            how = self._what_to_break() if COMMIT in asked else None
            if how == "before":
                break
            if how == "after":
                client.shutdown(socket.SHUT_WR)  # the answer comes too late
            try:
                server.sendall(asked)
            except OSError:
                break
            if how == "after":
                server.shutdown(socket.SHUT_WR)
                answers.join()
                break
        _end(client)
        _end(server)

    def _what_to_break(self) -> str | None:
        with self._lock:
            number = next(self._commits)
            if number % self._every:
                return None
            how = ("before", "after")[number // self._every % 2]
            self.broken[how] += 1
            return how


def _copy(source: socket.socket, target: socket.socket) -> None:
    while data := _receive(source):
        try:
            target.sendall(data)
        except OSError:
            continue  # what is left is not for anybody
    _end(target)


def _receive(end: socket.socket) -> bytes:
    try:
        return end.recv(1 << 16)
    except OSError:
        return b""


def _end(end: socket.socket) -> None:
    with suppress(OSError):  # it has ended already
        end.shutdown(socket.SHUT_RDWR)
    end.close()
