from __future__ import annotations

import multiprocessing
import os
import resource
import stat
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from patchbay_runners import garbage
from patchbay_runners.artifacts import ArtifactStore
from patchbay_runners.durable import LARGE, hash_file
from patchbay_runners.manifest import Manifest
from patchbay_sdk.errors import ArtifactError
from patchbay_sdk.spark_frames import write_replica
from patchbay_sdk.table import Table
from patchbay_sdk.values import Chart, File, Metrics


@pytest.fixture
def store(tmp_path: Path) -> ArtifactStore:
    return ArtifactStore(tmp_path / "store")


def staged(store: ArtifactStore, files: dict[str, bytes]) -> Path:
    folder = store.staging("token") / "port"
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def files_below(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("port_type", "value"),
    [
        ("text", "grüße 你好 \N{SNOWMAN}\n"),
        ("text", ""),
        ("metrics", Metrics({"auc": 0.5, "f1": None}, {"confusion": [{"a": 1}]}, {"rows": 3})),
        ("chart", Chart("line", "ROC", [{"name": "a", "x": [0, 1], "y": [0.5, 1]}])),
    ],
)
def test_a_value_comes_back_as_it_was(store: ArtifactStore, port_type: str, value: Any) -> None:
    id = store.save(value, port_type, "token")
    assert store.load(id) == value
    assert store.manifest(id).type == port_type


def test_a_table_comes_back_as_a_memory_map_of_one_file(store: ArtifactStore) -> None:
    table = Table({"x": list(range(1000)), "name": ["n"] * 1000})
    before = pa.total_allocated_bytes()
    id = store.save(table, "table", "token", lineage=["a" * 64])
    loaded = store.load(id)
    assert loaded.arrow().equals(table.arrow())
    assert loaded.lineage.ids == ("a" * 64,)
    assert store.manifest(id).lineage == ["a" * 64]
    assert store.manifest(id).meta["rows"] == 1000
    assert list(store.open(id)) == ["table.arrow"]
    assert pa.total_allocated_bytes() == before


def test_a_file_keeps_its_bytes_and_name(store: ArtifactStore, tmp_path: Path) -> None:
    (tmp_path / "报告.bin").write_bytes(bytes(range(256)))
    loaded = store.load(store.save(File(tmp_path / "报告.bin"), "file", "token"))
    assert loaded.file_name == "报告.bin"
    assert loaded.path.read_bytes() == bytes(range(256))


def test_any_is_stored_as_the_type_of_the_value(store: ArtifactStore) -> None:
    assert store.manifest(store.save("text", "any", "token")).type == "text"


def test_the_same_content_has_one_id_and_one_blob(store: ArtifactStore) -> None:
    first = store.save("same", "text", "one")
    before = files_below(store.root)
    assert store.save("same", "text", "two") == first
    assert files_below(store.root) == before
    assert store.save("other", "text", "one") != first


def test_the_id_is_the_hash_of_the_canonical_manifest(store: ArtifactStore) -> None:
    id = store.put(staged(store, {"b/c": b"2", "a": b"1"}), "model", {"z": 1, "a": "ü"}, "token")
    manifest = store.manifest(id)
    assert [file.name for file in manifest.files] == ["a", "b/c"]
    assert Manifest.from_json(manifest.to_json()).id == id
    assert manifest.to_json().startswith('{"files":[{"hash":')
    assert manifest.size == 2


