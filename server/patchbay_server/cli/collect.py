"""`patchbay collect`."""

from __future__ import annotations

from dataclasses import asdict

import click

from patchbay_server import config
from patchbay_server.cli.options import AS_JSON
from patchbay_server.cli.output import print_json, print_table
from patchbay_server.cli.platform import reachable


@click.command()
@click.option(
    "--days", type=click.FloatRange(min=0), help="Keep what ended within so many. Default: PATCHBAY_KEEP_DAYS."
)
@click.option("--dry-run", is_flag=True, help="Only tell what would be removed.")
@AS_JSON
def collect(days: float | None, dry_run: bool, as_json: bool) -> None:
    """Remove what runs have made and nothing needs any more, and what attempts have left behind.

    Needed is what runs within these days have made or reused, the newest run of each flow, what made a version of a
    dataset, and whatever that builds on. Without days, what runs have made stays.
    """
    from patchbay_server.services.collection import collect as collect_garbage
    from patchbay_server.services.people.actor import COMMAND
    from patchbay_server.services.platform import Platform

    settings = reachable(config.load())
    with Platform.open(settings) as platform:
        keep_days = settings.keep_days if days is None else days
        found = collect_garbage(platform, COMMAND, keep_days=keep_days, dry_run=dry_run)
    if as_json:
        print_json(asdict(found) | {"dry_run": dry_run, "keep_days": keep_days})
        return
    rows = [(each.id[:12], each.type, each.size, each.run_id or "", each.path or "") for each in found.artifacts]
    print_table(("ARTIFACT", "TYPE", "BYTES", "RUN", "NODE"), rows, empty="No artifact.")
    freed = "would be freed" if dry_run else "freed"
    click.echo(f"{found.files} files, {found.leftovers} leftovers of attempts: {found.bytes} bytes {freed}.")
