"""`patchbay models`: what is registered, and what answers."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click

from patchbay_server.cli.options import AS_JSON, PROJECT
from patchbay_server.cli.output import print_json, print_table
from patchbay_server.cli.users import opened
from patchbay_server.services.models import compare as comparing
from patchbay_server.services.models import export, registry, versions
from patchbay_server.services.models.versions import Version
from patchbay_server.services.people import projects
from patchbay_server.services.people.actor import COMMAND
from patchbay_server.services.platform import Platform
from patchbay_server.services.serving import deployments as serving
from patchbay_server.services.serving import door


@click.group()
def models() -> None:
    """Registered models, their versions and deployments."""


@models.command("list")
@PROJECT
def list_models(project_name: str) -> None:
    """List the models of a project."""
    rows, cursor = [], None
    with _project(project_name) as (platform, project_id):
        while True:
            page = registry.listed(platform, project_id, cursor=cursor, limit=200)
            rows += [(m.name, m.latest, m.task, _aliases(m.aliases), m.description) for m in page.items]
            if (cursor := page.next) is None:
                break
    print_table(("NAME", "VERSION", "TASK", "ALIASES", "DESCRIPTION"), rows, empty="There is no model yet.")


@models.command()
@click.argument("name")
@click.option("--run", "run_id", type=int, required=True, help="The run that has trained it.")
@click.option("--node", required=True, help="The step that has.")
@click.option("--index", default="", help="Of a step in a map: which item.")
@click.option("--port", help="Its output; default: the only one that is a model.")
@click.option("--note", default="", help="What is to be known of this version.")
@PROJECT
def register(name: str, run_id: int, node: str, index: str, port: str | None, note: str, project_name: str) -> None:
    """Make a run's model the next version of NAME."""
    with _project(project_name) as (platform, project_id):
        version = versions.register(
            platform, COMMAND, project_id, name, run_id=run_id, node=node, index=index, port=port, note=note
        )
    click.echo(f"{name} version {version.number}: {version.about['task']}, {_columns(version)} columns")


@models.command()
@click.argument("name")
@click.argument("number", type=int, required=False)
@PROJECT
@AS_JSON
def show(name: str, number: int | None, project_name: str, as_json: bool) -> None:
    """Show a version of a model, by default the newest: scores, input, where it comes from."""
    with _project(project_name) as (platform, project_id), platform.database.read() as transaction:
        version = versions.resolve(transaction, project_id, name, number)
    if as_json:
        print_json(asdict(version))
        return
    click.secho(f"{name}  version {version.number}  {' '.join(version.aliases)}", bold=True)
    read = ", ".join(f"{used['name']} {used['number']}" for used in version.lineage["datasets"])
    facts = {
        "predicts": version.about["target"] or version.about["task"],
        "run": f"{version.run_id}, {version.node} of {version.flow!r} revision {version.revision}",
        "datasets": read or "none",
        "operators": ", ".join(version.operators),
        "note": version.note,
    }
    for key, value in facts.items():
        click.echo(f"{key:10} {value}")
    click.echo()
    print_table(("METRIC", "VALUE"), [(key, f"{value:.6g}") for key, value in version.metrics.items()])
    click.echo()
    print_table(("COLUMN", "TYPE"), [(column["name"], column["type"]) for column in version.input_schema["columns"]])


@models.command()
@click.argument("name")
@click.argument("left", type=int)
@click.argument("right", type=int)
@PROJECT
def compare(name: str, left: int, right: int, project_name: str) -> None:
    """Show what differs between two versions."""
    with _project(project_name) as (platform, project_id):
        found = comparing.compare(platform, project_id, name, left, right)
    rows = [("metric", each.name, each.left, each.right) for each in found.metrics if each.left != each.right]
    for what in ("about", "columns", "steps", "params", "datasets"):
        for each in getattr(found, what):
            shown = f"{each.node}.{each.name}" if each.node else each.name
            rows.append((what, shown, _short(each.left), _short(each.right)))
    print_table(("WHAT", "NAME", f"VERSION {left}", f"VERSION {right}"), rows, empty="They are the same.")


