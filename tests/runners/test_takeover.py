"""Outputs of confined tasks: what they made comes into the store, what they only name does not."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from patchbay_runners import local
from patchbay_runners.artifacts import ArtifactStore
from patchbay_runners.lines import LONGEST
from patchbay_runners.local import LocalRunner
from patchbay_runners.manifest import Layout, Manifest, StoredFile
from patchbay_runners.protocol import TaskRequest
from patchbay_runners.takeover import outbox, take_over
from patchbay_sdk.errors import OperatorError
from patchbay_sdk.table import Table
from tests.runners.desk import Desk

SECRET = "somebody else's"


@pytest.fixture(scope="module")
def runner(store_folder: Path, runner_environment: dict[str, str]) -> Iterator[LocalRunner]:
    """As workers run what was published: a process per task."""
    with LocalRunner(store_folder, grace=0.2, env=runner_environment, max_tasks=1) as runner:
        yield runner


def finished(id: str) -> dict[str, Any]:
    return {"outputs": {"text": id}, "artifacts": {}, "metrics": {}, "rows": {}}


def said(**data: Any) -> bytes:
    process = {"grown": 0, "leftovers": False}
    return json.dumps({"kind": "finished", "data": {**data, "process": process}}).encode() + b"\n"


def error_after_saying(desk: Desk, line: bytes) -> dict[str, Any]:
    (desk.folder / "said").write_bytes(line)
    error = desk.error_of(replace(desk.request("Script", action="say_to_the_platform"), confined=True))
    assert desk.runner.process_id is None
    return error


def test_values_of_all_kinds_arrive(desk: Desk) -> None:
    confined = [replace(desk.request("Count", rows=3), confined=True)]
    desk.run(confined[0])
    counted = desk.runner.outputs()
    confined.append(replace(desk.request("AddMean", {"table": [counted["table"]]}), confined=True))
    [*_, last] = desk.run(confined[1])
    learned = desk.runner.outputs()
    table = desk.store.load(learned["table"])
    assert table.polars()["x"].to_list() == [1.0, 2.0, 3.0]
    assert list(table.lineage.ids) == [learned["fitted"]]
    assert last.data["rows"] == {"table": 3}
    for id in (*counted.values(), *learned.values()):
        desk.store.verify(id)
    confined.append(replace(desk.request("Script", action="say"), confined=True))
    [*_, last] = desk.run(confined[2])
    assert desk.store.load(last.data["artifacts"]["note"]) == "kept beside"
    assert not any((desk.store.root / "staging" / request.token).exists() for request in confined)


def test_a_task_cannot_give_away_what_it_only_names(desk: Desk) -> None:
    other = desk.store.save(SECRET, "text", "t")
    error = error_after_saying(desk, said(**finished(other)))
    assert error["code"] == "operator_failed"
    assert desk.runner.outputs() == {}


@pytest.mark.parametrize(
    "line",
    [b"{}\n", b"nonsense\n", b"[]\n", b'{"kind": "finished", "data": {}}\n', b'{"kind": "x", "data": {}}\n',
     b'{"kind": "log", "data": 5}\n', b"[" * 100_000 + b"\n", b"\xff\n"],
    ids=range(8),
)  # fmt: skip
def test_what_is_no_event_ends_the_process(desk: Desk, line: bytes) -> None:
    assert error_after_saying(desk, line)["code"] == "process_died"
    assert desk.script("greet") == "grüße 你好"


def test_a_line_without_end_ends_the_process(desk: Desk) -> None:
    assert error_after_saying(desk, b"x" * (LONGEST + 1))["code"] == "process_died"


def test_a_task_that_only_multiplies_is_ended(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "MOST_PROCESSES", 20)
    error = desk.error_of(replace(desk.request("Script", action="multiply"), confined=True))
    assert error["message"] == "The task's process was ended: it started more than 20 processes."
    assert desk.script("greet") == "grüße 你好"


def test_folders_deeper_than_any_path_are_removed(desk: Desk) -> None:
    desk.script("dig")
    desk.runner.clean_up()
    assert list((desk.folder / "temp").iterdir()) == []
    assert desk.script("greet") == "grüße 你好"


@pytest.fixture
def request_(desk: Desk) -> TaskRequest:
    return replace(desk.request("Script", action="greet"), confined=True)


def left(desk: Desk, request: TaskRequest, value: Any = "mine", port_type: str = "text") -> str:
    """What the task leaves in its outbox."""
    return outbox(desk.store, request.token).save(value, port_type, request.token)


def forged(desk: Desk, request: TaskRequest, manifest: Manifest) -> str:
    path = Layout(outbox(desk.store, request.token).root).manifest(manifest.id)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(manifest.to_json())
    return manifest.id


def of_another(desk: Desk) -> Manifest:
    return desk.store.manifest(desk.store.save(SECRET, "text", "t"))


def by_its_hash(desk: Desk, request: TaskRequest) -> str:
    return forged(desk, request, of_another(desk))


def by_a_path(desk: Desk, request: TaskRequest) -> str:
    (desk.store.root / "secret").write_text(SECRET)
    file = StoredFile("text.txt", "../../../../secret", len(SECRET))
    return forged(desk, request, Manifest("text", (file,), {}))


def by_a_link(desk: Desk, request: TaskRequest) -> str:
    manifest = of_another(desk)
    box = Layout(outbox(desk.store, request.token).root)
    path = box.blob(manifest.files[0].hash)
    path.parent.mkdir(parents=True)
    path.symlink_to(Layout(desk.store.root).blob(path.name))
    return forged(desk, request, manifest)


def by_a_link_to_the_folder(desk: Desk, request: TaskRequest) -> str:
    box = outbox(desk.store, request.token).root
    box.mkdir(parents=True)
    (box / "cas").symlink_to(desk.store.root / "cas")
    return forged(desk, request, of_another(desk))


def by_a_link_to_the_store(desk: Desk, request: TaskRequest) -> str:
    box = outbox(desk.store, request.token).root
    box.parent.mkdir(parents=True)
    box.symlink_to(desk.store.root)
    return of_another(desk).id


def by_a_name(desk: Desk, request: TaskRequest) -> str:
    id = left(desk, request)
    (file,) = outbox(desk.store, request.token).manifest(id).files
    return forged(desk, request, Manifest("text", (replace(file, name="../../../here"),), {}))


def by_a_link_in_circles(desk: Desk, request: TaskRequest) -> str:
    path = Layout(outbox(desk.store, request.token).root).manifest("a" * 64)
    path.parent.mkdir(parents=True)
    path.symlink_to(path)
    return "a" * 64


def with_other_content(desk: Desk, request: TaskRequest) -> str:
    id = left(desk, request)
    store = outbox(desk.store, request.token)
    (path,) = store.open(id).values()
    path.chmod(0o644)
    path.write_text("evil")
    return id


def of_another_type(desk: Desk, request: TaskRequest) -> str:
    return left(desk, request, Table({"a": [1]}), "table")


@pytest.mark.parametrize(
    "leave",
    [by_its_hash, by_a_path, by_a_link, by_a_link_to_the_folder, by_a_link_to_the_store, by_a_link_in_circles,
     by_a_name, with_other_content, of_another_type],
)  # fmt: skip
def test_what_is_not_what_it_says_is_refused(
    desk: Desk, request_: TaskRequest, leave: Callable[[Desk, TaskRequest], str]
) -> None:
    id = leave(desk, request_)
    before = names(desk.store)
    with pytest.raises(OperatorError, match="left outputs that are none"):
        take_over(desk.store, request_, finished(id))
    assert names(desk.store) == before


def test_steps_that_a_table_did_not_have_are_refused(desk: Desk) -> None:
    request = replace(desk.request("Count", rows=1), confined=True)
    secret = desk.store.save(SECRET, "text", "t")
    store = outbox(desk.store, request.token)
    id = store.save(Table({"x": [0]}), "table", request.token, lineage=[secret])
    outputs = {"table": id, "metrics": store.save("", "text", request.token)}
    with pytest.raises(OperatorError):
        take_over(desk.store, request, {**finished(""), "outputs": outputs})


@pytest.mark.parametrize(
    "change",
    [{"outputs": {}}, {"outputs": {"text": "../../secret"}}, {"outputs": {"text": 5}}, {"outputs": []}, {"rows": 5},
     {"rows": {"text": "many"}}, {"rows": {"other": 1}}, {"metrics": {"text": {"auc": []}}}, {"artifacts": {"a": "b"}}],
    ids=range(9),
)  # fmt: skip
def test_an_event_that_is_not_as_declared_is_refused(desk: Desk, request_: TaskRequest, change: dict[str, Any]) -> None:
    id = left(desk, request_)
    with pytest.raises(OperatorError):
        take_over(desk.store, request_, {**finished(id), **change})


def test_what_is_left_open_is_not_what_is_taken(desk: Desk, request_: TaskRequest) -> None:
    id = left(desk, request_)
    (path,) = outbox(desk.store, request_.token).open(id).values()
    path.chmod(0o644)
    second_name = desk.folder / "second name"
    second_name.hardlink_to(path)
    take_over(desk.store, request_, finished(id))
    second_name.write_text("evil")
    desk.store.verify(id)


def names(store: ArtifactStore) -> set[Path]:
    """Everything that is in the store under a final name."""
    return {path for part in ("cas", "manifests") for path in (store.root / part).rglob("*") if path.is_file()}


def test_a_confined_one_hears_that_the_best_so_far_is_wanted(desk: Desk) -> None:
    desk.runner.submit(replace(desk.request("Script", action="search"), confined=True))
    assert desk.runner.wait(60)[0].kind == "progress"
    desk.runner.finish()
    assert desk.events()[-1].kind == "finished"
