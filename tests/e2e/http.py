"""A client of the API of a running platform."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

from tests.processes import wait_for


class Refused(Exception):
    """An answer that is no success: its status and error payload."""

    def __init__(self, status: int, error: dict[str, Any]) -> None:
        super().__init__(f"{status}: {error}")
        self.status, self.error = status, error


@dataclass(frozen=True)
class Client:
    """Somebody with a token."""

    url: str
    token: str

    def __call__(self, method: str, path: str, body: Any = None, **headers: Any) -> Any:
        """The JSON of the answer, or None without any. Raises Refused."""
        data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        kind = "application/octet-stream" if isinstance(body, bytes) else "application/json"
        given = {name.replace("_", "-"): str(value) for name, value in headers.items()}
        given |= {"Authorization": f"Bearer {self.token}", "Content-Type": kind}
        request = urllib.request.Request(f"{self.url}/api/v1{path}", data, given, method=method)
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            with error:
                raise Refused(error.code, json.load(error)["error"]) from None
        return json.loads(text) if text else None

    def get(self, path: str) -> Any:
        return self("GET", path)

    def post(self, path: str, body: Any = None, **headers: Any) -> Any:
        return self("POST", path, body, **headers)

    def follow(self, project: str, run_id: int) -> dict[str, Any]:
        """A run at its end, followed through its events."""
        seen, runs = [0], []

        def ended() -> bool:
            events = self.get(f"/projects/{project}/runs/{run_id}/events?after={seen[-1]}")["items"]
            seen.extend(event["seq"] for event in events)
            runs.append(self.get(f"/projects/{project}/runs/{run_id}"))
            return runs[-1]["state"] in ("done", "failed", "cancelled")

        wait_for(ended, what=f"run {run_id}", seconds=90)
        assert seen == list(range(len(seen)))  # no event was skipped
        run: dict[str, Any] = runs[-1]
        return run
