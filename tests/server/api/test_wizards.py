"""Wizards over HTTP: offered, started, filled in, fixed, finished; and who may."""

import pytest

from patchbay_server.store.statement import Statement
from tests.server.api.conftest import HERE, error_of
from tests.server.services.wizards.template import TEMPLATE

WIZARDS = f"{HERE}/wizards"
FIX = {
    "code": "leakage",
    "label": {"en": "Leave out serial", "zh-CN": "去掉 serial"},
    "node": {"operator": "shape.select_columns@1.0.0", "params": {"columns": ["serial"], "mode": "drop"}},
}


@pytest.fixture
def guided(client):
    """The address of the wizard of a flow that was started."""
    assert client.post(f"{HERE}/flows", json={"document": TEMPLATE}).status_code == 201
    made = client.post(f"{WIZARDS}/pass or fail/start", json={"name": "guided"})
    assert (made.status_code, made.json["document"]["wizard"]["template"]) == (201, "pass or fail")
    return f"{HERE}/flows/guided/wizard"


def patch(client, address, values, revision):
    return client.patch(address, json={"values": values}, headers={"If-Match": f'"{revision}"'})


def test_an_expert_starts_fills_in_and_fixes_but_edits_no_flow(client, guided, as_role):
    expert = as_role("expert")
    offered = expert.get(WIZARDS).json
    assert offered[0]["origin"] == "shipped" and {step["view"] for step in offered[0]["steps"]} > {"data", "check"}
    assert [wizard["flow"] for wizard in offered if wizard["origin"] == "project"] == ["pass or fail"]
    view = patch(expert, guided, {"target": "fail"}, 1)
    assert (view.status_code, view.headers["ETag"], view.json["values"]["target"]) == (200, '"2"', "fail")
    fixed = expert.post(f"{guided}/fixes", json=FIX).json
    assert fixed["fixes"] == [
        {
            "id": "fix_leakage_1",
            "code": "leakage",
            "label": FIX["label"],
            "operator": FIX["node"]["operator"],
            "params": FIX["node"]["params"],
        }
    ]
    assert expert.delete(f"{guided}/fixes/fix_leakage_1").json["fixes"] == []
    error_of(expert.delete(f"{guided}/fixes/fix_leakage_1"), 404)
    error_of(expert.post(f"{HERE}/flows", json={"document": TEMPLATE | {"name": "own"}}), 403)
    error_of(patch(expert, f"{HERE}/flows/pass or fail/wizard", {"target": "x"}, 1), 409)
    error_of(patch(as_role("viewer"), guided, {"target": "x"}, 4), 403)


def test_of_two_who_fill_in_at_once_one_is_told(client, guided):
    patch(client, guided, {"target": "fail"}, 1)
    assert error_of(patch(client, guided, {"target": "pass"}, 1), 409)["details"]["revision"] == 2
    error_of(client.post(f"{guided}/fixes", json=FIX, headers={"If-Match": '"1"'}), 409)
    error_of(client.patch(guided, json={"values": {}}), 428)


def test_a_finding_suggests_a_node_or_params_not_both(client, guided):
    params = FIX | {"node": None, "params": {"split": "time", "split_by": "at"}}
    assert client.post(f"{guided}/fixes", json=params).json["values"]["split"] == "time"
    for both in (FIX | {"params": {"split": "time"}}, FIX | {"node": None}, FIX | {"code": "Bad code"}):
        error_of(client.post(f"{guided}/fixes", json=both), 422)


def test_what_is_started_is_listed_newest_first_with_its_last_run(client, guided):
    client.post(f"{WIZARDS}/category/start", json={})
    run = client.post(f"{HERE}/runs", json={"flow": "guided", "mode": "only", "nodes": ["fit"]})
    started = client.get(f"{WIZARDS}/started").json
    assert [(flow["name"], flow["wizard_kind"]) for flow in started["items"]] == [
        ("category", "category"),
        ("guided", "category"),
    ]
    assert run.status_code == 422, "nothing is filled in yet"
    first = client.get(f"{WIZARDS}/started?limit=1").json
    assert client.get(f"{WIZARDS}/started?limit=1&cursor={first['next']}").json["items"][0]["name"] == "guided"
    error_of(client.post(f"{WIZARDS}/no such/start", json={}), 404)
    error_of(client.get(f"{HERE}/flows/no such/wizard"), 404)


def test_a_preview_needs_no_saved_flow_but_a_wizard(client, as_role):
    shown = as_role("scientist").post(f"{WIZARDS}/preview", json={"document": TEMPLATE}).json
    assert shown["form"]["params"]["properties"]["dataset"]["x-widget"] == "dataset"
    assert (shown["number"], shown["changed"], shown["columns"]["target"]) == (None, [], None)
    plain = {name: value for name, value in TEMPLATE.items() if name != "wizard"}
    error_of(client.post(f"{WIZARDS}/preview", json={"document": plain}), 404)


SEARCHING = Statement("UPDATE task SET finishable = true WHERE id = :id")


def test_finish_now_is_asked_once_recorded_and_refused_where_nothing_can(client, platform):
    document = {
        "format": 1,
        "name": "search",
        "nodes": [{"id": "read", "operator": "source.csv@1.0.0", "params": {"path": "x.csv"}}],
    }
    client.post(f"{HERE}/flows", json={"document": document})
    run = f"{HERE}/runs/{client.post(f'{HERE}/runs', json={'flow': 'search'}).json['id']}"
    assert error_of(client.post(f"{run}/finish"), 409)["code"] == "not_finishable"
    claim = platform.engine.claim("train", "a-worker")
    platform.database.transact(lambda transaction: transaction.run(SEARCHING, {"id": claim.task.id}))
    assert client.get(run).json["finishable"] == [
        {"task": claim.task.id, "path": "read", "index": "", "requested": False}
    ]
    for _ in range(2):
        asked = client.post(f"{run}/finish")
        assert (asked.status_code, asked.json["finishable"][0]["requested"]) == (202, True)
    entries = client.get(f"{HERE}/audit?action=run.finish_requested").json["items"]
    assert [entry["after"] for entry in entries] == [{"tasks": ["read"]}]
    assert platform.engine.orders(claim) == "finish"
