"""Everything that can be looked at without starting anything."""

from __future__ import annotations

from patchbay_server.config import Settings
from patchbay_server.services.doctor import artifacts, installation, processes, work
from patchbay_server.services.doctor.finding import Finding
from patchbay_server.services.platform import Platform


def examine(settings: Settings, *, deep: bool = False, repair: bool = False) -> list[Finding]:
    """What is broken or missing. Changes nothing, unless it is to `repair`: then broken files are removed.

    `deep`: read every artifact and compare it with its hash, too.
    """
    findings = installation.examine(settings)
    database = installation.database(settings)
    findings.append(database)
    if database.state == "ok":
        with Platform.open(settings) as platform:
            findings += work.examine(platform)
            findings += processes.examine(platform)
            findings += artifacts.examine(platform, deep=deep, repair=repair)
    return findings
