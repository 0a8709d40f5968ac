"""A schedule of a running platform fires, and its run is carried out on the project's files."""

from patchbay_server import config
from patchbay_server.services import flows
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
    process.terminate()
    process.communicate(timeout=60)
