"""One client's connection to the web process: it never holds a thread, and whatever is refused has the one payload."""

from __future__ import annotations

import json

from waitress.channel import ClientDisconnected, HTTPChannel
from waitress.task import ErrorTask


class Refusal(ErrorTask):  # type: ignore[misc] # waitress brings no types
    """The answer to what is no request, or is too large: the application never sees it."""

    def execute(self) -> None:
        """Send the one error payload, and hang up."""
        error = self.request.error
        code = error.reason.lower().replace(" ", "_")
        body = json.dumps({"error": {"code": code, "message": f"{error.body}.", "details": {}}}).encode()
        self.status = f"{error.code} {error.reason}"
        self.response_headers += [("Content-Type", "application/json"), ("Cache-Control", "no-store")]
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class Channel(HTTPChannel):  # type: ignore[misc]
    """Hangs up on a client that asks for more and more and reads nothing; waitress would have a thread wait for it.

    Files are sent without a thread (see `api/downloads.py`) and do not count, and nothing else is this large.
    """

    error_task_class = Refusal

    def _flush_outbufs_below_high_watermark(self) -> None:
        if self.total_outbufs_len > self.adj.outbuf_high_watermark:
            raise ClientDisconnected
