from collections.abc import Iterator
from dataclasses import replace

import pytest

from patchbay_server.outbound_values import Smtp, read_allowed
from patchbay_server.services.platform import Platform
from tests.server.services.notifications.receivers import Hooks, Mailbox, hooks, mailbox


@pytest.fixture
def hook() -> Iterator[Hooks]:
    with hooks() as told:
        yield told


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mailbox() as found:
        yield found


@pytest.fixture
def smtp(box: Mailbox) -> Smtp:
    return Smtp("127.0.0.1", box.port, "none", None, None, "patchbay@fab.example")


@pytest.fixture
def telling(platform: Platform, smtp: Smtp) -> Platform:
    """A platform with a mail server, whose webhooks may reach this machine, at an address that people know."""
    allowed = read_allowed({"PATCHBAY_WEBHOOK_ALLOW": "127.0.0.0/8"})
    settings = replace(platform.settings, smtp=smtp, webhook_allow=allowed, url="https://patchbay.example")
    return replace(platform, settings=settings)
