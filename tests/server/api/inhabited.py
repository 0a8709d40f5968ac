"""A platform on which one of everything is, so that generated calls meet something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from patchbay_server.services.people import members, projects, tokens, users
from patchbay_server.services.people.actor import COMMAND
from patchbay_server.services.platform import Platform


@dataclass(frozen=True)
class Inhabited:
    """`token`: of an admin. `names`: path parameter -> what is there."""

    token: str
    names: dict[str, Any]


def inhabit(platform: Platform) -> Inhabited:
    """Make one of everything."""
    admin, _ = users.create(platform, COMMAND, name="root", is_admin=True)
    users.create(platform, COMMAND, name="ann")
    token, key = tokens.create(platform, COMMAND, admin.id, name="test")
    default = projects.find(platform, COMMAND, "default")
    members.add(platform, COMMAND, default.id, name="ann", role="viewer")
    return Inhabited(key, {"project_name": "default", "name": "ann", "token_id": token.id, "key": "source.csv@1.0.0"})
