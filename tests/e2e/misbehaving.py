"""Clients of a web server: good ones, and every bad kind that one meets."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Server:
    """Where it listens, and a token that opens it."""

    port: int
    token: str

    @contextlib.asynccontextmanager
    async def connected(self) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        """A connection, which does not outlive the block."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            yield reader, writer
        finally:
            writer.transport.abort()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    def request(
        self, method: str, path: str, body: bytes = b"", headers: str = "", *, token: str | None = None
    ) -> bytes:
        """A whole request as bytes."""
        given = f"Authorization: Bearer {self.token if token is None else token}\r\n"
        length = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if body else ""
        head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{given}{length}{headers}\r\n"
        return head.encode() + body

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Status and body of the answer to one request."""
        async with self.connected() as (reader, writer):
            writer.write(request)
            await writer.drain()
            answer = await reader.read()
        head, _, body = answer.partition(b"\r\n\r\n")
        return int(head.split()[1]), body


async def slow_headers(server: Server, random: random.Random) -> None:
    async with server.connected() as (_, writer):
        writer.write(b"GET /health HTTP/1.1\r\nHost: localhost\r\n")
        while True:
            writer.write(b"X-More: more\r\n")
            await writer.drain()
            await asyncio.sleep(0.3)


async def slow_body(server: Server, random: random.Random) -> None:
    async with server.connected() as (_, writer):
        writer.write(server.request("POST", "/api/v1/projects", headers="Content-Length: 1000000\r\n"))
        while True:
            writer.write(b" " * 10)
            await writer.drain()
            await asyncio.sleep(0.3)


async def silent(server: Server, random: random.Random) -> None:
    async with server.connected():
        await asyncio.sleep(3600)


async def garbage(server: Server, random: random.Random) -> None:
    async with server.connected() as (reader, writer):
        writer.write(random.randbytes(5000))
        await writer.drain()
        await asyncio.wait_for(reader.read(1000), 5)
        await asyncio.sleep(0.1)


async def leaves_in_the_middle(server: Server, random: random.Random) -> None:
    async with server.connected() as (_, writer):
        writer.write(server.request("GET", "/api/v1/operators") * 5)
        await writer.drain()
        await asyncio.sleep(0.1)


async def endless_headers(server: Server, random: random.Random) -> None:
    async with server.connected() as (reader, writer):
        writer.write(b"GET /health HTTP/1.1\r\n" + b"X-Long: " + b"a" * 2_000_000)
        await writer.drain()
        await asyncio.wait_for(reader.read(1000), 5)
        await asyncio.sleep(0.1)


async def too_much(server: Server, random: random.Random) -> None:
    await server.ask(server.request("POST", "/api/v1/projects", headers="Content-Length: 99999999999\r\n"))
    await asyncio.sleep(0.1)


async def deep_json(server: Server, random: random.Random) -> None:
    body = b"[" * 100_000
    status, _ = await server.ask(server.request("POST", "/api/v1/projects", body))
    assert status in (400, 422), status
    await asyncio.sleep(0.1)


async def guesses_tokens(server: Server, random: random.Random) -> None:
    status, _ = await server.ask(server.request("GET", "/api/v1/users", token=random.randbytes(20).hex()))
    assert status == 401, status
    await asyncio.sleep(0.1)


async def guesses_passwords(server: Server, random: random.Random) -> None:
    body = json.dumps({"name": "tester", "password": random.randbytes(10).hex()}).encode()
    status, _ = await server.ask(server.request("POST", "/api/v1/session", body))
    assert status in (401, 429), status
    await asyncio.sleep(0.1)


async def wanders(server: Server, random: random.Random) -> None:
    path = random.choice(
        ["/../../etc/passwd", "/api/v1/projects/..%2f..%2fetc", "/%00", "/api/v1//", "*", "/setup/..%2fpages.py"]
    )
    status, _ = await server.ask(server.request(random.choice(["GET", "PUT", "TRACE", "BREW"]), path))
    assert 400 <= status < 500, (path, status)
    await asyncio.sleep(0.1)


BAD: list[Callable[[Server, random.Random], Awaitable[None]]] = [
    slow_headers, slow_body, silent, garbage, leaves_in_the_middle, endless_headers, too_much, deep_json,
    guesses_tokens, guesses_passwords, wanders,
]  # fmt: skip


async def misbehave(server: Server, number: int) -> None:
    """Be a nuisance until cancelled. AssertionError: the server gave an answer that it must not give."""
    generator = random.Random(number)
    kind = BAD[number % len(BAD)]
    while True:
        with contextlib.suppress(OSError, asyncio.TimeoutError, IndexError):  # the server may hang up on it
            await kind(server, generator)
        await asyncio.sleep(0.05)
