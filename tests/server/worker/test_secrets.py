"""Secrets reach the tasks that name them, and nothing else."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from patchbay_server import config
from patchbay_server.engine import Engine
from patchbay_server.services.people import secret_keys, secrets
from patchbay_server.services.people.actor import COMMAND
from patchbay_server.services.platform import Platform
from patchbay_server.store.all_tables import metadata
from patchbay_server.store.database import Database
from patchbay_server.worker.secrets import TaskSecrets
from tests.runners.desk import is_alive
from tests.server.engine.flows import project_of, states, submit
from tests.server.worker import tell
from tests.server.worker.workshop import Workshop

VALUE = 'p&ss/wörd "1"\\x\nsecond line+of it'
TELL = "test.tell@1.0.0"


@pytest.fixture
def platform(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[Platform]:
    """The services of the platform whose worker is the workshop."""
    with Platform.open(config.load({"PATCHBAY_HOME": str(tmp_path), "DATABASE_URL": database_url})) as platform:
        yield platform


def keep(platform: Platform, engine: Engine, name: str = "db", value: str = VALUE, project: str = "default") -> None:
    secrets.create(platform, COMMAND, project_of(engine, project), name=name, value=value)


def run_told(workshop: Workshop, engine: Engine, act: str = "", **params: object) -> int:
    """A run of one node that names the secret ``db``."""
    node = {"operator": TELL, "secret": "db", "act": act, **params}
    run_id = submit(engine, workshop.plan("a", a=node))
    workshop.drain()
    return run_id


def everything_written(folder: Path, database: Database) -> str:
    """All files of a data folder, and all rows of its database, as one text."""
    texts = [file.read_bytes().decode("latin-1") for file in folder.rglob("*") if file.is_file()]
    with database.read() as transaction:
        for table in metadata.sorted_tables:
            texts += [str(value) for row in transaction.core.execute(sa.select(table)) for value in row]
    return "\n".join(texts)


def assert_nowhere(folder: Path, database: Database, value: str = VALUE) -> None:
    written = everything_written(folder, database)
    for form in [*tell.forms(value), *value.splitlines()]:
        for text in (form, form.strip("\"'"), form.encode().decode("latin-1")):
            assert text not in written, text


@pytest.mark.parametrize("act", tell.WAYS)
def test_whatever_a_task_tells_its_secret_is_written_nowhere(
    workshop: Workshop, engine: Engine, platform: Platform, database: Database, act: str
) -> None:
    keep(platform, engine)
    run_id = run_told(workshop, engine, act)
    task = engine.tasks(run_id)[0]
    assert task.state == ("failed" if act in ("in_an_error", "in_a_traceback", "before_it_dies") else "done")
    assert_nowhere(workshop.folder, database)
    assert ("***" in everything_written(workshop.folder, database)) or act == "after_it_ended"  # perhaps too late


def test_logs_and_errors_stay_readable(workshop: Workshop, engine: Engine, platform: Platform) -> None:
    keep(platform, engine)
    run_id = run_told(workshop, engine, "in_an_error")
    error = engine.tasks(run_id)[0].error or {}
    assert error["message"] == "cannot connect with ***"
    assert error["details"] == {"url": "***", "tried": [{"***": "***"}]}
    run_id = run_told(workshop, engine, "byte_by_byte")
    assert Path(engine.tasks(run_id)[0].log_path or "").read_text() == "***"
    run_id = run_told(workshop, engine, "in_events")
    messages = [event.data["message"] for event in engine.events(run_id) if event.kind == "log"]
    assert messages == ["connecting with ***", '{"***": ["***"]}']


def test_a_task_gets_what_it_names_in_its_own_project(workshop: Workshop, engine: Engine, platform: Platform) -> None:
    keep(platform, engine, "db")
    keep(platform, engine, "key", "another value")
    keep(platform, engine, "unused", "a third value")
    run_id = run_told(workshop, engine, others=["key"])
    assert workshop.value(run_id, "a").startswith("2 secrets")
    keep(platform, engine, "elsewhere", project="other")
    run_id = run_told(workshop, engine, others=["elsewhere"])
    error = engine.tasks(run_id)[0].error or {}
    assert error["code"] == "secret_unknown"
    assert "Node 'a': others.0 names the secret 'elsewhere', which this project does not have" in error["message"]
    assert len(workshop.executed()) == 1


def test_a_param_that_does_not_apply_gives_no_secret(workshop: Workshop, engine: Engine, platform: Platform) -> None:
    keep(platform, engine)
    spec = workshop.supervisor._catalogue().get(TELL)
    assert spec.named_secrets({"name": "a", "secret": "db", "act": "keep quiet"}) == []
    assert spec.named_secrets({"name": "a", "secret": "db", "act": "", "others": ["x", {"$param": "y"}]}) == [
        ("secret", "db"),
        ("others.0", "x"),
    ]


def test_a_task_with_secrets_has_a_process_of_its_own(workshop: Workshop, engine: Engine, platform: Platform) -> None:
    keep(platform, engine)
    plan = workshop.plan("a", "b", "c", operator=TELL, b={"operator": TELL, "secret": "db", "act": ""})
    run_id = submit(engine, plan, bypass_cache=True)
    workshop.drain()
    processes = [workshop.value(run_id, path).split()[-1] for path in "abc"]
    assert len(set(processes)) == 3
    assert not is_alive(int(processes[1]))


def test_another_value_runs_again(workshop: Workshop, engine: Engine, platform: Platform, database: Database) -> None:
    keep(platform, engine)
    run_told(workshop, engine)
    run_told(workshop, engine)
    assert workshop.executed() == ["a"]
    project_id = project_of(engine)
    secrets.change(platform, COMMAND, project_id, "db", expected=1, description="only a description")
    run_told(workshop, engine)
    secret_keys.rotate(platform, COMMAND)
    run_told(workshop, engine)
    assert workshop.executed() == ["a"]
    secrets.change(platform, COMMAND, project_id, "db", expected=2, value="another value")
    run_id = run_told(workshop, engine)
    assert workshop.executed() == ["a", "a"]
    reasons = [reason["text"] for reason in engine.tasks(run_id)[0].reasons or []]
    assert reasons == ["secret: the content of the source changed"]
    assert_nowhere(workshop.folder, database, "another value")


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        (lambda file: file.unlink(), "is not there"),
        (lambda file: file.chmod(0o644), "chmod 600"),
        (lambda file: file.write_text("nonsense\n"), "does not hold keys"),
        (lambda file: file.write_text("A" * 43 + "=\n"), "needs key"),
    ],
)
def test_without_the_keys_a_task_fails_by_name(
    workshop: Workshop, engine: Engine, platform: Platform, harm, message: str
) -> None:
    keep(platform, engine)
    harm(platform.settings.secret_keys)
    run_id = run_told(workshop, engine)
    error = engine.tasks(run_id)[0].error or {}
    assert message in error["message"] and str(platform.settings.secret_keys) in error["message"]
    assert states(engine, run_id) == {"a": "failed"}
    assert workshop.executed() == []


def test_keys_that_change_while_a_task_is_prepared(workshop: Workshop, engine: Engine, platform: Platform) -> None:
    keep(platform, engine)
    submit(engine, workshop.plan("a", a={"operator": TELL, "secret": "db", "act": ""}))
    claim = engine.claim("train", "w")
    assert claim is not None
    found = TaskSecrets(engine.database, claim, workshop.supervisor._catalogue().get(TELL))
    secret_keys.rotate(platform, COMMAND)
    assert found.values(platform.settings.secret_keys) == {"db": VALUE}
