"""Registered models: what a version remembers, how versions compare, and that their files stay."""

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from patchbay_sdk import Table
from patchbay_sdk.model import Model
from patchbay_server.engine.errors import NotFound
from patchbay_server.services.collection import collect
from patchbay_server.services.errors import Collected, Conflict, Invalid
from patchbay_server.services.models import compare, export, registry, versions
from patchbay_server.services.people import audit
from patchbay_server.services.people.actor import COMMAND
from tests.server.services.collecting import Shop
from tests.server.services.models.trained import FRAME, model, run_of

WITHOUT_PATCHBAY = """
import json, sys
from pathlib import Path
import numpy, skops.io

folder = Path(sys.argv[1])
about = json.loads((folder / "patchbay.json").read_text())
estimator = skops.io.load(folder / "model.skops")
matrix = numpy.array([[row[name] for name in about["features"]] for row in json.load(sys.stdin)], dtype=float)
scores = estimator.predict_proba(matrix)[:, about["classes"].index(about["positive"])]
assert not [name for name in sys.modules if name.startswith("patchbay")]
print(json.dumps(scores.tolist()))
"""


@pytest.fixture
def shop(platform):
    return Shop(platform)


def register(shop, project, c=1.0, name="yield", **more):
    run_id = run_of(shop, model(c))
    return versions.register(shop.platform, COMMAND, project, name, run_id=run_id, node="train", **more)


def test_a_version_remembers_where_it_comes_from_and_what_it_takes(shop, project):
    version = register(shop, project, note="first")
    assert (version.model, version.number, version.run_id, version.node, version.port) == (
        "yield",
        1,
        1,
        "train",
        "out",
    )
    assert (version.flow, version.revision, version.note) == ("flow", 1, "first")
    assert version.about["task"] == "classification" and version.about["target"] == "target"
    assert version.metrics == {"training_auc": 0.51, "score.auc": 0.75}
    assert version.input_schema["columns"] == [{"name": "width", "type": "float"}, {"name": "count", "type": "int"}]
    assert [step["node"] for step in version.lineage["steps"]] == ["read", "train"]
    assert version.operators == ["test.read@2.0.0", "test.step@1.0.0"]
    assert version.lineage["sources"] == [{"node": "read", "port": "out", "artifact": "artifact-of-read"}]
    known = registry.find(shop.platform, project, "yield")
    assert (known.versions, known.latest, known.task, known.aliases) == (1, 1, "classification", {})


def test_the_same_model_is_not_registered_twice_and_what_is_none_not_at_all(shop, project):
    register(shop, project)
    with pytest.raises(Conflict, match="Version 1 of 'yield' is this very model"):
        register(shop, project)
    with pytest.raises(Invalid, match="is a metrics, not a model"):
        versions.register(shop.platform, COMMAND, project, "other", run_id=1, node="score")
    with pytest.raises(NotFound, match="Run 1 has no output of 'nowhere'"):
        versions.register(shop.platform, COMMAND, project, "other", run_id=1, node="nowhere")
    with pytest.raises(Invalid, match="no name for a model"):
        versions.register(shop.platform, COMMAND, project, "Other Model", run_id=1, node="train")
    assert [known.name for known in registry.listed(shop.platform, project).items] == ["yield"]


def test_versions_are_compared_by_scores_columns_and_steps(shop, project):
    register(shop, project)
    second = run_of(shop, model(3.0, ("width", "count")[:1]))
    versions.register(shop.platform, COMMAND, project, "yield", run_id=second, node="train")
    found = compare.compare(shop.platform, project, "yield", 1, 2)
    assert [(each.name, each.left, each.right) for each in found.metrics] == [
        ("training_auc", 0.51, 0.53),
        ("score.auc", 0.75, 0.75),
    ]
    assert [(each.name, each.left, each.right) for each in found.columns] == [("count", "int", None)]
    assert found.steps == found.params == found.datasets == []
    assert [each.name for each in found.about] == ["features"]
    with pytest.raises(NotFound, match="no version 3"):
        compare.compare(shop.platform, project, "yield", 1, 3)