@models.command()
@click.argument("name")
@click.argument("alias")
@click.argument("number", type=int)
@PROJECT
def alias(name: str, alias: str, number: int, project_name: str) -> None:
    """Let a name such as champion point to a version."""
    with _project(project_name) as (platform, project_id):
        versions.set_alias(platform, COMMAND, project_id, name, alias, number)
    click.echo(f"{name}: {alias} is version {number}")


@models.command()
@click.argument("name")
@click.argument("number", type=int)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@PROJECT
def download(name: str, number: int, file: Path, project_name: str) -> None:
    """Write a version as a zip FILE with an MLflow model directory."""
    with _project(project_name) as (platform, project_id):
        version = versions.find(platform, project_id, name, number)
        with export.exported(platform, version) as source, file.open("wb") as target:
            shutil.copyfileobj(source, target)
    click.echo(str(file))


@models.command()
@click.argument("name")
@click.argument("deployment")
@click.option("--version", "number", type=int, help="Default: the newest.")
@click.option("--alias", "alias_name", help="The version that this name points to.")
@click.option("--replicas", type=int, default=1, show_default=True)
@PROJECT
def deploy(
    name: str, deployment: str, number: int | None, alias_name: str | None, replicas: int, project_name: str
) -> None:
    """Serve a version of NAME as DEPLOYMENT; a deployment that is there gets it, and keeps its key."""
    wanted = alias_name if number is None else number
    with _project(project_name) as (platform, project_id):
        there = _deployment(platform, project_id, deployment)
        if there is None:
            made, key = serving.deploy(
                platform, COMMAND, project_id, deployment, model=name, number=wanted, replicas=replicas
            )
            click.echo(f"{made.name}: version {made.number} of {made.model}; it answers at {_url(platform, made)}")
            click.echo(f"key {key}  (shown this once)")
        else:
            made = serving.change(
                platform,
                COMMAND,
                project_id,
                deployment,
                model=name,
                number=wanted,
                replicas=replicas,
                expected=there.version,
            )
            click.echo(f"{made.name}: version {made.number} of {made.model} takes the place of {there.number}")


@models.command()
@click.argument("deployment")
@PROJECT
def undeploy(deployment: str, project_name: str) -> None:
    """End a deployment and free its slots."""
    with _project(project_name) as (platform, project_id):
        serving.remove(platform, COMMAND, project_id, deployment)
    click.echo(f"{deployment} ends")


@models.command()
@PROJECT
def deployments(project_name: str) -> None:
    """List the deployments: what is wanted, what there is, what they have answered."""
    with _project(project_name) as (platform, project_id):
        known = serving.listed(platform, project_id, limit=200).items
        rows = [
            (d.name, f"{d.model} {d.number}", d.live, f"{d.live_replicas}/{d.replicas}", d.state, d.requests, d.errors)
            for d in known
        ]
    heads = ("NAME", "MODEL", "ANSWERS", "REPLICAS", "STATE", "REQUESTS", "ERRORS")
    print_table(heads, rows, empty="Nothing is deployed.")
    for each in known:
        if each.message:
            click.echo(f"{each.name}: {each.message}")


def _deployment(platform: Platform, project_id: int, name: str) -> serving.Deployment | None:
    found = serving.listed(platform, project_id, q=name, limit=200).items
    return next((known for known in found if known.name == name), None)


def _url(platform: Platform, known: serving.Deployment) -> str:
    base = door.base_url(platform.settings) or f"http://{platform.settings.serving_host}:PORT"
    return f"{base}{known.path}"


def _aliases(aliases: dict[str, int]) -> str:
    return ", ".join(f"{name} {number}" for name, number in aliases.items())


def _short(value: object) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _columns(version: Version) -> int:
    return len(version.input_schema["columns"])


@contextmanager
def _project(name: str) -> Iterator[tuple[Platform, int]]:
    with opened() as platform:
        yield platform, projects.find(platform, COMMAND, name).id
