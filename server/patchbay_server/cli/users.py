"""`patchbay users`: whoever can read the data folder makes users, links, tokens and members."""

from __future__ import annotations

import click

from patchbay_server import config, data_folder
from patchbay_server.cli.output import print_table
from patchbay_server.cli.platform import reachable
from patchbay_server.services.people import external, members, projects, tokens
from patchbay_server.services.people import users as people
from patchbay_server.services.people.actor import COMMAND
from patchbay_server.services.people.rights import ROLES
from patchbay_server.services.platform import Platform, prepare


@click.group()
def users() -> None:
    """Users of the web pages and the API."""


@users.command("list")
def list_users() -> None:
    """List users."""
    with opened() as platform:
        found, cursor = [], None
        while True:
            page = people.listed(platform, cursor=cursor, limit=200)
            found += page.items
            if (cursor := page.next) is None:
                break
    rows = [(u.name, u.title, "admin" if u.is_admin else "", "" if u.active else "deactivated") for u in found]
    print_table(("NAME", "TITLE", "", ""), rows, empty="There is no user yet.")


@users.command()
@click.argument("name")
@click.option("--title", default="", help="The name for people.")
@click.option("--email")
@click.option("--admin", is_flag=True, help="Admin of the whole platform.")
def add(name: str, title: str, email: str | None, admin: bool) -> None:
    """Make a user; prints the link with which they choose a password."""
    with opened() as platform:
        user, token = people.create(platform, COMMAND, name=name, title=title, email=email, is_admin=admin)
        click.echo(f"User {user.name} was made. The link to choose a password, good once and for a day:")
        click.echo(_link(platform, token))


@users.command()
@click.argument("name")
def link(name: str) -> None:
    """Print a new link with which a user chooses a password."""
    with opened() as platform:
        click.echo(_link(platform, people.new_link(platform, COMMAND, name)))


@users.command()
@click.argument("name")
@click.option("--label", default="command line", show_default=True, help="What the token is for.")
@click.option("--scope", "scopes", multiple=True, default=("*",), help="A permission; several may be given.")
@click.option("--project", "project_name", help="The only project that the token opens.")
@click.option("--days", default=90, show_default=True)
def token(name: str, label: str, scopes: tuple[str, ...], project_name: str | None, days: int) -> None:
    """Make an API token of a user; prints it, this once."""
    with opened() as platform:
        user = people.find(platform, name)
        project_id = projects.find(platform, COMMAND, project_name).id if project_name else None
        _, key = tokens.create(platform, COMMAND, user.id, name=label, scopes=scopes, project_id=project_id, days=days)
    click.echo(key)


@users.command()
@click.argument("name")
@click.argument("project_name", metavar="PROJECT")
@click.argument("role", type=click.Choice(ROLES))
def role(name: str, project_name: str, role: str) -> None:
    """Make a user a member of a project, or give the member another role."""
    with opened() as platform:
        project_id = projects.find(platform, COMMAND, project_name).id
        wanted = next(known for known in ROLES if known == role)
        before = members.find_or_none(platform, project_id, name)
        if before is None:
            members.add(platform, COMMAND, project_id, name=name, role=wanted)
        else:
            members.change(platform, COMMAND, project_id, name, expected=before.version, role=wanted)
    click.echo(f"{name} is {role} of {project_name}.")


@users.command()
@click.argument("name")
@click.argument("subject")
@click.option("--issuer", help="The provider; left out: the one that PATCHBAY_OIDC_ISSUER names.")
@click.option("--undo", is_flag=True, help="Undo the link.")
def identity(name: str, subject: str, issuer: str | None, undo: bool) -> None:
    """Let a user sign in as somebody whom an identity provider knows by SUBJECT."""
    with opened() as platform:
        issuer = issuer or (platform.settings.oidc.issuer if platform.settings.oidc else None)
        if issuer is None:
            raise click.UsageError("Name the provider with --issuer, or set PATCHBAY_OIDC_ISSUER.")
        change = external.unlink if undo else external.link
        change(platform, COMMAND, name, issuer=issuer, subject=subject)
    click.echo(f"{name} can {'no longer' if undo else 'now'} sign in as {subject} of {issuer}.")


@users.command()
@click.argument("name")
@click.option("--undo", is_flag=True, help="Let the user in again.")
def deactivate(name: str, undo: bool) -> None:
    """Keep a user out; sessions end at once, tokens open nothing any more."""
    with opened() as platform:
        user = people.find(platform, name)
        people.change(platform, COMMAND, name, expected=user.version, active=undo)
    click.echo(f"{name} is {'active again' if undo else 'deactivated'}.")


def opened() -> Platform:
    """The platform of the data folder, its database at the newest schema."""
    settings = reachable(config.load())
    prepare(settings)
    return Platform.open(settings)


def _link(platform: Platform, token: str) -> str:
    running = data_folder.running(platform.settings.data_dir)
    return f"{running.url if running and running.url else 'http://HOST:PORT'}/setup#{token}"
