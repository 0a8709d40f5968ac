"""Who acts, and by which right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from patchbay_server.services.people.rights import PERMISSIONS, Role

EVERYTHING = "*"


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in user, a token of one, or the platform's own command line.

    `via`: ``session``, ``token:<name>``, ``command`` or ``platform``. `roles`: project id -> role.
    `scopes`: permissions that a token is limited to, or ``*``. `only_project`: the project it is limited to.
    """

    user_id: int | None
    name: str
    is_admin: bool
    via: str
    address: str = ""
    roles: Mapping[int, Role] = field(default_factory=dict)
    scopes: frozenset[str] = frozenset({EVERYTHING})
    only_project: int | None = None

    def may(self, permission: str, project_id: int | None = None) -> bool:
        """Whether this actor has a permission: in a project, or of the whole platform."""
        wanted = PERMISSIONS[permission]
        if wanted.scope == "open":
            return True
        if EVERYTHING not in self.scopes and permission not in self.scopes:
            return False
        if wanted.scope == "self":
            return True
        if wanted.scope == "session":
            return self.via == "session"
        if wanted.scope == "project":
            return project_id is not None and self.is_member(project_id) and self._has_role(wanted.roles, project_id)
        if self.only_project is not None:
            return False
        return self.is_admin or any(role in wanted.roles for role in self.roles.values())

    def is_member(self, project_id: int) -> bool:
        """Whether a project exists for this actor at all."""
        if self.only_project not in (None, project_id):
            return False
        return self.is_admin or project_id in self.roles

    def role(self, project_id: int) -> Role | None:
        """The role in a project; an admin of the platform is admin of every project."""
        return "admin" if self.is_admin else self.roles.get(project_id)

    def _has_role(self, roles: frozenset[Role], project_id: int) -> bool:
        return self.role(project_id) in roles


PLATFORM = Actor(None, "platform", True, "platform")
"""What the platform does by itself: schedules, retention."""
COMMAND = Actor(None, "command line", True, "command")
"""Whoever can read the data folder may everything."""
