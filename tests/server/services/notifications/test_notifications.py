"""What a notification may be, who is recorded for changing it, and that nobody reads its secret again."""

from dataclasses import replace

import pytest

from patchbay_server.engine.errors import NotFound
from patchbay_server.services import flows
from patchbay_server.services.errors import AlreadyExists, Conflict, Invalid
from patchbay_server.services.notifications import notifications
from patchbay_server.services.notifications.target import Target
from patchbay_server.services.people import audit
from patchbay_server.services.people.actor import COMMAND
from patchbay_server.services.platform import Platform

HOOK = Target("https://hooks.example/T0/key-of-the-owner?token=abc", [], ["failed"], None, True)
MAIL = Target(None, ["ann@fab.example"], ["done", "failed"], None, True)


def test_it_is_made_changed_and_deleted(platform: Platform, project: int, monkeypatch: pytest.MonkeyPatch) -> None:
    made = notifications.create(platform, COMMAND, project, "on duty", "webhook", HOOK)
    assert (made.notification.target, made.notification.last) == (HOOK, None)
    assert made.secret is not None and made.secret.startswith("whsec_")
    document = {"format": 1, "name": "yield", "nodes": [], "edges": []}
    flows.create(platform, COMMAND, project, document)
    of_one = replace(HOOK, ends=["done", "cancelled"], flow="yield")
    assert notifications.change(platform, COMMAND, project, "on duty", of_one, expected=1).target == of_one
    flows.delete(platform, COMMAND, project, "yield", expected=1)
    assert notifications.find(platform, project, "on duty").target.flow == "yield"
    with pytest.raises(AlreadyExists):
        notifications.create(platform, COMMAND, project, "on duty", "webhook", HOOK)
    monkeypatch.setattr(notifications, "MOST", 1)
    with pytest.raises(Invalid, match="1 notifications"):
        notifications.create(platform, COMMAND, project, "more", "webhook", HOOK)
    with pytest.raises(Conflict):
        notifications.delete(platform, COMMAND, project, "on duty", expected=1)
    notifications.delete(platform, COMMAND, project, "on duty", expected=2)
    with pytest.raises(NotFound):
        notifications.find(platform, project, "on duty")
    lines = "".join(audit.export(platform.database, audit.Filter(action="notification.")))
    assert [lines.count(f'"notification.{verb}"') for verb in ("created", "changed", "deleted")] == [1, 1, 1]
    assert "https://hooks.example" in lines and "key-of-the-owner" not in lines and made.secret not in lines


def test_what_cannot_be_a_target_is_refused_by_name(telling: Platform, project: int) -> None:
    urls = (
        None, "", "ftp://host/", "file:///etc/passwd", "https://", "https:///x", "https://user:word@host/", "host",
        "https://host:0/", "https://host:x/", "http://host/a b", "http://host/\r\nX: y", "https://host/#part", "http://[",
    )  # fmt: skip
    for url in urls:
        with pytest.raises(Invalid, match="URL of a webhook"):
            notifications.create(telling, COMMAND, project, "a", "webhook", replace(HOOK, url=url))
    for address in (
        "ann",
        "ann@",
        "Ann <ann@fab.example>",
        "a@b.example,c@d.example",
        "a@b\r\nBcc: c@d.example",
        "ä@b.c",
    ):
        with pytest.raises(Invalid, match="is no e-mail address"):
            notifications.create(telling, COMMAND, project, "a", "email", replace(MAIL, addresses=[address]))
    with pytest.raises(Invalid, match="1 to 20"):
        notifications.create(telling, COMMAND, project, "a", "email", replace(MAIL, addresses=[]))
    with pytest.raises(Invalid, match="at least one end"):
        notifications.create(telling, COMMAND, project, "a", "webhook", replace(HOOK, ends=[]))
    with pytest.raises(NotFound):
        notifications.create(telling, COMMAND, project, "a", "webhook", replace(HOOK, flow="none"))
    with pytest.raises(Invalid, match="no '/'"):
        notifications.create(telling, COMMAND, project, "a/b", "webhook", HOOK)
    notifications.create(telling, COMMAND, project, "mail", "email", MAIL)
    without = replace(telling, settings=replace(telling.settings, smtp=None))
    with pytest.raises(Invalid, match="PATCHBAY_SMTP_HOST"):
        notifications.create(without, COMMAND, project, "more", "email", MAIL)
    off = replace(MAIL, enabled=False)
    assert notifications.change(without, COMMAND, project, "mail", off, expected=1).target == off
    with pytest.raises(Invalid, match="no webhook"):
        notifications.new_secret(telling, COMMAND, project, "mail")
