"""`patchbay datasets`: list, show, add a file, load a public dataset, apply the retention."""

from __future__ import annotations

import hashlib
import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from patchbay_server import config
from patchbay_server.cli.borrowed import BorrowedPlatform
from patchbay_server.cli.follow import follow
from patchbay_server.cli.options import AS_JSON, PROJECT
from patchbay_server.cli.output import print_json, print_table
from patchbay_server.cli.users import opened
from patchbay_server.services.datasets import catalogue as public
from patchbay_server.services.datasets import datasets as kept
from patchbay_server.services.datasets import fetch as fetching
from patchbay_server.services.datasets import imports, look, retention, uploads, versions
from patchbay_server.services.people import projects
from patchbay_server.services.people.actor import COMMAND
from patchbay_server.services.platform import Platform


@click.group()
def datasets() -> None:
    """Datasets of a project."""


@datasets.command("list")
@PROJECT
def list_datasets(project_name: str) -> None:
    """List the datasets of a project."""
    rows, cursor = [], None
    with _project(project_name) as (platform, project_id):
        while True:
            page = kept.listed(platform, project_id, cursor=cursor, limit=200)
            rows += [(d.name, d.latest, d.rows, d.columns, d.meta.get("title", "")) for d in page.items]
            if (cursor := page.next) is None:
                break
    print_table(("NAME", "VERSION", "ROWS", "COLUMNS", "TITLE"), rows, empty="There is no dataset yet.")


@datasets.command()
@click.argument("name")
@click.option("--version", "number", type=int, help="Default: the latest.")
@PROJECT
@AS_JSON
def show(name: str, number: int | None, project_name: str, as_json: bool) -> None:
    """Show a dataset: what it is, where a version comes from, figures of its columns."""
    with _project(project_name) as (platform, project_id):
        known = kept.find(platform, project_id, name)
        version = versions.find(platform, project_id, name, number)
        figures = look.statistics(platform, project_id, name, version.number)
    if as_json:
        print_json({"meta": known.meta, "version": version.number, "source": version.source, "columns": figures})
        return
    click.secho(f"{name}  version {version.number} of {known.versions}, {version.rows} rows", bold=True)
    for key, value in {**known.meta, "source": _source_text(version.source)}.items():
        click.echo(f"{key:14} {value if isinstance(value, str) else ', '.join(value)}")
    click.echo()
    rows = [(f["name"], f["type"], f"{f['missing_rate']:.1%}", f["distinct"], f["min"], f["max"]) for f in figures]
    print_table(("COLUMN", "TYPE", "MISSING", "DISTINCT", "MIN", "MAX"), rows)


@datasets.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--name", help="Default: the file's, in small letters.")
@click.option("--source", help="The operator that reads the file; default: the one for its ending.")
@click.option("--option", "given", multiple=True, metavar="NAME=VALUE", help="A param of that operator.")
@PROJECT
@AS_JSON
def add(
    file: Path, name: str | None, source: str | None, given: tuple[str, ...], project_name: str, as_json: bool
) -> int:
    """Import a file as the next version of a dataset: CSV, Parquet, Excel or JSON lines."""
    settings = config.load()
    with BorrowedPlatform(settings) as borrowed, borrowed.open() as platform:
        project_id = projects.find(platform, COMMAND, project_name).id
        with file.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        size = file.stat().st_size
        known = uploads.create(platform, COMMAND, project_id, file_name=file.name, size=size, sha256=digest)
        for data in _chunks(file):
            known = uploads.append(platform, COMMAND, project_id, known.id, offset=known.received, data=data)
        run_id = imports.start(
            platform,
            COMMAND,
            project_id,
            name=name or name_of(file),
            upload_id=known.id,
            source=source,
            options=_options(given),
        )
        return follow(platform, run_id, borrowed, as_json=as_json)


@datasets.command()
@AS_JSON
def catalogue(as_json: bool) -> None:
    """List well-known public datasets with their licences."""
    settings = config.load()
    rows = [
        (entry.name, entry.task, sum(t.rows for t in entry.tables), _origin(entry, settings), entry.licence["en"])
        for entry in public.entries()
    ]
    if as_json:
        print_json(json.loads(public.FILE.read_text(encoding="utf-8")))
    else:
        print_table(("NAME", "TASK", "ROWS", "FROM", "LICENCE"), rows)


@datasets.command()
@click.argument("name")
@click.argument("tables", nargs=-1)
@PROJECT
def load(name: str, tables: tuple[str, ...], project_name: str) -> int:
    """Load a public dataset, or some of its TABLES, from the net or from PATCHBAY_CATALOGUE_FOLDER."""
    status = 0
    with BorrowedPlatform(config.load()) as borrowed, borrowed.open() as platform:
        project_id = projects.find(platform, COMMAND, project_name).id
        for known in public.begin(platform, COMMAND, project_id, name, tables=tables):
            click.echo(f"Loading {known.file_name} ({known.size} bytes)")
            run_id = fetching.fetch(platform, known.id)
            if run_id is None:
                reason = uploads.find(platform, project_id, known.id).error or "another process is loading it."
                raise click.ClickException(f"{known.file_name}: {reason}")
            status = follow(platform, run_id, borrowed, as_json=False) or status
    return status


@datasets.command()
@click.option("--dry-run", is_flag=True, help="Only tell what would be removed.")
@PROJECT
def expire(dry_run: bool, project_name: str) -> None:
    """Remove the rows of versions that the datasets' retention does not keep."""
    with _project(project_name) as (platform, project_id):
        found = retention.expire(platform, dry_run=dry_run, project_id=project_id)
    print_table(("DATASET", "VERSION", "WHY"), [(e.dataset, e.number, e.reason) for e in found], empty="Nothing.")


@datasets.command(hidden=True)
@click.argument("upload_ids", nargs=-1)
def fetch(upload_ids: tuple[str, ...]) -> None:
    """Bring announced files of the catalogue here; started by the web process."""
    settings = config.load()
    logging.basicConfig(level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    with Platform.open(settings) as platform:
        for id in upload_ids:
            fetching.fetch(platform, id)


def name_of(file: Path) -> str:
    """A dataset's name from a file's: ``Lots 2024.csv.gz`` becomes ``lots-2024``."""
    stem = file.name.lower().partition(".")[0]
    return re.sub(r"[^a-z0-9_]+", "-", stem).strip("-_")[:100] or "dataset"


def _options(given: tuple[str, ...]) -> dict[str, Any]:
    options: dict[str, Any] = {}
    for pair in given:
        name, equals, text = pair.partition("=")
        if not equals:
            raise click.BadParameter(f"{pair!r}: write NAME=VALUE.", param_hint="--option")
        try:
            options[name] = json.loads(text)
        except ValueError:
            options[name] = text
    return options


def _chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as stream:
        while data := stream.read(uploads.MAX_CHUNK):
            yield data


def _origin(entry: public.Entry, settings: config.Settings) -> str:
    places = [table.place(settings) for table in entry.tables]
    kinds = {"nowhere" if place is None else "folder" if place.file else "net" for place in places}
    return " ".join(sorted(kinds)) or "nowhere"


def _source_text(source: dict[str, Any]) -> str:
    return " ".join(f"{key}={value}" for key, value in source.items() if isinstance(value, str | int))


@contextmanager
def _project(name: str) -> Iterator[tuple[Platform, int]]:
    with opened() as platform:
        yield platform, projects.find(platform, COMMAND, name).id
