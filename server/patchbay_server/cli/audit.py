"""`patchbay audit`: the record of who did what."""

from __future__ import annotations

import click

from patchbay_server.cli.users import opened
from patchbay_server.services.people import audit as record
from patchbay_server.services.people.audit import Filter


@click.group()
def audit() -> None:
    """The record of who did what, when and from where."""


@audit.command()
@click.option("--action", help="Only actions that begin so, such as member.")
@click.option("--actor", help="Only what this user did (a part of the name).")
@click.option("--thing", help="Only what was done to this thing (a part of its name).")
def export(action: str | None, actor: str | None, thing: str | None) -> None:
    """Write every entry as a line of JSON, oldest first."""
    with opened() as platform:
        for line in record.export(platform.database, Filter(action=action, actor=actor, thing=thing)):
            click.echo(line, nl=False)


@audit.command()
def check() -> int:
    """Compute the chain of hashes anew; exit code 1 when an entry was changed, removed or inserted."""
    with opened() as platform:
        broken = record.first_break(platform.database)
    if broken is None:
        click.echo("The audit record is whole.")
        return 0
    click.secho(f"The audit record is broken from entry {broken} on.", fg="red")
    return 1