def test_blobs_lie_under_their_hash_and_cannot_be_written(store: ArtifactStore) -> None:
    path = store.open(store.save("text", "text", "token"))["text.txt"]
    assert path == store.root / "cas" / path.name[:2] / path.name
    assert path.name == hash_file(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o444


def test_a_large_file_has_the_same_hash_as_a_small_one_would(store: ArtifactStore) -> None:
    from blake3 import blake3

    content = os.urandom(1000) * (LARGE // 500)
    id = store.put(staged(store, {"large": content}), "file", {}, "token")
    assert store.manifest(id).files[0].hash == blake3(content).hexdigest()


def test_nothing_stays_in_staging(store: ArtifactStore) -> None:
    store.save("text", "text", "token")
    assert files_below(store.staging("token")) == set()
    staged(store, {"left": b"behind"})
    store.clean_staging("token")
    assert not store.staging("token").exists()
    store.clean_staging("token")


def test_many_processes_may_write_the_same_at_once(store: ArtifactStore) -> None:
    context = multiprocessing.get_context("spawn")
    with context.Pool(3) as pool:
        ids = pool.map(_save_repeatedly, [str(store.root)] * 3)
    assert len(set(ids)) == 1
    store.verify(ids[0])


def _save_repeatedly(root: str) -> str:
    store = ArtifactStore(root)
    return [store.save("same " * 1000, "text", f"token{os.getpid()}") for _ in range(20)][-1]


def test_a_missing_artifact_is_named(store: ArtifactStore) -> None:
    with pytest.raises(ArtifactError, match=r"Artifact ab12 is not in the store .*run the step"):
        store.load("ab12")
    assert not store.exists("ab12")


def test_a_missing_or_shortened_file_is_named(store: ArtifactStore) -> None:
    id = store.save("some text", "text", "token")
    assert store.exists(id)
    path = store.open(id)["text.txt"]
    path.chmod(0o644)
    path.write_text("some")
    with pytest.raises(ArtifactError, match=r"'text.txt' of artifact .* is 4 bytes long instead of 9"):
        store.open(id)
    path.unlink()
    with pytest.raises(ArtifactError, match=r"'text.txt' of artifact .* is missing"):
        store.load(id)
    assert not store.exists(id)


def test_storing_again_heals_a_missing_file(store: ArtifactStore) -> None:
    id = store.save("some text", "text", "token")
    store.open(id)["text.txt"].unlink()
    assert store.save("some text", "text", "token") == id
    assert store.load(id) == "some text"


def test_verify_names_a_file_that_was_changed(store: ArtifactStore) -> None:
    id = store.save("some text", "text", "token")
    store.verify(id)
    path = store.open(id)["text.txt"]
    path.chmod(0o644)
    path.write_text("sane text")
    with pytest.raises(ArtifactError, match=r"'text.txt' of artifact .* was changed") as caught:
        store.verify(id)
    assert caught.value.details["file"] == "text.txt"


@pytest.mark.parametrize("content", ["", "{", "{}", "[]", '{"type": "text", "files": [{}], "meta": {}}'])
def test_a_broken_manifest_is_an_artifact_error(store: ArtifactStore, content: str) -> None:
    id = store.save("text", "text", "token")
    path = store.root / "manifests" / id[:2] / f"{id}.json"
    path.chmod(0o644)
    path.write_text(content)
    with pytest.raises(ArtifactError, match=r"manifest of artifact .* is broken"):
        store.load(id)


def test_verify_notices_another_manifest_under_the_id(store: ArtifactStore) -> None:
    id, other = store.save("text", "text", "token"), store.save("other", "text", "token")
    path = store.root / "manifests" / id[:2] / f"{id}.json"
    path.chmod(0o644)
    path.write_text(store.manifest(other).to_json())
    with pytest.raises(ArtifactError, match=r"manifest of artifact .* was changed"):
        store.verify(id)


def test_a_value_of_another_type_is_refused(store: ArtifactStore) -> None:
    with pytest.raises(ArtifactError, match="table must be a Table, not a str"):
        store.save("text", "table", "token")
    assert files_below(store.root) == set()


def test_a_url_is_refused() -> None:
    with pytest.raises(ArtifactError, match="'s3://bucket/x' is not a local folder"):
        ArtifactStore("s3://bucket/x")


@pytest.mark.parametrize("length", [2_000, 2 * LARGE])
def test_a_full_disk_leaves_nothing_visible_and_says_what_to_do(store: ArtifactStore, length: int) -> None:
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        message = pool.apply(_save_beyond_the_limit, [str(store.root), length])
    assert "Cannot write a text to the artifact store" in message
    assert "raise the limit" in message
    assert files_below(store.root) == set()


def _save_beyond_the_limit(root: str, length: int) -> str:
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
    with pytest.raises(ArtifactError) as caught:
        ArtifactStore(root).save("x" * length, "text", "token")
    return caught.value.message


def test_a_store_below_a_file_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ArtifactError, match="Cannot write a text to the artifact store"):
        ArtifactStore(tmp_path / "file" / "store").save("text", "text", "token")


def test_a_copy_for_spark_goes_with_its_artifact(store: ArtifactStore) -> None:
    id = store.save(Table({"x": [1]}), "table", "token")
    table = store.load(id)
    write_replica(table.arrow(), table.replica)
    later = time.time() + 1
    assert garbage.find(store, [id], [], later).blobs == []
    assert table.replica in garbage.find(store, [], [], later).blobs
