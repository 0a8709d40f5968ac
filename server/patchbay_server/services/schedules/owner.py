"""With whose rights the platform starts runs by itself."""

from __future__ import annotations

from patchbay_server.services.errors import Forbidden
from patchbay_server.services.people.actor import COMMAND, Actor
from patchbay_server.services.people.sessions import actor_of
from patchbay_server.services.platform import Platform


def owner(platform: Platform, user_id: int | None, project_id: int, *, via: str) -> Actor:
    """Who saved or started something last, with the rights of this moment. `user_id`: None: the command line.

    Raises:
        Forbidden: they are not active any more, or may not start runs any more.
    """
    if user_id is None:
        return COMMAND
    with platform.database.read() as transaction:
        found = actor_of(transaction, user_id, via=via, address="")
    if found is None:
        raise Forbidden(
            f"The user who saved {via.replace(':', ' ')} last is not active any more.", reason="schedule_owner"
        )
    check_may_start(found, project_id)
    return found


def check_may_start(actor: Actor, project_id: int) -> None:
    """Raises Forbidden: the actor may not start runs."""
    if not actor.may("run.start", project_id):
        raise Forbidden(
            f"Schedules and backfills start runs: {actor.name!r} needs the permission 'run.start' for that.",
            reason="schedule_rights",
        )
