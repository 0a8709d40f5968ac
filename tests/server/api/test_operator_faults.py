"""Operators that were disabled, over the API."""

from patchbay_server.store.faults import Faults
from tests.server.api.conftest import API, error_of

CSV = "source.csv@1.0.0"


def test_everybody_sees_them_and_engineers_enable_them(platform, client, as_role):
    assert client.get(f"{API}/operator-faults").json == {"items": [], "next": None}
    for _ in range(3):
        Faults(platform.database).record(CSV, "crashed.")
    viewer, engineer = as_role("viewer"), as_role("engineer")
    (fault,) = viewer.get(f"{API}/operator-faults").json["items"]
    assert (fault["operator"], fault["faults"], fault["last_error"]) == (CSV, 3, "crashed.")
    enable = f"{API}/operator-faults/{CSV}/enable"
    assert error_of(viewer.post(enable), 403)
    assert engineer.post(enable).json["disabled_at"] is None
    assert error_of(engineer.post(f"{API}/operator-faults/a.b@1.0.0/enable"), 404)
