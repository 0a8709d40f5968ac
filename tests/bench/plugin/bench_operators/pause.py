"""Takes a certain time."""

from __future__ import annotations

import time
from collections.abc import Sequence

from patchbay_sdk import Context, Operator, Outputs


class Pause(Operator):
    """Waits, as for work elsewhere, and hands on a short text."""

    def run(self, context: Context, seconds: float, before: Sequence[str] = ()) -> Outputs:
        """The same text for every node."""
        time.sleep(seconds)
        return {"after": "waited"}
