"""GET /metrics over HTTP: who may read it, and in which format."""

from prometheus_client.parser import text_string_to_metric_families as families

from patchbay_server.services.people import tokens, users
from patchbay_server.services.people.actor import COMMAND
from tests.server.api.conftest import API, error_of


def test_it_needs_a_token_with_the_right(people, as_role):
    error_of(people.with_token(None).get("/metrics"), 401)
    error_of(people.with_token("pb_wrong").get("/metrics"), 401)
    error_of(as_role("engineer").get("/metrics"), 403)
    assert as_role("on-duty").get("/metrics").status_code == 200


def test_a_token_of_an_admin_that_may_do_this_alone(platform, people):
    user, _ = users.create(platform, COMMAND, name="prometheus", is_admin=True)
    _, key = tokens.create(platform, COMMAND, user.id, name="scrape", scopes=["metrics.read"])
    client = people.with_token(key)
    answer = client.get("/metrics")
    assert answer.content_type == "text/plain; version=0.0.4; charset=utf-8"
    names = {family.name for family in families(answer.text)}
    assert {"patchbay_tasks", "patchbay_pool_cpus", "patchbay_training_loss", "patchbay_deployment_requests"} <= names
    error_of(client.get(f"{API}/pools"), 403)
