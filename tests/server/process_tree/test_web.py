"""The web server, with one thread: clients that do not read keep nobody waiting; all refusals have the one payload."""

from __future__ import annotations

import http.client
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response

from patchbay_server.api.downloads import download
from patchbay_server.app import LARGEST_BODY
from patchbay_server.process_tree.web import make_server

CONTENT = bytes(range(256)) * (40 << 12)
"""40 MiB: more than the buffers of waitress and of two sockets."""


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder: Path = tmp_path_factory.mktemp("files")
    (folder / "large").write_bytes(CONTENT)
    (folder / "empty").touch()
    app = Flask(__name__)

    @app.get("/files/<name>")
    def file(name: str) -> Response:
        return download((folder / name).open("rb"), name)

    @app.get("/much")
    def much() -> bytes:
        return b"x" * (1 << 20)

    @app.route("/", methods=["GET", "POST"])
    def root() -> str:
        return "here"

    server = make_server(app, socket.create_server(("127.0.0.1", 0)), threads=1)
    thread = threading.Thread(target=server.run)
    thread.start()
    yield int(server.effective_port)

    def end() -> None:
        for channel in list(server.active_channels.values()):
            channel.handle_close()
        server.close()

    server.trigger.pull_trigger(end)
    thread.join(10)
    assert not thread.is_alive()


def ask(port: int, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


@pytest.mark.parametrize("asked", [b"GET /files/large HTTP/1.1\r\n\r\n", b"GET /much HTTP/1.1\r\n\r\n" * 100])
def test_clients_that_read_nothing_keep_nobody_waiting(port: int, asked: bytes) -> None:
    with ExitStack() as stack:
        for _ in range(5):
            client = stack.enter_context(socket.socket())
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.connect(("127.0.0.1", port))
            client.sendall(asked)
        for _ in range(40):
            assert ask(port, "/")[::2] == (200, b"here")


@pytest.mark.parametrize(
    ("wanted", "status", "content"),
    [
        ("", 200, CONTENT),
        ("bytes=10-19", 206, CONTENT[10:20]),
        ("bytes=30000000-", 206, CONTENT[30000000:]),
        ("bytes=-5", 206, CONTENT[-5:]),
    ],
)
def test_files_and_parts_of_them_arrive_whole(port: int, wanted: str, status: int, content: bytes) -> None:
    given = ask(port, "/files/large", Range=wanted) if wanted else ask(port, "/files/large")
    assert given[0] == status
    assert given[2] == content
    assert given[1]["Content-Length"] == str(len(content))


def test_files_without_content(port: int) -> None:
    assert ask(port, "/files/empty")[::2] == (200, b"")
    assert ask(port, "/files/large", "HEAD")[::2] == (200, b"")


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"get / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nX: \0\r\n\r\n", 400),
        (b"GET /?" + b"a" * 300_000 + b" HTTP/1.1\r\n\r\n", 431),
        (b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % (LARGEST_BODY + 1), 413),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
    ],
)
def test_what_is_no_request_is_refused_with_the_one_payload(port: int, request_: bytes, status: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
        client.sendall(request_)
        answer = http.client.HTTPResponse(client)
        answer.begin()
        error: dict[str, Any] = json.loads(answer.read())
    assert (answer.status, answer.getheader("Content-Type")) == (status, "application/json")
    assert set(error) == {"error"} and set(error["error"]) == {"code", "message", "details"}
