"""`patchbay secrets`: whoever can read the data folder sets, deletes and rotates secrets; nobody can show one."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from patchbay_server.cli.options import PROJECT
from patchbay_server.cli.output import print_table
from patchbay_server.cli.users import opened
from patchbay_server.engine.errors import NotFound
from patchbay_server.services.people import projects, secret_keys
from patchbay_server.services.people import secrets as kept
from patchbay_server.services.people.actor import COMMAND
from patchbay_server.services.platform import Platform


@click.group()
def secrets() -> None:
    """Secrets that nodes name: passwords, keys, URLs of databases."""


@secrets.command("list")
@PROJECT
def list_secrets(project_name: str) -> None:
    """List the secrets of a project, without their values."""
    rows, cursor = [], None
    with _project(project_name) as (platform, project_id):
        while True:
            page = kept.listed(platform, project_id, cursor=cursor, limit=200)
            rows += [(item.name, item.description) for item in page.items]
            if (cursor := page.next) is None:
                break
    print_table(("NAME", "DESCRIPTION"), rows, empty="There is no secret yet.")


@secrets.command("set")
@click.argument("name")
@click.option("--description", help="What it is for.")
@PROJECT
def set_secret(name: str, description: str | None, project_name: str) -> None:
    """Make a secret, or give it another value: asked for, or read from standard input, never an argument.

    One line end at the end of standard input is left out.
    """
    value = _value()
    kept.check_value(value)
    with _project(project_name) as (platform, project_id):
        try:
            before = kept.find(platform, project_id, name)
        except NotFound:
            kept.create(platform, COMMAND, project_id, name=name, value=value, description=description or "")
            click.echo(f"Secret {name} was made.")
            return
        given = {"value": value, "description": description}
        kept.change(platform, COMMAND, project_id, name, expected=before.version, **given)
        click.echo(f"Secret {name} has a new value.")


@secrets.command("delete")
@click.argument("name")
@PROJECT
def delete_secret(name: str, project_name: str) -> None:
    """Forget a secret; flows that name it cannot run from now on."""
    with _project(project_name) as (platform, project_id):
        before = kept.find(platform, project_id, name)
        kept.delete(platform, COMMAND, project_id, name, expected=before.version)
    click.echo(f"Secret {name} was deleted.")


@secrets.command()
def rotate() -> None:
    """Encrypt the secrets of all projects with a new key; can be stopped at any moment and done again."""
    with opened() as platform:
        rotated = secret_keys.rotate(platform, COMMAND)
        file = platform.settings.secret_keys
    done = "The rotation that was stopped is finished" if rotated.continued else "Done"
    click.echo(f"{done}: {rotated.secrets} secrets have the new key in {file}, which holds no other any more.")
    click.echo("Workers on other hosts need this file now; backups of the old one open only old backups.")


@contextmanager
def _project(name: str) -> Iterator[tuple[Platform, int]]:
    with opened() as platform:
        yield platform, projects.find(platform, COMMAND, name).id


def _value() -> str:
    if sys.stdin.isatty():
        asked: str = click.prompt("Value", hide_input=True, confirmation_prompt=True)
        return asked
    try:
        return sys.stdin.buffer.read(kept.LARGEST * 2).decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise click.ClickException("The value is not text in UTF-8.") from None
