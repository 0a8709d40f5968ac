"""Logs of attempts, read piece by piece."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from patchbay_server.engine import views
from patchbay_server.engine.errors import NotFound
from patchbay_server.services.platform import Platform

LARGEST_PIECE = 256 << 10
"""Bytes."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Text of a log from a byte on. `next`: where the following piece begins; the end, where there is none yet."""

    text: str
    next: int


def read(platform: Platform, project_id: int, run_id: int, task_id: int, number: int, offset: int) -> Piece:
    """A piece of the log of an attempt; empty where it has written none, or on another host.

    Raises:
        NotFound: the project has no such run, task or attempt.
    """
    with platform.database.read() as transaction:
        views.get_run(transaction, run_id, project_id)
        attempts = views.get_task(transaction, run_id, task_id).attempts
    path = next((attempt.log_path for attempt in attempts if attempt.number == number), None)
    if all(attempt.number != number for attempt in attempts):
        raise NotFound(f"Task {task_id} has no attempt {number}.", reason="attempt")
    return Piece("", offset) if path is None else _read(Path(path), platform.settings.attempt_logs, offset)


def _read(path: Path, folder: Path, offset: int) -> Piece:
    """Never of a file outside of `folder`, whatever the database says."""
    try:
        real = path.resolve(strict=True)
        if not real.is_relative_to(folder.resolve()):
            return Piece("", offset)
        with real.open("rb") as file:
            file.seek(offset)
            piece = file.read(LARGEST_PIECE)
    except OSError:
        return Piece("", offset)
    piece = _whole_characters(piece)
    return Piece(piece.decode(errors="replace"), offset + len(piece))


def _whole_characters(piece: bytes) -> bytes:
    """The piece without the beginning of a UTF-8 character whose end is not there yet."""
    for length in range(1, min(4, len(piece)) + 1):
        byte = piece[-length]
        if byte >= 0xC0:  # begins a character of 2 to 4 bytes
            size = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return piece if size <= length else piece[:-length]
        if byte < 0x80:
            return piece
    return piece
