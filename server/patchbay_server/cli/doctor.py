"""`patchbay doctor`."""

from __future__ import annotations

from dataclasses import asdict

import click

from patchbay_server import config
from patchbay_server.cli.output import print_json
from patchbay_server.cli.platform import reachable

COLORS = {"ok": "green", "warning": "yellow", "failed": "red"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
@click.option("--deep", is_flag=True, help="Also read every artifact and compare it with its hash.")
@click.option("--repair", is_flag=True, help="Remove broken files of artifacts, so that the next run makes them again.")
def doctor(as_json: bool, deep: bool, repair: bool) -> int:
    """Check this installation and its data folder. Exits with 1 when something is broken."""
    from patchbay_server.services.doctor.examine import examine

    findings = examine(reachable(config.load()), deep=deep, repair=repair)
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        width = max(len(finding.subject) for finding in findings)
        for finding in findings:
            click.secho(f"{finding.state.ljust(7)}  ", fg=COLORS[finding.state], nl=False)
            click.echo(f"{finding.subject.ljust(width)}  {finding.message}")
    return 1 if any(finding.state == "failed" for finding in findings) else 0