def test_an_alias_moves_and_keeps_its_version_from_being_archived(shop, project):
    register(shop, project)
    register(shop, project, 2.0)
    platform = shop.platform
    versions.set_alias(platform, COMMAND, project, "yield", "champion", 1)
    assert versions.set_alias(platform, COMMAND, project, "yield", "champion", 2).aliases == ["champion"]
    assert registry.find(platform, project, "yield").aliases == {"champion": 2}
    with pytest.raises(Conflict, match="is 'champion'"):
        versions.archive(platform, COMMAND, project, "yield", 2, archived=True, note="")
    archived = versions.archive(platform, COMMAND, project, "yield", 1, archived=True, note="old")
    assert archived.archived_at and archived.note == "old"
    with pytest.raises(Conflict, match="archived"):
        versions.set_alias(platform, COMMAND, project, "yield", "champion", 1)
    versions.remove_alias(platform, COMMAND, project, "yield", "champion")
    assert registry.find(platform, project, "yield").aliases == {}
    done = [entry.action for entry in audit.entries(platform.database, audit.Filter(action="model")).items]
    assert done.count("model.alias_set") == 2 and done.count("model_version.registered") == 2
    assert {"model.created", "model.alias_removed", "model_version.changed"} <= set(done)


def test_models_are_found_paged_and_archived(shop, project):
    platform = shop.platform
    for name in ("etch", "litho", "yield"):
        registry.create(platform, COMMAND, project, name=name, description=f"of the {name} bay")
    first = registry.listed(platform, project, limit=2)
    rest = registry.listed(platform, project, limit=2, cursor=first.next)
    assert [m.name for m in first.items + rest.items] == ["etch", "litho", "yield"]
    assert [m.name for m in registry.listed(platform, project, q="ETCH bay").items] == ["etch"]
    registry.change(platform, COMMAND, project, "etch", description="gone", archived=True, expected=1)
    with pytest.raises(Conflict, match="changed meanwhile"):
        registry.change(platform, COMMAND, project, "etch", description="", archived=True, expected=1)
    assert [m.name for m in registry.listed(platform, project).items] == ["litho", "yield"]
    assert [m.name for m in registry.listed(platform, project, archived=True).items] == ["etch"]


def test_the_files_of_a_version_are_never_collected(shop, project):
    version = register(shop, project)
    lost = run_of(shop, model(5.0))
    run_of(shop, model(6.0))
    shop.age(1, lost, 3)
    gone = {each.id for each in collect(shop.platform, COMMAND, keep_days=30).artifacts}
    assert len(gone) >= 1 and version.artifact_id not in gone
    with export.exported(shop.platform, version) as file:
        assert file.read(2) == b"PK"
    with pytest.raises(Collected, match="run train of run 2 again"):
        versions.register(shop.platform, COMMAND, project, "lost", run_id=lost, node="train")


def test_a_version_is_taken_away_as_a_folder_that_mlflow_knows(shop, project, tmp_path: Path):
    version = register(shop, project)
    with export.exported(shop.platform, version) as file:
        content = file.read()
    with export.exported(shop.platform, version) as file:
        assert file.read() == content
    folder = unpacked(content, tmp_path)
    assert "python_function" in (folder / "MLmodel").read_text()
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    assert Model.load(files).predict(Table(FRAME)).polars().equals(model().predict(Table(FRAME)).polars())


def test_skops_alone_opens_what_was_taken_away(shop, project, tmp_path: Path):
    with export.exported(shop.platform, register(shop, project)) as file:
        folder = unpacked(file.read(), tmp_path)
    done = subprocess.run(
        [sys.executable, "-I", "-W", "error", "-c", WITHOUT_PATCHBAY, folder],
        input=json.dumps(FRAME.select("width", "count").to_dicts()),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == model().predict(Table(FRAME)).polars()["score"].to_list()


def unpacked(content: bytes, folder: Path) -> Path:
    zipfile.ZipFile(io.BytesIO(content)).extractall(folder)
    return folder / "yield"
