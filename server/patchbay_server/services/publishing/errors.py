"""What publishing refuses.

::

    ServerError
    ├── ReleaseRefused      the package cannot be published as it is; `details["reasons"]` lists everything
    ├── EnvironmentFailed   its dependencies cannot be resolved or installed; the message says why
    └── PublishingBusy      somebody else publishes at this moment: try again in `details["seconds"]`
"""

from __future__ import annotations

from collections.abc import Sequence

from patchbay_server.errors import ServerError


class ReleaseRefused(ServerError):
    """The package cannot be published as it is; the message has a line per reason."""

    code = "release_refused"

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("\n".join(reasons), reasons=list(reasons))


class EnvironmentFailed(ServerError):
    """An environment cannot be resolved or built; the message says what pip said, or what to do."""

    code = "environment_failed"

    def __init__(self, message: str) -> None:
        super().__init__(message, reasons=[message])


class PublishingBusy(ServerError):
    """Packages are published one after the other, and one is being published now."""

    code = "publishing_busy"
