"""What services refuse.

::

    ServerError
    ├── Invalid             a value that cannot be used; the message names field, value and what is allowed
    ├── Forbidden           this person may not do this
    ├── AlreadyExists       there is one of that name
    ├── Conflict            it was changed meanwhile: look at it again, then decide
    └── Collected           what a run made was removed, since nothing needed it any more
"""

from __future__ import annotations

from patchbay_server.errors import ServerError


class Invalid(ServerError):
    """A value that cannot be used."""

    code = "invalid"


class Forbidden(ServerError):
    """This person may not do this; the message names the right that is missing."""

    code = "forbidden"


class AlreadyExists(ServerError):
    """There is one of that name already."""

    code = "already_exists"


class Conflict(ServerError):
    """It was changed, or is in a state that does not allow this; `details` says what it is now."""

    code = "conflict"


class Collected(ServerError):
    """An artifact was removed from the store by age; `details["at"]` says when. Running again makes it anew."""

    code = "artifact_collected"
