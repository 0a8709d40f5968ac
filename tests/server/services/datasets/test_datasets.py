"""Datasets and what their columns mean, on both databases."""

from datetime import datetime, timedelta

import polars as pl
import pytest

from patchbay_server.engine.errors import NotFound
from patchbay_server.services.datasets import datasets, feature_sheet, features, look, versions
from patchbay_server.services.errors import AlreadyExists, Conflict, Invalid
from patchbay_server.services.people import audit, projects
from patchbay_server.services.people.actor import COMMAND
from patchbay_server.services.project_folder import project_folder
from patchbay_server.store.paging import CursorError
from patchbay_server.table_reader import TableQuestionError
from tests.server.services.datasets.saved import save

START = datetime(2024, 1, 1)
ROWS = 100


@pytest.fixture
def lots(platform, project):
    frame = pl.DataFrame(
        {
            "time": [START + timedelta(hours=n) for n in range(ROWS)],
            "tool": [f"E{n % 3}" for n in range(ROWS)],
            "cd": [float(n) if n < ROWS // 2 else None for n in range(ROWS)],
            "产量": [0.9] * ROWS,
        }
    )
    save(project_folder(platform.settings, project), "lots", frame)
    return datasets.find(platform, project, "lots")


def create(platform, project, name, **meta):
    return datasets.create(platform, COMMAND, project, name=name, meta=meta)


def test_datasets_are_listed_by_name_and_found_by_what_they_mean(platform, project):
    for name, title in (("b", "Etch 刻蚀"), ("a", "Litho"), ("c", "100% etch_rate")):
        create(platform, project, name, title=title)
    first = datasets.listed(platform, project, limit=2)
    assert [known.name for known in first.items] == ["a", "b"]
    assert [known.name for known in datasets.listed(platform, project, cursor=first.next).items] == ["c"]
    for q, names in (("ETCH", ["b", "c"]), ("刻蚀", ["b"]), ("100%", ["c"]), ("h_r", ["c"]), ("x", [])):
        assert [known.name for known in datasets.listed(platform, project, q=q).items] == names, q
    with pytest.raises(CursorError):
        datasets.listed(platform, project, cursor="?")
    with pytest.raises(AlreadyExists):
        create(platform, project, "a")


def test_a_change_is_of_what_was_seen_and_is_kept(platform, project, lots):
    place = platform, COMMAND, project, "lots"
    changed = datasets.change(*place, expected=1, meta={"owner": "Li", "tool": "", "tags": ["a", "a"]}, keep_days=3)
    assert (changed.meta, changed.keep_days, changed.version) == ({"owner": "Li", "tags": ["a"]}, 3, 2)
    with pytest.raises(Conflict) as error:
        datasets.change(*place, expected=1, meta={})
    assert error.value.details["version"] == 2
    with pytest.raises(Invalid, match="group_column: the latest version has no column"):
        datasets.change(*place, expected=2, meta={"group_column": "line"})
    entry = audit.entries(platform.database, audit.Filter(project, action="dataset.changed")).items[0]
    assert (entry.before["meta"], entry.after["keep_days"]) == ({}, 3)


def test_what_was_deleted_is_gone_for_everyone(platform, project, lots):
    datasets.delete(platform, COMMAND, project, "lots")
    for look_for in (datasets.find, versions.listed, features.everything):
        with pytest.raises(NotFound):
            look_for(platform, project, "lots")
    with pytest.raises(NotFound):
        datasets.delete(platform, COMMAND, project, "lots")
    assert create(platform, project, "lots").latest is None


def test_a_column_is_covered_over_time_and_per_group(platform, project, lots):
    with pytest.raises(Invalid, match="time or group column"):
        look.coverage(platform, project, "lots", 1, "cd")
    datasets.change(platform, COMMAND, project, "lots", expected=1, meta={"time_column": "time"})
    over_time = look.coverage(platform, project, "lots", 1, "cd")
    assert [part["rate"] for part in over_time] == [1.0] * 10 + [0.0] * 10
    assert sum(part["rows"] for part in over_time) == ROWS
    assert over_time[0]["part"].startswith("2024-01-01")
    per_tool = look.coverage(platform, project, "lots", 1, "cd", by="tool")
    assert {part["part"]: (part["rows"], part["present"]) for part in per_tool} == {
        "E0": (34, 17),
        "E1": (33, 17),
        "E2": (33, 16),
    }
    with pytest.raises(TableQuestionError, match="no column 'line'"):
        look.coverage(platform, project, "lots", 1, "cd", by="line")


def test_a_column_that_has_gone_keeps_its_meaning(platform, project, lots):
    place = platform, COMMAND, project, "lots"
    features.change(*place, "cd", expected=0, meta={"meaning": "critical dimension"})
    save(project_folder(platform.settings, project), "lots", pl.DataFrame({"tool": ["E1", None]}))
    tool, cd = features.everything(platform, project, "lots")
    assert (tool.name, tool.column_type, tool.missing_rate, tool.coverage_rate) == ("tool", "string", 0.5, 0.5)
    assert (cd.name, cd.column_type, cd.missing_rate, cd.meta) == ("cd", None, None, {"meaning": "critical dimension"})
    with pytest.raises(Conflict):
        features.change(*place, "cd", expected=0, meta={})
    with pytest.raises(Invalid, match="'unti' is not known"):
        features.change(*place, "cd", expected=1, meta={"unti": "nm"})
    with pytest.raises(NotFound):
        features.change(*place, "line", expected=0, meta={})


def test_a_sheet_changes_all_or_nothing(platform, project, lots):
    place = platform, COMMAND, project, "lots"
    assert feature_sheet.read(*place, "name,单位\n".replace("单位", "unit").encode() + "产量,%\ncd,nm\n".encode()) == 2
    with pytest.raises(Invalid, match="Line 3: dataset 'lots' has no column 'line'"):
        feature_sheet.read(*place, b"name,unit\ncd,mm\nline,x\n")
    assert features.find(platform, project, "lots", "cd").meta == {"unit": "nm"}
    assert features.find(platform, project, "lots", "产量").meta == {"unit": "%"}
    assert feature_sheet.read(*place, feature_sheet.write(platform, project, "lots").encode()) == 0
    (entry,) = audit.entries(platform.database, audit.Filter(project, action="feature")).items
    assert entry.after == {"产量": {"unit": "%"}, "cd": {"unit": "nm"}}


def test_another_project_has_its_own(platform, project, lots):
    other = projects.create(platform, COMMAND, name="other").id
    assert create(platform, other, "lots").id != lots.id
    assert datasets.find(platform, other, "lots").latest is None
    with pytest.raises(NotFound):
        versions.find(platform, other, "lots", 1)
