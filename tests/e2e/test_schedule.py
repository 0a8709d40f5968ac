"""Schedules and backfills of a running platform: their runs are carried out on the project's files."""

from patchbay_server import config
from patchbay_server.services import flows
from patchbay_server.services.backfills import backfills
from patchbay_server.services.backfills.start import Wanted, start
from patchbay_server.services.people import projects
from patchbay_server.services.people.actor import COMMAND
from patchbay_server.services.platform import Platform
from patchbay_server.services.project_folder import project_folder
from patchbay_server.services.schedules import schedules
from patchbay_server.services.schedules.schedules import Timetable
from patchbay_server.store.data import schedule
from tests.e2e.conftest import Desk
from tests.processes import wait_for

FLOW = {
    "format": 1,
    "name": "nightly",
    "nodes": [{"id": "read", "operator": "source.csv@1.0.0", "params": {"path": "lots.csv"}}],
    "edges": [],
}
SAVE = {
    "format": 1,
    "name": "save",
    "params": {"day": {"type": "string", "default": "none"}},
    "nodes": [
        {"id": "read", "operator": "source.csv@1.0.0", "params": {"path": {"$param": "day"}}},
        {"id": "keep", "operator": "export.dataset@1.0.0", "params": {"name": "lots"}},
    ],
    "edges": [{"from": "read.table", "to": "keep.table"}],
}
USE = {
    "format": 1,
    "name": "use",
    "nodes": [{"id": "read", "operator": "source.dataset@1.0.0", "params": {"name": "lots"}}],
    "edges": [],
}


def test_what_is_due_is_started_and_carried_out(desk: Desk) -> None:
    process = desk.up()
    with Platform.open(config.load(desk.environment)) as platform:
        project = projects.find(platform, COMMAND, "default").id
        folder = project_folder(platform.settings, project)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "lots.csv").write_text("lot,price\na,1\n")
        flows.create(platform, COMMAND, project, FLOW)
        schedules.create(platform, COMMAND, project, "yearly", Timetable("nightly", "0 0 1 1 *", "UTC", {}, True))
        platform.database.transact(lambda transaction: transaction.core.execute(schedule.update().values(next_at=1.0)))
        wait_for(lambda: schedules.find(platform, project, "yearly").last_run_id, what="the schedule to start")
        known = schedules.find(platform, project, "yearly")
        wait_for(lambda: platform.engine.run(known.last_run_id).ended_at, what="the run to end")
        assert platform.engine.run(known.last_run_id).state == "done"
        assert (known.last_error, len(platform.engine.runs(project).items)) == (None, 1)
        _fill_back(platform, project)
    process.terminate()
    process.communicate(timeout=60)


def _fill_back(platform: Platform, project: int) -> None:
    """Two days, each saved as a version of a dataset, which another flow then reads."""
    for day in (1, 2):
        path = project_folder(platform.settings, project) / f"2026-03-0{day}.csv"
        path.write_text("lot\n" + "a\n" * day)
    for document in (SAVE, USE):
        flows.create(platform, COMMAND, project, document)
    params = {"day": "{{ scheduled_date }}.csv"}
    first = 1772323200.0  # 1 March
    wanted = Wanted("save", first, first + 2 * 86400, cron="0 6 * * *", params=params, cascade=True)
    id = start(platform, COMMAND, project, wanted).id
    wait_for(lambda: backfills.find(platform, project, id).ended_at, what="the backfill to end")
    assert backfills.find(platform, project, id).state == "done"
    readers = [item.run for item in backfills.items(platform, project, id) if item.flow == "use"]
    assert [platform.engine.tasks(run)[0].rows["table"] for run in readers] == [1, 2]
