"""Two hundred clients at once, half of which misbehave: the other half gets every answer."""

import asyncio
import json

from tests.e2e.conftest import Desk, wait_for_health
from tests.e2e.misbehaving import Server, misbehave
from tests.processes import wait_for

GOOD = BAD = 100
REQUESTS = 8


async def behave(server: Server, number: int) -> list[int]:
    """What a page asks for, and one thing made; the statuses of the answers."""
    statuses = []
    name = f"project-{number}"
    for path in ("/api/v1/session", "/api/v1/projects?limit=20", "/api/v1/roles", "/api/v1/operators") * (
        REQUESTS // 4
    ):
        status, body = await server.ask(server.request("GET", path))
        json.loads(body)
        statuses.append(status)
    made = server.request(
        "POST", "/api/v1/projects", json.dumps({"name": name}).encode(), f"Idempotency-Key: {name}\r\n"
    )
    statuses += [(await server.ask(made))[0] for _ in range(2)]
    return statuses


async def crowd(server: Server) -> list[list[int]]:
    bad = [asyncio.create_task(misbehave(server, number)) for number in range(BAD)]
    await asyncio.sleep(1)  # the slow ones are in
    good = await asyncio.gather(*(behave(server, number) for number in range(GOOD)))
    ended = [task.exception() for task in bad if task.done()]
    for task in bad:
        task.cancel()
    await asyncio.gather(*bad, return_exceptions=True)
    assert ended == []
    return good


def test_good_clients_are_served_whatever_the_others_do(desk: Desk):
    process = desk.up()
    wait_for_health(desk)
    server = Server(int(desk.state["url"].rpartition(":")[2]), desk.token())
    answers = asyncio.run(crowd(server))
    assert answers == [[200] * REQUESTS + [201, 201]] * GOOD
    wait_for(lambda: desk.get("/health"), what="the web process afterwards")
    projects = desk.get("/api/v1/projects?q=project-&limit=200")["items"]
    assert len(projects) == GOOD
    process.terminate()
    _, errors = process.communicate(timeout=60)
    assert "web" not in errors  # it was never started again
