"""What users name as a target cannot be used to reach the inside, to be sent elsewhere, or to hold anybody up."""

import socket
import threading
import time
from ipaddress import ip_address

import pytest

from patchbay_server.outbound_values import Allowed, read_allowed
from patchbay_server.services.notifications import sending, webhook
from patchbay_server.services.notifications.sending import NotSent
from patchbay_server.services.public_address import address_of, is_public
from tests.server.services.notifications.receivers import Hooks

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
HERE = read_allowed({"PATCHBAY_WEBHOOK_ALLOW": "127.0.0.0/8"})


def post(url: str, allowed: Allowed = HERE) -> str:
    return webhook.post(url, "{}", id="delivery_1", secret=SECRET, allowed=allowed)


def test_the_signature_is_that_of_the_convention() -> None:
    """Their own example."""
    body = b'{"test": 2432232314}'
    headers = webhook.signed(body, id="msg_p5jXN8AQM9LWM0D4loKWxJek", secret=SECRET, at=1614265330)
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1",
        "::1", "::", "fe80::1%eth0", "fd00:ec2::254", "::ffff:127.0.0.1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::",
    ],
)  # fmt: skip
def test_what_is_not_public(text: str) -> None:
    assert not is_public(address_of(text))


def test_what_is_public() -> None:
    assert all(is_public(address_of(text)) for text in ("93.184.215.14", "2606:4700:4700::1111", "64:ff9b::808:808"))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]"])
def test_the_inside_is_not_reached(host: str, hook: Hooks) -> None:
    with pytest.raises(NotSent, match="not_public"):
        post(f"http://{host}:{hook.port}/", Allowed())
    assert hook.received == []


def test_the_operator_may_allow_hosts_and_networks(hook: Hooks) -> None:
    for text in ("127.0.0.1/32", "Localhost, 10.0.0.0/8"):
        allowed = read_allowed({"PATCHBAY_WEBHOOK_ALLOW": text})
        assert post(f"http://localhost:{hook.port}/", allowed) == "200 OK"
    assert not Allowed(frozenset({"hooks"})).permits("localhost", ip_address("127.0.0.1"))


def test_the_name_is_looked_up_once(hook: Hooks, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever owns the name may let the second answer be another one."""
    asked = []
    real = socket.getaddrinfo

    def look_up(host: str, *rest: object, **more: object) -> object:
        asked.append(host)
        return real("127.0.0.1", *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    post(f"http://rebinding.example:{hook.port}/")
    assert asked == ["rebinding.example"]
    assert hook.received[0].headers["host"] == f"rebinding.example:{hook.port}"


def test_a_redirect_is_not_followed(hook: Hooks) -> None:
    hook.statuses, hook.redirect = [307], hook.url
    with pytest.raises(NotSent, match="307"):
        post(hook.url)
    assert len(hook.received) == 1


def test_who_answers_byte_by_byte_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "LONGEST", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def trickle() -> None:
            taken, _ = server.accept()
            with taken:
                try:
                    while True:
                        taken.sendall(b"H")
                        time.sleep(0.02)
                except OSError:
                    pass

        thread = threading.Thread(target=trickle)
        thread.start()
        with pytest.raises(NotSent, match="no_answer"):
            post(f"http://127.0.0.1:{server.getsockname()[1]}/")
        thread.join()


def test_what_is_no_web_server_says_so(hook: Hooks) -> None:
    with pytest.raises(NotSent, match="SSL"):
        post(f"https://127.0.0.1:{hook.port}/")
    hook.hold.set()
    with pytest.raises(NotSent, match="refused"), socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        server.close()
        post(f"http://127.0.0.1:{port}/")


@pytest.mark.parametrize("text", ["10.0.0.1/8", "10.0.0.300", "http://hooks", "*.internal"])
def test_what_cannot_be_allowed(text: str) -> None:
    with pytest.raises(ValueError, match="PATCHBAY_WEBHOOK_ALLOW"):
        read_allowed({"PATCHBAY_WEBHOOK_ALLOW": text})
