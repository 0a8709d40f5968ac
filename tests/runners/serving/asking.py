"""An endpoint, asked without a server."""

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

from patchbay_runners.serving.endpoint import Endpoint, Served
from patchbay_sdk.model import Model

KEY = "pbs_secret"
AUTH = {"authorization": f"Bearer {KEY}"}


@contextmanager
def serving(model: Model) -> Iterator[Endpoint]:
    """An endpoint at /default/press that answers with version 1 of the model yield."""
    with ThreadPoolExecutor(1) as threads:
        made = Endpoint("/default/press", threads, lambda: "metrics")
        made.serve(Served.of(1, "yield", 1, model), [sha256(KEY.encode()).hexdigest()])
        yield made


def ask(endpoint: Endpoint, method: str, path: str, body: Any = b"", headers: Any = AUTH) -> tuple[int, Any]:
    """Status and answer; a body that is not bytes is sent as JSON."""

    async def read() -> bytes:
        return body if isinstance(body, bytes) else json.dumps(body).encode()

    answer = asyncio.run(endpoint.answer(method, path, headers, read))
    return answer.status, json.loads(answer.body) if answer.type == "application/json" else answer.body.decode()
