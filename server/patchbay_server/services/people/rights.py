"""Roles and what they may do. One table: everything else asks it.

A permission of scope ``project`` is held in the projects in which one has such a role. One of scope ``platform`` is
held by whoever has such a role in any project: operators and pools belong to all. An admin of the platform may
everything, everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Role = Literal["admin", "engineer", "scientist", "expert", "on-duty", "viewer"]
Scope = Literal["project", "platform", "self", "session", "open"]

ROLES: tuple[Role, ...] = ("admin", "engineer", "scientist", "expert", "on-duty", "viewer")
BEYOND_THE_PROJECT: frozenset[Role] = frozenset({"engineer", "on-duty"})
"""Roles with power over what all projects share; only an admin of the platform gives them."""

_ALL = frozenset(ROLES)
_BUILDERS: frozenset[Role] = frozenset({"admin", "engineer", "scientist"})
_ADMIN: frozenset[Role] = frozenset({"admin"})


@dataclass(frozen=True, slots=True)
class Permission:
    """`roles`: who has it by a role in a project. ``self``: whoever is signed in. ``session``: the same, but
    not by a token. ``open``: everybody."""

    name: str
    scope: Scope
    roles: frozenset[Role] = frozenset()


_PERMISSIONS = (
    Permission("open", "open"),
    Permission("self", "self"),
    Permission("account.manage", "session"),
    # within a project
    Permission("project.read", "project", _ALL),
    Permission("project.manage", "project", _ADMIN),
    Permission("flow.read", "project", _ALL),
    Permission("flow.write", "project", _BUILDERS),
    Permission("wizard.use", "project", _BUILDERS | {"expert"}),
    Permission("run.read", "project", _ALL),
    Permission("run.start", "project", _ALL - {"viewer"}),
    Permission("run.control", "project", _ALL - {"viewer"}),
    Permission("artifact.read", "project", _ALL),
    Permission("dataset.read", "project", _ALL),
    Permission("dataset.write", "project", _BUILDERS | {"expert"}),
    Permission("model.read", "project", _ALL),
    Permission("model.write", "project", _BUILDERS),
    Permission("deployment.read", "project", _ALL),
    Permission("deployment.use", "project", _ALL - {"viewer"}),
    Permission("deployment.write", "project", _BUILDERS | {"on-duty"}),
    Permission("schedule.read", "project", _ALL),
    Permission("schedule.write", "project", _BUILDERS | {"on-duty"}),
    Permission("notification.read", "project", _BUILDERS | {"on-duty"}),
    Permission("notification.write", "project", _BUILDERS | {"on-duty"}),
    Permission("secret.read", "project", _BUILDERS),
    Permission("secret.write", "project", frozenset({"admin", "engineer"})),
    Permission("audit.read", "project", _ADMIN),
    # of the whole platform
    Permission("operator.read", "self"),
    Permission("operator.publish", "platform", frozenset({"engineer"})),
    Permission("operator.review", "platform", frozenset({"engineer"})),
    Permission("pool.read", "self"),
    Permission("pool.manage", "platform", frozenset({"on-duty"})),
    Permission("metrics.read", "platform", frozenset({"on-duty"})),
    Permission("project.create", "platform"),
    Permission("user.manage", "platform"),
    Permission("audit.read_all", "platform"),
)
PERMISSIONS: Mapping[str, Permission] = {permission.name: permission for permission in _PERMISSIONS}
