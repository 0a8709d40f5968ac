"""Notifications over the API: a secret is shown once, and who may read a schedule may not read where messages go."""

from flask.testing import FlaskClient

from tests.server.api.conftest import HERE, error_of

NOTIFICATIONS = f"{HERE}/notifications"
HOOK = {"name": "on duty", "kind": "webhook", "url": "https://hooks.example/key"}


def test_a_secret_is_shown_once(client: FlaskClient) -> None:
    made = client.post(NOTIFICATIONS, json=HOOK)
    assert (made.status_code, made.headers["ETag"]) == (201, '"1"')
    secret = made.json.pop("secret")
    assert secret.startswith("whsec_")
    assert (made.json["ends"], made.json["flow"], made.json["enabled"], made.json["last"]) == (
        ["failed"], None, True, None,
    )  # fmt: skip
    there = f"{NOTIFICATIONS}/on duty"
    target = {"url": HOOK["url"], "ends": ["done", "failed"]}
    changed = client.put(there, json=target, headers={"If-Match": '"1"'})
    answers = [changed, client.get(there), client.get(NOTIFICATIONS), client.get(f"{there}/deliveries")]
    assert [answer.status_code for answer in answers] == [200] * 4
    assert not [answer for answer in answers if secret in answer.text]
    other = client.post(f"{there}/secret").json["secret"]
    assert other.startswith("whsec_") and other != secret


def test_a_test_and_a_delivery_again(client: FlaskClient) -> None:
    client.post(NOTIFICATIONS, json=HOOK)
    there = f"{NOTIFICATIONS}/on duty"
    sent = client.post(f"{there}/test")
    assert (sent.status_code, sent.json["state"], sent.json["run"]) == (201, "pending", None)
    assert client.get(there).json["last"] == sent.json
    assert client.get(f"{there}/deliveries").json["items"] == [sent.json]
    assert client.post(f"{there}/deliveries/{sent.json['id']}/send-again").json["tries"] == 0
    error_of(client.post(f"{there}/deliveries/99/send-again"), 404)


def test_refusals_name_what_is_wrong(client: FlaskClient) -> None:
    mail = {"name": "mail", "kind": "email", "addresses": ["ann@fab.example"]}
    refused = error_of(client.post(NOTIFICATIONS, json=mail), 422)
    assert "PATCHBAY_SMTP_HOST" in refused["message"]
    assert refused["details"]["reason"] == "no_mail_server"
    error_of(client.post(NOTIFICATIONS, json=HOOK | {"kind": "pigeon"}), 422)
    error_of(client.post(NOTIFICATIONS, json=HOOK | {"url": "https://user:word@host/"}), 422)
    error_of(client.put(f"{NOTIFICATIONS}/on duty", json={"url": HOOK["url"]}), 428)
