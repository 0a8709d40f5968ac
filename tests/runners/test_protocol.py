from __future__ import annotations

import json
import socket
from dataclasses import replace
from pathlib import Path

import pytest

from patchbay_runners.lines import LineSocket
from patchbay_runners.local import LocalRunner
from patchbay_runners.protocol import ProtocolMismatch, TaskEvent, TaskRequest
from tests.runners.desk import Desk


@pytest.fixture
def request_sent(tmp_path: Path) -> TaskRequest:
    return Desk(tmp_path, LocalRunner(tmp_path)).request("Script", action="grüße\n你好")


def test_a_request_is_one_line_and_comes_back(request_sent: TaskRequest) -> None:
    line = request_sent.to_line()
    assert "\n" not in line
    assert TaskRequest.from_line(line) == request_sent


def test_an_event_is_one_line_and_comes_back() -> None:
    event = TaskEvent("log", {"level": "info", "message": "a\nb"})
    assert "\n" not in event.to_line()
    assert TaskEvent.from_line(event.to_line().encode()) == event


def test_another_protocol_is_refused(request_sent: TaskRequest) -> None:
    line = replace(request_sent, protocol=99).to_line()
    with pytest.raises(ProtocolMismatch, match="speaks protocol 4, the platform 99: install the same version"):
        TaskRequest.from_line(json.dumps({**json.loads(line), "field_of_tomorrow": 1}))


def test_lines_may_arrive_in_pieces() -> None:
    ours, theirs = socket.socketpair()
    lines = LineSocket(ours)
    pieces = ["grü".encode()[:3], "grü".encode()[3:] + b"\nnext\nthe", b" rest\nlost"]
    got = []
    for piece in pieces:
        theirs.sendall(piece)
        got.append(lines.read())
    assert got == [[], ["grü".encode(), b"next"], [b"the rest"]]
    assert not lines.closed
    theirs.close()
    assert lines.read() == []
    assert lines.closed
    lines.close()


def test_more_than_a_chunk_is_read_at_once() -> None:
    ours, theirs = socket.socketpair()
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    theirs.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
    line = b"x" * 100_000
    theirs.sendall(line + b"\n")
    lines = LineSocket(ours)
    assert lines.read() == [line]
    theirs.close()
    lines.close()
