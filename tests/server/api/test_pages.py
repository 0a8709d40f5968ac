"""The web pages: one HTML file for every address of the browser, files that a browser keeps, a strict policy."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from patchbay_server.api import pages
from tests.server.api.conftest import API

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "web"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<title>Patchbay</title>")
    (folder / "assets" / "index-1a2b.js").write_text("export {}")
    monkeypatch.setattr(pages, "WEB", folder)
    return folder


@pytest.mark.parametrize("address", ["/", "/setup", "/p/default/flows/yield", "/operators/clean.cast@1.0.0"])
def test_every_address_of_a_page_gives_the_page(app, web, address):
    with app.test_client().get(address, headers=BROWSER) as answer:
        assert answer.status_code == 200
        assert "<title>Patchbay</title>" in answer.text
        assert answer.headers["Cache-Control"] == "no-cache"
        policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy


def test_files_are_kept_for_ever_and_a_missing_one_is_missing(app, web):
    client: FlaskClient = app.test_client()
    with client.get("/assets/index-1a2b.js") as found:
        assert found.status_code == 200
        assert "immutable" in found.headers["Cache-Control"]
    missing = client.get("/assets/index-0000.js", headers=BROWSER)
    assert missing.status_code == 404
    assert "immutable" not in missing.headers["Cache-Control"]
    assert client.get("/assets/../index.html").status_code == 404


def test_a_file_goes_packed_to_a_browser_that_takes_it(app, web):
    (web / "assets" / "index-1a2b.js.gz").write_bytes(gzip.compress(b"export {}"))
    client: FlaskClient = app.test_client()
    with client.get("/assets/index-1a2b.js", headers={"Accept-Encoding": "gzip, br"}) as packed:
        assert packed.headers["Content-Encoding"] == "gzip"
        assert "javascript" in packed.headers["Content-Type"]
        assert "immutable" in packed.headers["Cache-Control"]
        assert "Accept-Encoding" in packed.headers["Vary"]
        assert gzip.decompress(packed.data) == b"export {}"
    with client.get("/assets/index-1a2b.js") as plain:
        assert "Content-Encoding" not in plain.headers
        assert plain.data == b"export {}"


def test_the_api_and_programs_get_no_page(app, web):
    client: FlaskClient = app.test_client()
    assert client.get(f"{API}/nothing", headers=BROWSER).json["error"]["code"] == "not_found"
    assert client.get("/nothing", headers={"Accept": "application/json"}).json["error"]["code"] == "not_found"


def test_pages_that_are_not_built_say_what_to_do(app, tmp_path, monkeypatch):
    monkeypatch.setattr(pages, "WEB", tmp_path / "nowhere")
    answer = app.test_client().get("/", headers=BROWSER)
    assert answer.status_code == 503
    assert "Node 20" in answer.text
