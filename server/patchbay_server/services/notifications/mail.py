"""Sending mails through the server that the operator has set."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Sequence
from email.message import EmailMessage
from email.utils import formatdate

from patchbay_server import key_ring
from patchbay_server.outbound_values import Smtp
from patchbay_server.services.notifications.message import Message
from patchbay_server.services.notifications.sending import LONGEST, NotSent, hanging_up


def send(smtp: Smtp, addresses: Sequence[str], message: Message, *, id: str) -> str:
    """What became of a mail that the server has taken, for some of its addresses at least.

    `id`: the same for each try of a message.

    Raises:
        NotSent: the server cannot be reached, or refuses the mail or all of its addresses.
        KeyFileError: the file of the password cannot be read.
    """
    try:
        with _connected(smtp) as client:
            assert client.sock is not None
            with hanging_up(client.sock):
                refused = _send(client, smtp, _mail(smtp, addresses, message, id))
    except smtplib.SMTPRecipientsRefused as error:
        raise NotSent(f"refused: {', '.join(error.recipients)}") from None
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent(" ".join(f"{type(error).__name__}: {error}".split())[:200]) from None
    return f"accepted, but refused: {', '.join(refused)}" if refused else "accepted"


def _connected(smtp: Smtp) -> smtplib.SMTP:
    if smtp.security == "ssl":
        return smtplib.SMTP_SSL(smtp.host, smtp.port, timeout=LONGEST / 2, context=ssl.create_default_context())
    client = smtplib.SMTP(smtp.host, smtp.port, timeout=LONGEST / 2)
    if smtp.security == "starttls":
        try:
            client.starttls(context=ssl.create_default_context())
        except BaseException:
            client.close()
            raise
    return client


def _send(client: smtplib.SMTP, smtp: Smtp, mail: EmailMessage) -> dict[str, tuple[int, bytes]]:
    """The addresses that were refused."""
    if smtp.user and smtp.password_file:
        client.login(smtp.user, key_ring.read_private(smtp.password_file).strip())
    return client.send_message(mail)


def _mail(smtp: Smtp, addresses: Sequence[str], message: Message, id: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = smtp.sender
    mail["To"] = ", ".join(addresses)
    mail["Subject"] = " ".join(message.subject().split())
    mail["Date"] = formatdate()
    mail["Message-ID"] = f"<{id}@{smtp.sender.partition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text(), cte="base64")  # not every server takes 8 bits
    return mail
