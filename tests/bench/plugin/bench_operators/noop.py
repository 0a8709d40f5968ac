"""Nothing to do."""

from __future__ import annotations

from patchbay_sdk import Context, Operator, Outputs


class Noop(Operator):
    """Hands on a short text."""

    def run(self, context: Context, before: str = "") -> Outputs:
        """The same text for every node."""
        return {"after": "nothing done"}
