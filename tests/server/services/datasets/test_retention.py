"""Retention: old rows go, descriptions stay, and so does whatever somebody relies on."""

import polars as pl
import pytest
import sqlalchemy as sa

from patchbay_server.services.datasets import datasets, look, retention, versions
from patchbay_server.services.datasets.folders import deleted_folder, version_folder
from patchbay_server.services.errors import Conflict
from patchbay_server.services.people.actor import COMMAND
from patchbay_server.services.project_folder import project_folder
from patchbay_server.store.data import dataset, dataset_version, schedule
from tests.server.services.datasets.saved import save


@pytest.fixture
def lots(platform, project):
    """Five versions."""
    for rows in range(1, 6):
        save(project_folder(platform.settings, project), "lots", pl.DataFrame({"n": range(rows)}))
    return datasets.find(platform, project, "lots")


def keep(platform, project, known, **how):
    return datasets.change(platform, COMMAND, project, "lots", expected=known.version, meta={}, **how)


def reads(name, **params):
    node = {"id": "read", "operator": "source.dataset@1.0.0", "params": {"name": "lots", **params}}
    return {"format": 1, "name": name, "nodes": [node], "edges": []}


def left(platform, project):
    found = versions.listed(platform, project, "lots").items
    return [version.number for version in reversed(found) if version.expired_at is None]


def test_without_a_rule_everything_stays(platform, project, lots):
    assert retention.expire(platform) == []
    assert left(platform, project) == [1, 2, 3, 4, 5]


def test_only_so_many_versions_are_kept(platform, project, lots):
    keep(platform, project, lots, keep_versions=2)
    told = retention.expire(platform, dry_run=True)
    assert left(platform, project) == [1, 2, 3, 4, 5]
    assert sorted(expired.number for expired in told) == [1, 2, 3]
    assert retention.expire(platform) == told
    assert retention.expire(platform) == []
    assert left(platform, project) == [4, 5]
    version = versions.find(platform, project, "lots", 1)
    assert (version.rows, version.schema["columns"]) == (1, [{"name": "n", "type": "int"}])
    with pytest.raises(Conflict, match="have expired"):
        look.rows(platform, project, "lots", 1)
    folder = version_folder(platform.settings, project, "lots", 1)
    assert [file.name for file in folder.iterdir()] == ["dataset.json"]


def test_old_versions_go_but_never_the_newest(platform, project, lots):
    keep(platform, project, lots, keep_days=10)
    ages = sa.update(dataset_version).values(created_at=dataset_version.c.created_at - 11 * 86400)
    platform.database.transact(lambda t: t.core.execute(ages.where(dataset_version.c.number != 4)).rowcount)
    retention.expire(platform)
    assert left(platform, project) == [4, 5]


def test_what_a_flow_or_a_schedule_pins_stays(platform, project, lots):
    keep(platform, project, lots, keep_versions=1)
    platform.engine.save_revision(project, reads("pinned", version=2))
    flow = reads("by-param", version={"$param": "which"}) | {"params": {"which": {"type": "integer", "default": 1}}}
    revision = platform.engine.save_revision(project, flow)
    plan = {"project_id": project, "flow_id": revision.flow_id, "name": "nightly", "cron": "0 3 * * *"}
    row = plan | {"timezone": "UTC", "params": {"which": 3}, "enabled": True, "created_at": 0.0}
    platform.database.transact(lambda t: t.core.execute(schedule.insert().values(**row)).rowcount)
    retention.expire(platform)
    assert left(platform, project) == [1, 2, 3, 5]


def test_statistics_outlive_the_rows(platform, project, lots):
    figures = look.statistics(platform, project, "lots", 1)
    keep(platform, project, lots, keep_versions=1)
    retention.expire(platform)
    assert look.statistics(platform, project, "lots", 1) == figures


def test_one_that_was_interrupted_is_taken_up_again(platform, project, lots):
    keep(platform, project, lots, keep_versions=4)
    (version_folder(platform.settings, project, "lots", 1) / "data.parquet").unlink()
    retention.expire(platform)
    assert left(platform, project) == [2, 3, 4, 5]


def test_a_dataset_that_is_read_is_deleted_only_by_force(platform, project, lots):
    platform.engine.save_revision(project, reads("yield"))
    with pytest.raises(Conflict, match="is read by flow 'yield'"):
        datasets.delete(platform, COMMAND, project, "lots")
    datasets.delete(platform, COMMAND, project, "lots", force=True)
    assert datasets.listed(platform, project).items == []


def test_a_deleted_dataset_keeps_its_rows_for_some_days(platform, project, lots):
    datasets.delete(platform, COMMAND, project, "lots")
    folder = deleted_folder(platform.settings, project, lots.id)
    retention.expire(platform)
    assert (folder / "5" / "data.parquet").is_file()
    ages = sa.update(dataset).values(deleted_at=dataset.c.deleted_at - 8 * 86400)
    platform.database.transact(lambda t: t.core.execute(ages).rowcount)
    retention.expire(platform)
    assert not folder.exists()
    save(project_folder(platform.settings, project), "lots", pl.DataFrame({"n": [1]}))
    assert datasets.find(platform, project, "lots").latest == 1
