"""`patchbay operators`: list, show, check, test."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from patchbay_sdk.errors import PatchbayError
from patchbay_sdk.published import CurrentCatalogue
from patchbay_sdk.registry import Catalogue, installed_catalogue, spec_files
from patchbay_sdk.spec import LANGUAGES, OperatorSpec
from patchbay_server import config
from patchbay_server.cli.output import print_json, print_table
from patchbay_server.cli.platform import reachable

TARGETS = click.argument("targets", nargs=-1, metavar="[ID | ID@VERSION | FAMILY | FILE | FOLDER]...")


RELEASES = ("publish", "releases", "approve", "reject", "deprecate", "withdraw", "rehearse")
"""Commands that need the platform's database: imported when one of them is called."""


class OperatorsGroup(click.Group):
    """The commands of this module, and those of `cli.releases`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*super().list_commands(ctx), *RELEASES]

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in RELEASES:
            return super().get_command(ctx, name)
        from patchbay_server.cli import releases

        return releases.COMMANDS[name]


@click.group(cls=OperatorsGroup)
def operators() -> None:
    """List, show, check, test and publish operators."""


@operators.command("list")
@click.option("--category", help="Only operators of this category.")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
def list_operators(category: str | None, language: str, as_json: bool) -> int:
    """List the operators that are installed or published."""
    catalogue = current_catalogue()
    specs = sorted((s for s in catalogue if category in (None, s.category)), key=lambda s: (s.category, s.key))
    for error in catalogue.broken:
        click.secho(f"Left out: {error.message}", err=True, fg="yellow")
    if as_json:
        print_json([spec.raw for spec in specs])
    else:
        print_table(
            ("OPERATOR", "CATEGORY", "TITLE", "ENGINES"),
            [(s.key, s.category, s.text("$t.title", language), " ".join(s.runs.engines)) for s in specs],
            empty="No operator is installed." if category is None else f"No operator has category {category!r}.",
        )
    return 0


@operators.command()
@click.argument("operator", metavar="ID[@VERSION]")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="The spec itself.")
def show(operator: str, language: str, as_json: bool) -> None:
    """Show an operator: what it does, its ports and its params."""
    spec = find(current_catalogue(), operator)
    if as_json:
        print_json(spec.raw)
        return
    click.secho(f"{spec.key}  {spec.text('$t.title', language)}", bold=True)
    click.echo(spec.text("$t.description", language))
    for name, ports in (("Inputs", spec.inputs), ("Outputs", spec.outputs)):
        click.echo(f"\n{name}")
        print_table(
            ("  PORT", "TYPE", ""),
            [(f"  {port.name}", port.type, _port_notes(port)) for port in ports],
            empty="  none",
        )
    click.echo("\nParams")
    required = spec.params.get("required", ())
    print_table(
        ("  PARAM", "TYPE", "DEFAULT", "MEANING"),
        [
            (f"  {name}", _type_text(field, name in required), _default(field), _meaning(spec, field, language))
            for name, field in spec.params.get("properties", {}).items()
        ],
        empty="  none",
    )


@operators.command()
@TARGETS
def check(targets: tuple[str, ...]) -> int:
    """Check specs, and their code against them: ports, params, engines. Without a target: everything installed."""
    from patchbay_sdk.testing import check_code

    return _for_each(targets, check_code)


@operators.command()
@TARGETS
def test(targets: tuple[str, ...]) -> int:
    """Run the examples of operators. Without a target: of everything installed."""
    from patchbay_sdk.testing import Case

    def run_examples(spec: OperatorSpec) -> None:
        for example in spec.raw["examples"]:
            with tempfile.TemporaryDirectory(prefix="patchbay-example-") as folder:
                Case(spec, example).run(Path(folder))

    return _for_each(targets, run_examples)


def current_catalogue() -> Catalogue:
    """What is installed, and what is published on the platform of the data folder."""
    return CurrentCatalogue(reachable(config.load()).published)()


def find(catalogue: Catalogue, operator: str) -> OperatorSpec:
    """An operator by ``id@version``, or the newest version of an id. Raises UnknownOperator."""
    return catalogue.get(operator) if "@" in operator else catalogue.latest(operator)


def _for_each(targets: Sequence[str], action: Callable[[OperatorSpec], None]) -> int:
    """Apply an action to every target, one line each. 1 when one of them failed."""
    specs, failures = _specs_of(targets)
    for message in failures:
        click.secho(f"FAILED  {message}", fg="red")
    for spec in specs:
        try:
            action(spec)
        except (PatchbayError, AssertionError) as error:
            failures.append(str(error))
            click.secho(f"FAILED  {spec.key}: {error}", fg="red")
        else:
            click.echo(f"ok      {spec.key}")
    click.echo(f"{len(specs)} operators, {len(failures)} problems")
    return 1 if failures else 0


def _specs_of(targets: Sequence[str]) -> tuple[list[OperatorSpec], list[str]]:
    """The specs that targets name, and what is wrong with those that cannot be read."""
    if not targets:
        catalogue = installed_catalogue()
        return list(catalogue), [error.message for error in catalogue.broken]
    specs: list[OperatorSpec] = []
    failures: list[str] = []
    for target in targets:
        if not Path(target).exists():
            specs.extend(_installed(target))
            continue
        for file in _files(Path(target)):
            try:
                specs.append(OperatorSpec.from_file(file))
            except PatchbayError as error:
                failures.append(error.message)
    return specs, failures


def _installed(target: str) -> list[OperatorSpec]:
    """``clean`` names the whole family, ``clean.cast`` its newest version. Raises UnknownOperator."""
    catalogue = installed_catalogue()
    family = [spec for spec in catalogue if spec.id.split(".")[0] == target]
    return family or [find(catalogue, target)]


def _files(path: Path) -> list[Path]:
    """The spec files under a path; its code becomes importable even when the plugin is not installed."""
    if path.is_file():
        return [path]
    for folder in (path, path / "src"):
        sys.path.insert(0, str(folder.resolve()))
    folders = [path, *sorted(path.rglob("operator_specs"))]
    files = [file for folder in folders for file in spec_files(folder) if file.parent.parent.name == "operator_specs"]
    if not files:
        raise click.UsageError(f"{path} holds no spec: expected operator_specs/<family>/<operator>.json in it.")
    return list(dict.fromkeys(file.resolve() for file in files))


def _port_notes(port: Any) -> str:
    notes = []
    if not getattr(port, "required", True):
        notes.append("optional")
    if getattr(port, "many", False):
        notes.append("several")
    return ", ".join(notes)


def _type_text(field: dict[str, Any], required: bool) -> str:
    types = field.get("type", "")
    allowed = field.get("enum", [types] if isinstance(types, str) else types)
    text = " | ".join(map(str, allowed))
    limits = [f"{word} {field[key]}" for key, word in (("minimum", ">="), ("maximum", "<=")) if key in field]
    return " ".join([text, *limits, *(["required"] if required or field.get("x-required") else [])])


def _default(field: dict[str, Any]) -> str:
    return json.dumps(field["default"], ensure_ascii=False) if "default" in field else ""


def _meaning(spec: OperatorSpec, field: dict[str, Any], language: str) -> str:
    return spec.text(field.get("description") or field.get("title") or "", language)
