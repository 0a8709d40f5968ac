"""`patchbay operators publish` and its relatives: whoever can read the data folder publishes and reviews."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from patchbay_server.cli.output import print_table
from patchbay_server.cli.users import opened
from patchbay_server.services.people.actor import COMMAND
from patchbay_server.services.platform import Platform
from patchbay_server.services.publishing import package, releases, states, upload
from patchbay_server.services.publishing.releases import STATES, Release

PATIENCE = 900.0
"""Seconds to wait while somebody else publishes."""
NAME = click.argument("name")
VERSION = click.argument("version")
NOTE = click.option("--note", required=True, help="Why; shown to whoever it concerns.")


@click.command()
@click.argument("source", type=click.Path(exists=True, path_type=Path), metavar="FOLDER | ARCHIVE")
@click.option("--draft", is_flag=True, help="Only keep it: do not ask for a review.")
@click.option("--approve", "alone", is_flag=True, help="Publish it at once; the audit says that nobody else looked.")
def publish(source: Path, draft: bool, alone: bool) -> None:
    """Check and test an operator package, keep it as a release, and ask for a review."""
    if draft and alone:
        raise click.UsageError("Give --draft or --approve, not both.")
    with tempfile.TemporaryDirectory(prefix="patchbay-publish-") as folder, opened() as platform:
        archive = source
        if source.is_dir():
            archive = Path(folder) / "package.zip"
            package.pack(source, archive)
        release = upload.upload(platform, COMMAND, archive, submit=not draft, wait=PATIENCE)
        if alone and release.summary.state == "draft":
            release = _step(platform, states.submit, release)
        if alone and release.summary.state == "in_review":
            release = _step(platform, states.approve, release, alone=True)
        _say(release)


@click.command("releases")
@click.option("--state", type=click.Choice(STATES))
def list_releases(state: releases.State | None) -> None:
    """List the releases of operator packages, the latest first."""
    with opened() as platform:
        found, cursor = [], None
        while True:
            page = releases.listed(platform, state=state, cursor=cursor, limit=200)
            found += page.items
            if (cursor := page.next) is None:
                break
    rows = [(r.name, r.version, _text(r.state), r.author or "command line", r.note) for r in found]
    print_table(("PACKAGE", "VERSION", "STATE", "AUTHOR", "NOTE"), rows, empty="There is no release yet.")


@click.command()
@NAME
@VERSION
@click.option("--alone", is_flag=True, help="It was published from here too: the audit says that nobody else looked.")
def approve(name: str, version: str, alone: bool) -> None:
    """Publish a release that is in review."""
    _change(states.approve, name, version, alone=alone)


@click.command()
@NAME
@VERSION
@NOTE
def reject(name: str, version: str, note: str) -> None:
    """Give a release back to its author."""
    _change(states.reject, name, version, note=note)


@click.command()
@NAME
@VERSION
@NOTE
def deprecate(name: str, version: str, note: str) -> None:
    """Offer a release no more; flows that use it go on."""
    _change(states.deprecate, name, version, note=note)


@click.command()
@NAME
@VERSION
@NOTE
def withdraw(name: str, version: str, note: str) -> None:
    """Let nobody run a release any more."""
    _change(states.withdraw, name, version, note=note)


@click.command()
@NAME
@VERSION
def rehearse(name: str, version: str) -> int:
    """Show what an upgrade to a release would do to every saved flow; 1 when it would break one."""
    from patchbay_server.services.publishing.rehearsal import rehearse as rehearsed

    with opened() as platform:
        found = rehearsed(platform, COMMAND, name, version)
    for flow in found.flows:
        click.secho(f"{flow.outcome:8}{flow.project}/{flow.flow}", fg="red" if flow.outcome == "breaks" else None)
        for line in (*flow.changes, *(problem.text() for problem in flow.problems)):
            click.echo(f"        {line}")
    counts = ", ".join(f"{count} {outcome}" for outcome, count in found.counts.items())
    click.echo(f"{counts}; {found.unaffected} flows are not affected.")
    return 1 if found.counts["breaks"] else 0


COMMANDS: dict[str, click.Command] = {
    "publish": publish,
    "releases": list_releases,
    "approve": approve,
    "reject": reject,
    "deprecate": deprecate,
    "withdraw": withdraw,
    "rehearse": rehearse,
}
"""For the group `patchbay operators`."""


def _change(step: Callable[..., Release], name: str, version: str, **more: Any) -> None:
    with opened() as platform:
        _say(_step(platform, step, releases.get(platform, name, version), **more))


def _step(platform: Platform, step: Callable[..., Release], release: Release, **more: Any) -> Release:
    summary = release.summary
    return step(platform, COMMAND, summary.name, summary.version, expected=summary.etag, **more)


def _say(release: Release) -> None:
    click.echo(f"{release.title}: {_text(release.summary.state)}")
    for operator in release.operators:
        click.echo(f"  {operator.key}")
    if release.summary.state == "in_review":
        command = f"patchbay operators approve {release.summary.name} {release.summary.version}"
        click.echo(f"Somebody else approves it: through the API, or with  {command}")


def _text(state: str) -> str:
    return state.replace("_", " ")
