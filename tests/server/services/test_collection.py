"""What is collected, what stays, and that it is told."""

import os

import polars as pl
import pytest

from patchbay_sdk import Table
from patchbay_server.engine import Submission
from patchbay_server.engine.submit import now_of
from patchbay_server.services import artifacts
from patchbay_server.services.collection import collect
from patchbay_server.services.errors import Collected
from patchbay_server.services.people import audit
from patchbay_server.services.people.actor import COMMAND
from patchbay_server.store.data import dataset, dataset_version
from tests.server.engine.drawing import unguard
from tests.server.engine.flows import plan_of, project_of
from tests.server.services.collecting import Shop


@pytest.fixture
def shop(platform):
    return Shop(platform)


def collected(shop, **options):
    return {each.id for each in collect(shop.platform, COMMAND, **{"keep_days": 30, **options}).artifacts}


def test_an_old_run_that_nothing_refers_to_goes_and_the_newest_of_its_flow_stays(shop):
    old, newest = shop.run("old"), shop.run("newest")
    other = shop.run("of another flow", "other")
    shop.age(1, 2, 3)
    assert collected(shop) == {old}
    assert [shop.store.exists(id) for id in (old, newest, other)] == [False, True, True]
    assert len(shop.files()) == 4
    assert shop.epoch() % 2 == 0


def test_a_dry_run_tells_the_same_and_removes_nothing(shop):
    old = shop.run("old" * 1000)
    shop.run("newest")
    shop.age(1, 2)
    before = shop.files()
    told = collect(shop.platform, COMMAND, keep_days=30, dry_run=True)
    assert shop.files() == before and shop.store.exists(old)
    (artifact,) = told.artifacts
    assert (artifact.id, artifact.type, artifact.size, artifact.run_id, artifact.path) == (old, "text", 3000, 1, "a")
    done = collect(shop.platform, COMMAND, keep_days=30)
    assert (done, told.files, told.bytes > 3000) == (told, 2, True)


def test_without_days_only_leftovers_of_attempts_go(shop):
    old = shop.run("old")
    shop.run("newest")
    orphan = shop.store.save("of an attempt that was fenced", "text", "gone")
    running = shop.claim()
    for token in ("dead", running.task.token):
        shop.store.staging(token).mkdir(parents=True)
        (shop.store.staging(token) / "part").write_text("x" * 100)
    shop.age(1, 2)
    for token in ("dead", running.task.token):
        os.utime(shop.store.staging(token), (1, 1))
    found = collect(shop.platform, COMMAND, keep_days=None)
    assert ([each.id for each in found.artifacts], found.leftovers) == ([orphan], 1)
    assert shop.store.exists(old) and not shop.store.exists(orphan)
    assert shop.store.staging(running.task.token).exists() and not shop.store.staging("dead").exists()


def test_what_was_made_a_moment_ago_stays_whoever_made_it(shop):
    shop.run("old")
    orphan = shop.store.save("of an attempt that is about to commit", "text", "t")
    shop.run("newest")
    for id in (1, 2):  # of runs that took long
        shop.engine.database.transact(
            lambda t, id=id: t.core.exec_driver_sql(f"UPDATE run SET ended_at = 0 WHERE id = {id}")
        )
    assert collected(shop) == set()
    assert shop.store.exists(orphan)


def test_what_is_referred_to_stays(shop, project):
    tables = [shop.run(Table(pl.DataFrame({"x": [n]})), port_type="table") for n in range(2)]
    step = shop.run("a step that the newest table has had")
    shared = shop.run("made twice")
    failed = shop.run("resumed just now")
    made_dataset = shop.run("source of a dataset")
    shop.run("made twice")
    done = shop.run("the last that succeeded")
    newest = shop.run(Table(pl.DataFrame({"x": [5]})), port_type="table", lineage=(step,))
    claim = shop.claim()
    shop.engine.fail(claim, {"code": "x", "message": "x"})

    def refer(transaction):
        core, now = transaction.core, now_of(transaction)
        core.exec_driver_sql("UPDATE run SET state = 'failed' WHERE id = 5")
        row = {"project_id": project, "name": "d", "meta": {}, "created_at": now}
        id = core.execute(dataset.insert().values(**row).returning(dataset.c.id)).scalar_one()
        version = {"number": 1, "content_hash": "", "rows": 1, "schema": {}, "source": {}, "created_at": now}
        core.execute(dataset_version.insert().values(dataset_id=id, run_id=6, **version))

    unguard(shop.engine.database)
    shop.engine.database.transact(refer)
    shop.engine.resume(5)
    shop.age(*range(1, 11))
    assert collected(shop) == {*tables, shared, done}
    assert all(map(shop.store.exists, (step, failed, made_dataset, newest)))


def test_a_shared_file_stays_while_one_of_its_artifacts_does(shop):
    table = Table(pl.DataFrame({"x": [1]}))
    plain = shop.run(table, port_type="table")
    step = shop.run("a step")
    with_step = shop.run(table, port_type="table", lineage=(step,))
    shop.age(1, 2, 3)
    assert collected(shop) == {plain}
    assert shop.store.load(with_step).num_rows == 1


def test_a_collected_artifact_says_so_and_is_not_reused(shop, project):
    id = shop.run("value")
    shop.run("newest")
    shop.age(1, 2)
    collected(shop)
    with pytest.raises(Collected, match=r"was collected on 20.*run a of run 1 again") as caught:
        artifacts.find(shop.platform, project, id)
    assert (caught.value.details["run"], caught.value.details["path"]) == (1, "a")
    claim = shop.claim()
    assert shop.open(claim, "value").outcome == "run"


def test_what_is_made_again_is_back(shop, project):
    id = shop.run("value")
    shop.run("newest")
    shop.age(1, 2)
    collected(shop)
    assert shop.run("value") == id
    assert artifacts.find(shop.platform, project, id).type == "text"
    shop.age()
    assert id not in collected(shop)
    assert shop.open(shop.claim(), "value").outcome == "reuse"


def test_a_run_from_here_does_not_start_from_what_was_collected(shop):
    shop.run("value")
    shop.run("newest")
    shop.age(1, 2)
    collected(shop)
    revision = shop.engine.save_revision(
        project_of(shop.engine), {"format": 1, "name": "flow", "nodes": [], "edges": []}
    )
    shop.engine.submit(Submission(revision.id), plan_of("a", a={"reuse_only": True}))
    claim = shop.engine.claim("train", "w")
    assert shop.open(claim, "value").outcome == "run"


def test_the_collection_is_audited(shop):
    shop.run("old")
    shop.run("newest")
    shop.age(1, 2)
    found = collect(shop.platform, COMMAND, keep_days=30)
    (entry,) = audit.entries(shop.platform.database, audit.Filter(action="artifact")).items
    assert (entry.action, entry.actor) == ("artifact.collected", "command line")
    assert entry.after == {"artifacts": 1, "files": 2, "leftovers": 0, "bytes": found.bytes, "keep_days": 30}
    collected(shop)
    assert len(audit.entries(shop.platform.database, audit.Filter(action="artifact")).items) == 1


def test_days_count_from_the_end_of_a_run(shop):
    recent = shop.run("recent")
    shop.run("newest")
    shop.age(1, 2, days=29)
    assert collected(shop) == set()
    shop.age(1, 2, days=2)
    assert collected(shop) == {recent}
