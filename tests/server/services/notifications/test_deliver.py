"""Every end of a run that somebody wants to be told about is told, at least once, by one sender at a time."""

import threading
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from patchbay_server.engine import Result
from patchbay_server.engine.errors import NotFound
from patchbay_server.outbound_values import Allowed
from patchbay_server.services import flows, runs
from patchbay_server.services.errors import Conflict
from patchbay_server.services.metrics import exposition
from patchbay_server.services.notifications import by_hand, deliver, deliveries, notifications
from patchbay_server.services.notifications.deliver import send_due
from patchbay_server.services.notifications.deliveries import Delivery
from patchbay_server.services.notifications.notifications import Created
from patchbay_server.services.notifications.target import Target
from patchbay_server.services.people import secret_keys
from patchbay_server.services.people.actor import COMMAND
from patchbay_server.services.platform import Platform
from patchbay_server.store.notifications import delivery
from patchbay_server.store.tables import flow as flow_table
from tests.server.services.notifications.receivers import Hooks, Mailbox

READ = {"id": "read", "operator": "source.csv@1.0.0", "params": {"path": "lots.csv"}}


def tell(platform: Platform, project: int, hook: Hooks, name: str = "hook", **changes: Any) -> Created:
    target = replace(Target(hook.url, [], ["failed"], None, True), **changes)
    return notifications.create(platform, COMMAND, project, name, "webhook", target)


def end(platform: Platform, project: int, state: str = "failed", flow: str = "yield") -> int:
    """A run of a flow that ends like this."""
    if flow not in [each.name for each in flows.listed(platform, project).items]:
        flows.create(platform, COMMAND, project, {"format": 1, "name": flow, "nodes": [READ], "edges": []})
    id = runs.start(platform, COMMAND, project, flow=flow, request=runs.RunRequest(bypass_cache=True)).id
    if state == "cancelled":
        platform.engine.cancel(id)
        platform.engine.tick()
        return id
    claim = platform.engine.claim("train", "w")
    assert claim is not None
    if state == "failed":
        texts = {"en": "column\r\nwidth is empty", "zh-CN": "宽度列为空"}
        platform.engine.fail(claim, {"code": "data_invalid", "message": texts["en"], "details": {"texts": texts}})
    else:
        platform.engine.commit(claim, Result({"table": "t"}), "w")
    return id


def sent(platform: Platform, project: int, name: str = "hook") -> list[Delivery]:
    return deliveries.listed(platform, notifications.find(platform, project, name).id).items


def let_time_pass(platform: Platform, seconds: float) -> None:
    earlier = {name: delivery.c[name] - seconds for name in ("next_at", "lease_until", "ended_at")}
    platform.database.transact(lambda transaction: transaction.core.execute(delivery.update().values(earlier)))


def test_a_failed_run_is_told_signed_and_in_full(telling: Platform, project: int, hook: Hooks) -> None:
    made = tell(telling, project, hook)
    id = end(telling, project)
    send_due(telling)
    (request,) = hook.received
    assert made.secret is not None and request.is_signed_with(made.secret)
    assert (request.path, request.headers["content-type"]) == ("/hook?key=of-the-owner", "application/json")
    run = telling.engine.run(id)
    assert run.ended_at is not None
    told = request.json
    assert (told["type"], told["timestamp"]) == ("run.ended", told["data"].pop("ended_at"))
    assert told["data"].pop("started_at").endswith("Z")
    assert told["data"] == {
        "project": "default",
        "flow": "yield",
        "run": id,
        "state": "failed",
        "error": {"node": "read", "code": "data_invalid", "message": "column\r\nwidth is empty"},
        "url": f"https://patchbay.example/p/default/runs/{id}",
    }
    (done,) = sent(telling, project)
    assert (done.run, done.state, done.tries, done.status, done.next_at) == (id, "delivered", 1, "200 OK", None)
    send_due(telling)
    assert len(hook.received) == 1


