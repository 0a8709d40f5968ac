"""Who messages are sent to: a real web server and a real mail server, on the loopback address."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Received:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def is_signed_with(self, secret: str) -> bool:
        """As a receiver finds out that has read the convention, and none of our code."""
        content = b".".join(
            (self.headers["webhook-id"].encode(), self.headers["webhook-timestamp"].encode(), self.body)
        )
        key = base64.b64decode(secret.removeprefix("whsec_"))
        digest = hmac.new(key, content, hashlib.sha256).digest()
        return self.headers["webhook-signature"] == "v1," + base64.b64encode(digest).decode()


@dataclass
class Hooks:
    """A web server that answers as it is told: with these statuses one after another, then with 200.

    `hold`: it answers only once this is set. `redirect`: where it sends those who get a 302.
    """

    port: int = 0
    statuses: list[int] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    arrived: threading.Event = field(default_factory=threading.Event)
    hold: threading.Event = field(default_factory=threading.Event)
    redirect: str = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?key=of-the-owner"


@contextmanager
def hooks() -> Iterator[Hooks]:
    told = Hooks()
    told.hold.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            names = {name.lower(): value for name, value in self.headers.items()}
            status = told.statuses.pop(0) if told.statuses else 200
            told.received.append(Received(self.path, names, body))
            told.arrived.set()
            told.hold.wait(30)
            self.send_response(status)
            if told.redirect:
                self.send_header("Location", told.redirect)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:  # whoever asked is gone, as some tests want it
            pass

    with serving(Server(("127.0.0.1", 0), Handler)) as server:
        told.port = server.server_address[1]
        yield told
        told.hold.set()


@contextmanager
def serving(server: Any) -> Iterator[Any]:
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Mailbox:
    """A mail server without a password. `refuses`: the addresses that it does not take."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    refuses: tuple[str, ...] = ()


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox()

    class Handler(socketserver.StreamRequestHandler):
        def say(self, text: str) -> None:
            self.wfile.write(text.encode() + b"\r\n")

        def handle(self) -> None:
            self.say("220 here")
            for line in self.rfile:
                command = line.decode().strip()
                if command.upper().startswith("RCPT"):
                    address = command.partition("<")[2].partition(">")[0]
                    if address in box.refuses:
                        self.say("550 nobody of that name")
                        continue
                    box.recipients.append(address)
                if command.upper() == "DATA":
                    self.say("354 go on")
                    content = b""
                    while not content.endswith(b"\r\n.\r\n"):
                        content += self.rfile.readline()
                    mail = message_from_bytes(content[: -len(b".\r\n")], policy=policy.default)
                    assert isinstance(mail, EmailMessage)
                    box.mails.append(mail)
                self.say("221 bye" if command.upper() == "QUIT" else "250 fine")

    with serving(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)) as server:
        box.port = server.server_address[1]
        yield box
