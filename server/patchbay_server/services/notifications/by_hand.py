"""What a person has sent: a test, or a delivery again."""

from __future__ import annotations

from patchbay_server.engine.submit import now_of
from patchbay_server.services.errors import Conflict
from patchbay_server.services.notifications import deliveries, notifications
from patchbay_server.services.notifications.deliveries import Delivery
from patchbay_server.services.people.actor import Actor
from patchbay_server.services.platform import Platform
from patchbay_server.store.database import Transaction
from patchbay_server.store.notifications import delivery
from patchbay_server.store.statement import Statement

AGAIN = Statement(
    "UPDATE delivery SET state = 'pending', tries = 0, next_at = $now, lease_until = NULL, ended_at = NULL"
    " WHERE id = :id AND (lease_until IS NULL OR lease_until < $now)"
)


def send_test(platform: Platform, actor: Actor, project_id: int, name: str) -> Delivery:
    """Send a message that tells of no run, once; also to a notification that is switched off. Raises NotFound."""

    def write(transaction: Transaction) -> Delivery:
        to = notifications.get(transaction, project_id, name).id
        now = now_of(transaction)
        row = {"notification_id": to, "state": "pending", "tries": 0, "next_at": now, "created_at": now}
        id = transaction.core.execute(delivery.insert().values(row).returning(delivery.c.id)).scalar_one()
        notifications.record(transaction, actor, "notification.tested", project_id, name)
        return deliveries.get(transaction, to, id)

    return platform.database.transact(write)


def send_again(platform: Platform, actor: Actor, project_id: int, name: str, id: int) -> Delivery:
    """Send at once what was delivered, has failed or waits for its next try; its tries are counted anew.

    Raises:
        NotFound: there is no such notification, or it has no such delivery.
        Conflict: it is being sent at this moment.
    """

    def write(transaction: Transaction) -> Delivery:
        to = notifications.get(transaction, project_id, name).id
        deliveries.get(transaction, to, id)
        if not transaction.run(AGAIN, {"id": id}):
            raise Conflict(f"Delivery {id} is being sent at this moment.", reason="delivery_busy")
        notifications.record(transaction, actor, "notification.sent_again", project_id, name, after={"delivery": id})
        return deliveries.get(transaction, to, id)

    return platform.database.transact(write)
