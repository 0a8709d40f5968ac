"""Three people on one platform, over HTTP alone: data in, a flow on it, a new operator published and used."""

import io
import random
import subprocess
import zipfile
from pathlib import Path

import pytest

from tests.e2e.conftest import Desk, wait_for_health
from tests.e2e.http import Client, Refused

REPOSITORY = Path(__file__).parents[2]
NODES = {
    "read": ("source.dataset@1.0.0", {"name": "lots"}),
    "split": ("shape.split@1.0.0", {"method": "random", "test_share": 0.3}),
    "zone": ("wafer.zone@1.0.0", {"x": "x", "y": "y", "radius": 100}),
    "encode": ("feature.encode@1.0.0", {"columns": ["zone"]}),
    "train": ("model.logistic@1.0.0", {"target": "fail", "exclude": ["lot"]}),
    "predict": ("apply.predict@1.0.0", {}),
    "evaluate": ("evaluate.classification@1.0.0", {"target": "fail"}),
}
EDGES = """read.table split.table; split.train zone.table; zone.table encode.table; encode.table train.table;
    split.test predict.table; train.model predict.model; predict.table evaluate.table; train.model evaluate.model"""


def flow():
    nodes = [{"id": id, "operator": operator, "params": params} for id, (operator, params) in NODES.items()]
    edges = [dict(zip(("from", "to"), edge.split(), strict=True)) for edge in EDGES.split(";")]
    return {"format": 1, "name": "zones", "nodes": nodes, "edges": edges}


def lots(rows=400):
    """Dies at the edge of the wafer fail more often."""
    chance = random.Random(0)
    lines = ["lot,x,y,fail"]
    for number in range(rows):
        x, y = chance.uniform(-70, 70), chance.uniform(-70, 70)
        fails = chance.random() < (0.8 if x * x + y * y > 4500 else 0.1)
        lines.append(f"L{number:04},{x:.3f},{y:.3f},{'yes' if fails else 'no'}")
    return "\n".join(lines).encode()


def package(name):
    folder = REPOSITORY / "plugins" / "examples" / name
    files = subprocess.run(["git", "ls-files"], cwd=folder, capture_output=True, text=True, check=True).stdout.split()
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        for file in files:
            zipped.write(folder / file, file)
    return archive.getvalue()


@pytest.fixture
def people(desk: Desk):
    """Clients of people by what they are."""
    process = desk.up()
    wait_for_health(desk)
    url = desk.state["url"]
    admin = Client(url, desk.token())
    admin.post("/projects", {"name": "etch"})
    found = {"admin": admin}
    for name, role in {
        "scientist": "scientist",
        "engineer": "engineer",
        "reviewer": "engineer",
        "viewer": "viewer",
    }.items():
        admin.post("/users", {"name": name})
        admin.post("/projects/etch/members", {"name": name, "role": role})
        found[name] = Client(url, desk.run("users", "token", name).stdout.split()[0])
    yield found
    process.terminate()
    process.communicate(timeout=60)


def upload(client: Client, data: bytes):
    """In two chunks; the first answer is lost, so the client asks how much has arrived."""
    half = len(data) // 2
    id = client.post("/projects/etch/uploads", {"file_name": "lots.csv", "size": len(data)})["id"]
    place = f"/projects/etch/uploads/{id}"
    client("PATCH", place, data[:half], Upload_Offset=0)
    with pytest.raises(Refused) as refused:
        client("PATCH", place, data[:half], Upload_Offset=0)
    assert refused.value.status == 409
    received = client.get(place)["received"]
    assert client("PATCH", place, data[received:], Upload_Offset=received)["state"] == "complete"
    return id


def test_data_flow_and_operator(people):
    scientist, engineer, reviewer = people["scientist"], people["engineer"], people["reviewer"]

    # the data
    scientist.post("/projects/etch/datasets", {"name": "lots", "meta": {"target": "fail"}})
    run = scientist.post("/projects/etch/datasets/lots/versions", {"upload": upload(scientist, lots())})["run_id"]
    assert scientist.follow("etch", run)["state"] == "done"
    (version,) = scientist.get("/projects/etch/datasets/lots/versions")["items"]
    assert (version["number"], version["rows"]) == (1, 400)
    columns = scientist.get("/projects/etch/datasets/lots/versions/1/statistics")["columns"]
    assert [column["name"] for column in columns] == ["lot", "x", "y", "fail"]
    target = scientist.get("/projects/etch/datasets/lots/versions/1/target")
    assert sum(target["rates"]) == pytest.approx(1)

    # a flow that lacks an operator
    with pytest.raises(Refused, match="wafer"):
        scientist.post("/projects/etch/flows", {"document": flow()})
        scientist.post("/projects/etch/runs", {"flow": "zones"})

    # the operator: uploaded with its tests, reviewed by somebody else
    release = engineer("POST", "/operator-releases?submit=true", package("patchbay-wafer"))
    assert (release["state"], release["report"]["ok"]) == ("in_review", True)
    place = "/operator-releases/patchbay-wafer/1.0.0"
    with pytest.raises(Refused) as own:
        engineer.post(f"{place}/approve", {"note": "mine"}, If_Match='"2"')
    assert own.value.status in (403, 409)
    with pytest.raises(Refused) as scientists:
        scientist.post(f"{place}/approve", {"note": "nice"}, If_Match='"2"')
    assert scientists.value.status == 403
    etag = str(release_version(reviewer, place))
    assert reviewer.post(f"{place}/approve", {"note": "read it"}, If_Match=f'"{etag}"')["state"] == "published"

    # the same flow runs now, without a restart
    started = scientist.post("/projects/etch/runs", {"flow": "zones"}, Idempotency_Key="once")
    assert scientist.post("/projects/etch/runs", {"flow": "zones"}, Idempotency_Key="once") == started
    done = scientist.follow("etch", started["id"])
    tasks = {task["path"]: task for task in scientist.get(f"/projects/etch/runs/{done['id']}/tasks")["items"]}
    assert done["state"] == "done", {path: task["error"] for path, task in tasks.items()}
    (scores,) = [
        s for s in scientist.get(f"/projects/etch/runs/{done['id']}/scores")["items"] if s["path"] == "evaluate"
    ]
    assert scores["values"]["auc"] > 0.6

    # what it made can be looked at, by whoever may
    artifact = f"/projects/etch/artifacts/{tasks['zone']['outputs']['table']}"
    rows = people["viewer"].get(f"{artifact}/rows?limit=5&sort=x")
    assert len(rows["rows"]) == 5 and rows["total"] == 280
    uses = scientist.get("/projects/etch/datasets/lots/uses")
    assert "zones" in str(uses)

    # and everything is on record
    audit = people["admin"].get("/audit?limit=200")["items"]
    actions = {(entry["actor"], entry["action"]) for entry in audit}
    assert {("engineer", "release.uploaded"), ("reviewer", "release.approved")} <= actions
    assert people["admin"].get("/audit/chain") == {"first_break": None}


def release_version(client: Client, place: str) -> int:
    import urllib.request

    request = urllib.request.Request(f"{client.url}/api/v1{place}", headers={"Authorization": f"Bearer {client.token}"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return int(answer.headers["ETag"].strip('"'))