def test_what_waits_is_shown_to_prometheus(telling: Platform, project: int, hook: Hooks) -> None:
    tell(telling, project, hook)
    labels = 'project="default"'
    for waiting in (1, 2):
        end(telling, project)
        assert f"patchbay_messages_pending{{{labels}}} {waiting}.0" in exposition.text(telling.database).decode()
    send_due(telling)
    assert f"patchbay_messages_pending{{{labels}}}" not in exposition.text(telling.database).decode()


def test_only_what_somebody_wants_is_told(telling: Platform, project: int, hook: Hooks) -> None:
    tell(telling, project, hook, "all", ends=["done", "failed", "cancelled"])
    tell(telling, project, hook, "of-one-flow", ends=["done"], flow=_flow(telling, project, "other"))
    tell(telling, project, hook, "off", ends=["done"], enabled=False)
    done, cancelled, other = (
        end(telling, project, "done"),
        end(telling, project, "cancelled"),
        end(telling, project, "done", "other"),
    )
    system = flow_table.update().where(flow_table.c.name == "yield").values(system=True)
    telling.database.transact(lambda transaction: transaction.core.execute(system))
    end(telling, project, "done", "import")
    assert [each.run for each in sent(telling, project, "all")][1:] == [other, cancelled, done]
    assert [each.run for each in sent(telling, project, "of-one-flow")] == [other]
    assert sent(telling, project, "off") == []


def _flow(platform: Platform, project: int, name: str) -> str:
    flows.create(platform, COMMAND, project, {"format": 1, "name": name, "nodes": [READ], "edges": []})
    return name


