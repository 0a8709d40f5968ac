"""A socket read line by line without ever waiting."""

from __future__ import annotations

import socket

_CHUNK = 1 << 16
LONGEST = 64 << 20
"""Bytes that may wait for their line end; who sends more is listened to no longer."""


class LineSocket:
    """Collects what arrives on a stream socket into whole lines; a partial one waits for its rest."""

    def __init__(self, stream: socket.socket) -> None:
        self.stream = stream
        self.closed = False
        """Whether the other side has closed; a partial last line is dropped."""
        self._rest = bytearray()

    def fileno(self) -> int:
        """The socket's descriptor."""
        return self.stream.fileno()

    def read(self) -> list[bytes]:
        """The whole lines that have arrived, without their line ends."""
        known = len(self._rest)
        while not self.closed:
            try:
                chunk = self.stream.recv(_CHUNK, socket.MSG_DONTWAIT)
            except BlockingIOError:
                break
            except ConnectionResetError:
                chunk = b""
            self._rest += chunk
            self.closed = not chunk or len(self._rest) > LONGEST
            if len(chunk) < _CHUNK:
                break
        if self._rest.find(b"\n", known) < 0:
            return []
        *lines, rest = bytes(self._rest).split(b"\n")
        self._rest = bytearray(rest)
        return lines

    def close(self) -> None:
        """Close this side."""
        self.closed = True
        self.stream.close()
