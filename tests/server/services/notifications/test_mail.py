"""Mails that a real mail server takes, or does not."""

import pytest

from patchbay_server.outbound_values import Smtp, read_smtp
from patchbay_server.services.notifications import mail
from patchbay_server.services.notifications.message import Test as Trial
from patchbay_server.services.notifications.sending import NotSent
from tests.server.services.notifications.receivers import Mailbox

HOST = {"PATCHBAY_SMTP_HOST": "mail.example", "PATCHBAY_SMTP_FROM": "patchbay@fab.example"}


def send(smtp: Smtp, *addresses: str, name: str = "on duty") -> str:
    return mail.send(smtp, addresses, Trial("default", name, 5.0), id="delivery_1_5")


def test_nothing_in_a_name_becomes_a_header(smtp: Smtp, box: Mailbox) -> None:
    send(smtp, "ann@fab.example", name="x\r\nBcc: eve@evil.example\r\n\r\nhello")
    (sent,) = box.mails
    assert (sent["Bcc"], box.recipients) == (None, ["ann@fab.example"])
    assert sent["Subject"].startswith("[Patchbay] Test of x Bcc: eve@evil.example hello")
    assert (sent["Message-ID"], sent["Auto-Submitted"]) == ("<delivery_1_5@fab.example>", "auto-generated")


def test_some_addresses_are_refused_or_all(smtp: Smtp, box: Mailbox) -> None:
    box.refuses = ("gone@fab.example",)
    assert send(smtp, "ann@fab.example", "gone@fab.example") == "accepted, but refused: gone@fab.example"
    with pytest.raises(NotSent, match=r"refused: gone@fab\.example"):
        send(smtp, "gone@fab.example")


def test_a_server_that_cannot_encrypt_gets_no_mail(smtp: Smtp, box: Mailbox) -> None:
    encrypted = Smtp(smtp.host, smtp.port, "starttls", None, None, smtp.sender)
    with pytest.raises(NotSent, match="STARTTLS"):
        send(encrypted, "ann@fab.example")
    assert box.mails == []


def test_settings_of_the_server() -> None:
    assert read_smtp({}) is None
    assert read_smtp(HOST) == Smtp("mail.example", 587, "starttls", None, None, "patchbay@fab.example")
    ssl = read_smtp({**HOST, "PATCHBAY_SMTP_SECURITY": "ssl"})
    assert ssl is not None and ssl.port == 465


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"PATCHBAY_SMTP_FROM": ""}, "PATCHBAY_SMTP_FROM"),
        ({"PATCHBAY_SMTP_FROM": "Ann <ann@fab.example>"}, "e-mail address"),
        ({"PATCHBAY_SMTP_PORT": "0"}, "1 to 65535"),
        ({"PATCHBAY_SMTP_SECURITY": "tls"}, "starttls, ssl, none"),
        ({"PATCHBAY_SMTP_USER": "me"}, "together"),
        ({"PATCHBAY_SMTP_USER": "me", "PATCHBAY_SMTP_PASSWORD_FILE": "/p", "PATCHBAY_SMTP_SECURITY": "none"}, "clear"),
    ],
)
def test_settings_that_cannot_be_used(changes: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_smtp({**HOST, **changes})
