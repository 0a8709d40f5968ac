"""A reconciler that is killed while it tells somebody about the end of a run: it is told again."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from patchbay_server import config
from patchbay_server.outbound_values import read_allowed
from patchbay_server.services.notifications.deliver import LEASE, send_due
from patchbay_server.services.people import projects
from patchbay_server.services.people.actor import COMMAND
from patchbay_server.services.platform import Platform, prepare
from tests.server.services.notifications.receivers import hooks
from tests.server.services.notifications.test_deliver import end, let_time_pass, sent, tell

ALLOW = {"PATCHBAY_WEBHOOK_ALLOW": "127.0.0.0/8"}


def test_a_reconciler_killed_while_it_tells_somebody(database_url: str, tmp_path: Path) -> None:
    given = {"PATCHBAY_HOME": str(tmp_path / "home"), "DATABASE_URL": database_url, "PATCHBAY_TICK": "0.05", **ALLOW}
    settings = config.load(given)
    prepare(settings)
    with hooks() as hook, Platform.open(replace(settings, webhook_allow=read_allowed(ALLOW))) as platform:
        project = projects.find(platform, COMMAND, "default").id
        made = tell(platform, project, hook)
        end(platform, project)
        hook.hold.clear()
        reconciler = subprocess.Popen(
            (sys.executable, "-m", "patchbay_server.cli", "reconciler"), env=os.environ | given
        )
        try:
            assert hook.arrived.wait(60)
        finally:
            reconciler.send_signal(signal.SIGKILL)
            reconciler.wait()
        hook.hold.set()
        send_due(platform)
        assert len(hook.received) == 1, "the lease of who was killed is not over"
        let_time_pass(platform, LEASE)
        send_due(platform)
        first, second = hook.received
        assert first.headers["webhook-id"] == second.headers["webhook-id"]
        assert first.body == second.body and made.secret is not None and second.is_signed_with(made.secret)
        (found,) = sent(platform, project)
        assert (found.state, found.tries) == ("delivered", 2)
