"""`patchbay operators`: list and show; the commands of authors and of publishing are in modules of their own."""

from __future__ import annotations

import importlib
import json
from typing import Any

import click

from patchbay_sdk.published import CurrentCatalogue
from patchbay_sdk.registry import Catalogue
from patchbay_sdk.spec import LANGUAGES, OperatorSpec
from patchbay_server import config
from patchbay_server.cli.output import print_json, print_table
from patchbay_server.cli.platform import reachable
from patchbay_server.cli.targets import find

ELSEWHERE = {
    **dict.fromkeys(("check", "test"), "authoring"),
    "new": "new_operator",
    **dict.fromkeys(("publish", "releases", "approve", "reject", "deprecate", "withdraw", "rehearse"), "releases"),
}
"""Command -> module of this package with its `COMMANDS`; imported when the command is called."""


class OperatorsGroup(click.Group):
    """The commands of this module, and those that are `ELSEWHERE`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*super().list_commands(ctx), *ELSEWHERE]

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in ELSEWHERE:
            return super().get_command(ctx, name)
        module = importlib.import_module(f"patchbay_server.cli.{ELSEWHERE[name]}")
        command: click.Command = module.COMMANDS[name]
        return command


@click.group(cls=OperatorsGroup)
def operators() -> None:
    """List, show, make, check, test and publish operators."""


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


def current_catalogue() -> Catalogue:
    """What is installed, and what is published on the platform of the data folder."""
    return CurrentCatalogue(reachable(config.load()).published)()


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
