"""Datasets on real processes: by command, by an HTTP client that dies in between, from the catalogue."""

import hashlib
import http.client
import json
import socket
from urllib.parse import urlsplit

from tests.datasets import FOLDER, dataset
from tests.e2e.conftest import Desk, wait_for_health
from tests.processes import wait_for

PROJECT = "/api/v1/projects/default"
BYTES = {"Content-Type": "application/octet-stream"}


class Client:
    """Speaks to the web process as a person's program does."""

    def __init__(self, desk: Desk) -> None:
        self.place = urlsplit(desk.state["url"])
        self.headers = {"Authorization": f"Bearer {desk.token()}"}

    def ask(self, method, path, body=None, **headers):
        connection = http.client.HTTPConnection(self.place.hostname, self.place.port, timeout=60)
        try:
            data = json.dumps(body).encode() if isinstance(body, dict) else body
            kind = {"Content-Type": "application/json"} if isinstance(body, dict) else {}
            connection.request(method, PROJECT + path, data, self.headers | kind | headers)
            answer = connection.getresponse()
            text = answer.read()
            return answer.status, json.loads(text) if text else None
        finally:
            connection.close()

    def die_within_a_chunk(self, path, offset, data):
        """Promise a chunk, send half of it, and go."""
        with socket.create_connection((self.place.hostname, self.place.port), timeout=60) as connection:
            lines = [
                f"PATCH {PROJECT}{path} HTTP/1.1",
                f"Host: {self.place.netloc}",
                f"Upload-Offset: {offset}",
                f"Content-Length: {len(data)}",
                *(f"{name}: {value}" for name, value in (self.headers | BYTES).items()),
            ]
            connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + data[: len(data) // 2])

    def import_(self, name, upload):
        status, started = self.ask("POST", f"/datasets/{name}/versions", {"upload": upload})
        assert status == 202, started
        return started["run_id"]


def test_a_file_is_added_by_command(desk: Desk):
    (desk.cwd / "Lots 1.csv").write_text("lot;wafers\nA1;25\nA2;24\n")
    added = desk.run("datasets", "add", "Lots 1.csv", "--option", "delimiter=semicolon")
    assert added.returncode == 0, added.stderr + added.stdout
    assert "lots-1" in desk.run("datasets", "list").stdout
    shown = json.loads(desk.run("datasets", "show", "lots-1", "--json").stdout)
    assert [column["name"] for column in shown["columns"]] == ["lot", "wafers"]
    assert shown["source"]["file_name"] == "Lots 1.csv"
    refused = desk.run("datasets", "add", "Lots 1.csv", "--option", "delimter=tab")
    assert (refused.returncode, "did you mean delimiter" in refused.stderr) == (2, True)


def test_an_upload_survives_its_client_and_a_load_its_answer(desk: Desk):
    desk.environment["PATCHBAY_CATALOGUE_FOLDER"] = str(FOLDER)
    data = b"lot,wafers\n" + b"".join(b"A%d,25\n" % n for n in range(400_000))
    up = desk.up()
    try:
        wait_for_health(desk)
        client = Client(desk)
        body = {"file_name": "lots.csv", "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        _, known = client.ask("POST", "/uploads", body)
        path, half = f"/uploads/{known['id']}", len(data) // 2
        assert client.ask("PATCH", path, data[:half], **BYTES, **{"Upload-Offset": "0"})[0] == 200
        client.die_within_a_chunk(path, half, data[half:])
        _, found = client.ask("GET", path)
        assert (found["state"], found["received"]) == ("open", half)
        status, _ = client.ask("PATCH", path, data[half:], **BYTES, **{"Upload-Offset": str(half)})
        assert status == 200
        run_id = client.import_("lots", known["id"])
        wait_for(lambda: desk.get(f"{PROJECT}/runs/{run_id}")["state"] == "done", what="the import")
        assert desk.get(f"{PROJECT}/datasets/lots")["rows"] == 400_000
        dataset("ccpp/ccpp.csv")
        status, loading = client.ask("POST", "/dataset-catalogue/ccpp/load", {})
        assert status == 202
        (upload,) = loading["uploads"]
        wait_for(lambda: desk.get(f"{PROJECT}/uploads/{upload['id']}")["run_id"], what="the file of the catalogue")
        wait_for(lambda: desk.get(f"{PROJECT}/datasets/ccpp")["rows"] == 9568, what="its import")
    finally:
        up.terminate()
        up.communicate()