def test_an_end_that_is_rolled_back_is_not_told(
    telling: Platform, project: int, hook: Hooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(telling, project, hook, ends=["done"])

    class PowerCut(Exception):
        pass

    def broken(transaction: Any, *_: Any) -> None:
        raise PowerCut

    with monkeypatch.context() as patch:
        patch.setattr("patchbay_server.engine.commit.settle.count_attempt", broken)
        with pytest.raises(PowerCut):
            end(telling, project, "done")
    assert sent(telling, project) == []


def test_what_is_not_taken_is_tried_again_later_and_later_until_it_has_failed(
    telling: Platform, project: int, hook: Hooks
) -> None:
    tell(telling, project, hook)
    hook.statuses = [500, 302, 410, 404, 503, 500, 500]
    hook.redirect = hook.url
    id = end(telling, project)
    for number, seconds in enumerate(deliver.RETRY_AFTER, 1):
        send_due(telling)
        (waiting,) = sent(telling, project)
        assert (waiting.state, waiting.tries, len(hook.received)) == ("pending", number, number)
        let_time_pass(telling, seconds - 5)
        send_due(telling)
        assert len(hook.received) == number, "too early"
        let_time_pass(telling, 5 + deliver.JITTER * seconds)
    send_due(telling)
    (failed,) = sent(telling, project)
    assert (failed.state, failed.tries, failed.status) == ("failed", 7, "500 Internal Server Error")
    assert len({request.headers["webhook-id"] for request in hook.received}) == 1
    assert len({request.body for request in hook.received}) == 1

    again = by_hand.send_again(telling, COMMAND, project, "hook", failed.id)
    assert (again.state, again.tries, again.run) == ("pending", 0, id)
    send_due(telling)
    assert sent(telling, project)[0].state == "delivered"
    with pytest.raises(NotFound):
        by_hand.send_again(telling, COMMAND, project, "hook", failed.id + 1)


def test_many_senders_send_each_once_and_one_that_hangs_holds_up_no_other(
    telling: Platform, project: int, hook: Hooks
) -> None:
    tell(telling, project, hook)
    tell(telling, project, hook, "other", ends=["failed"])
    hook.hold.clear()
    for _ in range(3):
        end(telling, project)
    senders = [threading.Thread(target=send_due, args=(telling,)) for _ in range(4)]
    for sender in senders:
        sender.start()
    while len(hook.received) < 2:
        hook.arrived.wait(0.01)
    with telling.database.read() as transaction:
        leased = sa.select(delivery.c.notification_id, delivery.c.id).where(delivery.c.lease_until.is_not(None))
        found = transaction.core.execute(leased).all()
    assert len({notification for notification, _ in found}) == len(found) == 2
    with pytest.raises(Conflict, match="being sent"):
        by_hand.send_again(telling, COMMAND, project, "hook", sent(telling, project)[-1].id)
    hook.hold.set()
    for sender in senders:
        sender.join()
    while any(each.state == "pending" for name in ("hook", "other") for each in sent(telling, project, name)):
        send_due(telling)
    ids = [request.headers["webhook-id"] for request in hook.received]
    assert (len(ids), len(set(ids))) == (6, 6)


def test_a_sender_that_froze_longer_than_its_lease_changes_nothing(
    telling: Platform, project: int, hook: Hooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(telling, project, hook)
    end(telling, project)
    real = deliver._try

    def freeze(*given: Any) -> Any:
        let_time_pass(telling, deliver.LEASE + 1)
        monkeypatch.setattr(deliver, "_try", real)
        send_due(telling)
        return deliver.Outcome(False, "late", is_final=True)

    monkeypatch.setattr(deliver, "_try", freeze)
    send_due(telling)
    (found,) = sent(telling, project)
    assert (found.state, found.status, found.tries) == ("delivered", "200 OK", 2)


def test_what_is_switched_off_or_deleted_is_told_nothing_more(telling: Platform, project: int, hook: Hooks) -> None:
    target = tell(telling, project, hook).notification.target
    tell(telling, project, hook, "deleted")
    end(telling, project)
    notifications.change(telling, COMMAND, project, "hook", replace(target, enabled=False), expected=1)
    notifications.delete(telling, COMMAND, project, "deleted", expected=1)
    send_due(telling)
    assert [(each.state, each.status) for each in sent(telling, project)] == [("failed", "switched_off")]
    assert hook.received == []
    assert by_hand.send_test(telling, COMMAND, project, "hook").run is None
    send_due(telling)
    assert hook.received[0].json["type"] == "notification.test"
    let_time_pass(telling, 2 * 24 * 3600.0)
    deliveries.forget_old(telling, None)
    assert len(sent(telling, project)) == 2
    deliveries.forget_old(telling, 1)
    assert sent(telling, project) == []


def test_a_test_is_tried_once_and_says_what_is_wrong(telling: Platform, project: int, hook: Hooks) -> None:
    tell(telling, project, hook)
    inside = replace(telling, settings=replace(telling.settings, webhook_allow=Allowed()))
    by_hand.send_test(inside, COMMAND, project, "hook")
    send_due(inside)
    (found,) = sent(telling, project)
    assert (found.state, found.status, hook.received) == ("failed", "not_public", [])


def test_another_secret_and_other_keys(telling: Platform, project: int, hook: Hooks) -> None:
    first = tell(telling, project, hook).secret
    second = notifications.new_secret(telling, COMMAND, project, "hook")
    assert secret_keys.rotate(telling, COMMAND).secrets == 1
    by_hand.send_test(telling, COMMAND, project, "hook")
    send_due(telling)
    assert first is not None and not hook.received[0].is_signed_with(first)
    assert hook.received[0].is_signed_with(second)


def test_people_are_told_by_mail(telling: Platform, project: int, box: Mailbox) -> None:
    to = ["ann@fab.example", "bob@fab.example"]
    made = notifications.create(telling, COMMAND, project, "on duty", "email", Target(None, to, ["failed"], None, True))
    assert made.secret is None
    id = end(telling, project)
    send_due(telling)
    (mail,) = box.mails
    assert (box.recipients, mail["To"]) == (to, "ann@fab.example, bob@fab.example")
    assert mail["Subject"] == f"[Patchbay] yield: run {id} has failed / 运行 {id} 失败"
    text = mail.get_content()
    assert "width is empty / 宽度列为空" in text and "项目“default”中流程“yield”的运行" in text
    assert f"https://patchbay.example/p/default/runs/{id}" in text
    assert sent(telling, project, "on duty")[0].status == "accepted"
