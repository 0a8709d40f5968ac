"""A platform on which one of everything is, so that generated calls meet something."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from patchbay_operators.export._datasets import save
from patchbay_runners.artifacts import ArtifactStore
from patchbay_sdk import Chart, Metrics, Table
from patchbay_server import config
from patchbay_server.app import create_app
from patchbay_server.config import Settings
from patchbay_server.engine import Result
from patchbay_server.services.people import projects, tokens, users
from patchbay_server.services.people.actor import COMMAND
from patchbay_server.services.platform import Platform, prepare
from patchbay_server.services.project_folder import project_folder
from patchbay_server.services.publishing.upload import upload
from tests.server.api.conftest import API, HERE
from tests.server.services.models.trained import model

EXAMPLE = Path(__file__).parents[3] / "plugins" / "examples" / "patchbay-wafer"
FLOW = {
    "format": 1,
    "name": "yield",
    "nodes": [
        {"id": "read", "operator": "source.csv@1.0.0", "params": {"path": "lots.csv"}},
        {"id": "fill", "operator": "clean.fill_missing@1.0.0"},
    ],
    "edges": [{"from": "read.table", "to": "fill.table"}],
}
NAMES = {
    "account/tokens": {"token_id": 1},
    "users": {"name": "ann"},
    "pools": {"name": "train"},
    "operators": {"key": "source.csv@1.0.0", "operator_id": "source.csv"},
    "operator-faults": {"operator": "wafer.zone@1.0.0"},
    "operator-releases": {"name": "patchbay-wafer", "version": "1.0.0"},
    "projects/{project_name}/members": {"name": "ann"},
    "projects/{project_name}/secrets": {"name": "warehouse"},
    "projects/{project_name}/restrictions": {"subject": "gpu"},
    "projects/{project_name}/schedules": {"name": "nightly"},
    "projects/{project_name}/backfills": {"backfill_id": 1},
    "projects/{project_name}/notifications": {"name": "on-duty", "delivery_id": 1},
    "projects/{project_name}/flows": {"flow": "yield", "number": 1},
    "projects/{project_name}/flows/{flow}/wizard": {"flow": "guided", "fix": "fix_gaps_1"},
    "projects/{project_name}/wizards": {"wizard": "category"},
    "projects/{project_name}/runs": {"run_id": 1, "task_id": 1, "number": 1},
    "projects/{project_name}/datasets": {"name": "lots", "number": 1, "column": "width"},
    "projects/{project_name}/models": {"name": "yield", "number": 1, "alias": "champion"},
    "projects/{project_name}/deployments": {"name": "press"},
    "projects/{project_name}/dataset-catalogue": {"name": "secom"},
}
"""Beginning of a path -> what its parameters stand for."""


@dataclass(frozen=True)
class Inhabited:
    """`settings`: of the platform. `token`: of an admin."""

    settings: Settings
    token: str
    upload_id: str
    artifact_id: str

    def names(self, path: str) -> dict[str, Any]:
        """Parameters of a path -> what is there."""
        names = {"project_name": "default", "upload_id": self.upload_id, "artifact_id": self.artifact_id}
        for begin, more in NAMES.items():
            if path.startswith(f"{API}/{begin}"):
                names |= more
        return {name: value for name, value in names.items() if "{" + name + "}" in path}

    def copied(self, home: Path) -> Inhabited:
        """The same in another folder, which is made."""
        shutil.copytree(self.settings.data_dir, home)
        return replace(self, settings=_settings(home))


def _settings(home: Path) -> Settings:
    return config.load({"PATCHBAY_HOME": str(home), "PATCHBAY_POOL_TRAIN": "cpu=4 memory=64Gi"})


def inhabit(home: Path) -> Inhabited:
    """Make a platform with one of everything in a folder."""
    settings = _settings(home)
    prepare(settings)
    with Platform.open(settings) as platform:
        admin, _ = users.create(platform, COMMAND, name="root", is_admin=True)
        users.create(platform, COMMAND, name="ann")
        _, key = tokens.create(platform, COMMAND, admin.id, name="test")
        project_id = projects.find(platform, COMMAND, "default").id
        _dataset(settings, project_id)
        _release(platform, home)
        client = create_app(platform).test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {key}"

        def make(path: str, body: dict[str, Any]) -> Any:
            answer = client.post(f"{HERE}/{path}", json=body)
            assert answer.status_code in (201, 202), (path, answer.json)
            return answer.json

        make("members", {"name": "ann", "role": "viewer"})
        make("secrets", {"name": "warehouse", "value": "postgresql://reader:password@host/fab"})
        make("flows", {"document": FLOW})
        make("wizards/category/start", {"name": "guided"})
        make("schedules", {"name": "nightly", "flow": "yield", "cron": "0 2 * * *"})
        make("backfills", {"flow": "yield", "schedule": "nightly", "from": 1.77e9, "until": 1.7702e9})
        make("notifications", {"name": "on-duty", "kind": "webhook", "url": "https://hooks.example/"})
        make("notifications/on-duty/test", {})
        upload_id = make("uploads", {"file_name": "lots.csv", "size": 100})["id"]
        make("runs", {"flow": "yield"})
        table = _work(platform)
        make("models/yield/versions", {"run": 1, "node": "read", "port": "model"})
        make("deployments", {"name": "press", "model": "yield"})
        return Inhabited(settings, key, upload_id, table)


def _dataset(settings: Settings, project_id: int) -> None:
    frame = pl.DataFrame({"width": [1.0, None, 3.0], "tool": ["E1", "E2", None], "fail": [True, False, False]})
    save(project_folder(settings, project_id) / "datasets" / "lots", Table(frame))


def _release(platform: Platform, home: Path) -> None:
    archive = home / "wafer.zip"
    names = subprocess.run(["git", "ls-files"], cwd=EXAMPLE, capture_output=True, text=True, check=True).stdout.split()
    with zipfile.ZipFile(archive, "w") as zipped:
        for name in names:
            zipped.write(EXAMPLE / name, name)
    upload(platform, COMMAND, archive, submit=True)


def _work(platform: Platform) -> str:
    """Be the worker that executes the first task; the table that it makes."""
    store = ArtifactStore(platform.settings.artifacts)
    table = store.save(Table(pl.DataFrame({"width": [1.0, None, 3.0], "tool": ["E1", "E2", "E1"]})), "table", "a")
    more = {
        "chart": store.save(Chart(kind="line", title="t", series=[]), "chart", "b"),
        "metrics": store.save(Metrics({"auc": 0.9, "f1": None}), "metrics", "c"),
        "text": store.save("some text", "text", "d"),
        "model": store.save(model(), "model", "e"),
    }
    claim = platform.engine.claim("train", "a-worker")
    assert claim is not None
    platform.engine.commit(claim, Result({"table": table, **more}, {"table": 3}), "a-worker")
    return table
