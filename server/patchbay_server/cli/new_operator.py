"""`patchbay operators new`: asks what an operator is to be, and writes a working package for it."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from patchbay_server.services.errors import Invalid
from patchbay_server.services.publishing.new import Answers, Port, create, read_function
from patchbay_server.services.publishing.new.answers import (
    CATEGORIES,
    INPUT_TYPES,
    OUTPUT_TYPES,
    PARAM_TYPES,
    param,
    port,
)

MOST_SAMPLE_ROWS = 20


@click.command()
@click.argument("name", required=False)
@click.option("--id", "id_", help="family.name, for ever; default: custom.<name>.")
@click.option("--title", help="English title.")
@click.option("--title-zh", help="Chinese title; default: the English one.")
@click.option("--description", help="One sentence: what it does.")
@click.option("--category", type=click.Choice(CATEGORIES), help="Where it stands in the palette; default: feature.")
@click.option("--input", "inputs", multiple=True, metavar="NAME:TYPE", help=f"Types: {', '.join(INPUT_TYPES)}.")
@click.option("--output", "outputs", multiple=True, metavar="NAME:TYPE", help=f"Types: {', '.join(OUTPUT_TYPES)}.")
@click.option(
    "--param", "params", multiple=True, metavar="NAME:TYPE[=DEFAULT]",
    help=f"Types: {', '.join(PARAM_TYPES)}, or NAME:choice=a|b.",
)  # fmt: skip
@click.option("--from-function", metavar="FILE.py:FUNCTION", help="Take ports and params from a function, and wrap it.")
@click.option(
    "--sample", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="ROWS.csv",
    help="A few rows for the example; the first 20 are used.",
)  # fmt: skip
@click.option("--folder", type=click.Path(path_type=Path), help="Where to write it; default: ./NAME.")
@click.option("--no-input", is_flag=True, help="Ask nothing: what is not given has its default.")
def new(name: str | None, from_function: str | None, folder: Path | None, no_input: bool, **given: Any) -> int:
    """Write a working package for an operator: spec, code, tests. NAME: of the package; by default from the id."""
    answers = _from_function(from_function) if from_function else _plain()
    answers = _with_flags(answers, name, given)
    if not no_input:
        answers = _asked(answers, given, is_function=from_function is not None)
    if given["sample"]:
        answers = replace(answers, sample=_sample(given["sample"]))
    target = folder or Path(answers.project)
    failures = create(answers, target)
    for file in sorted(path for path in target.rglob("*") if path.is_file()):
        click.echo(f"wrote   {file}")
    for failure in failures:
        click.secho(f"FAILED  {failure}", fg="red")
    click.echo(f"Next: edit it, then  patchbay operators check {target}  and  patchbay operators test {target}")
    return 1 if failures else 0


def _plain() -> Answers:
    return Answers(
        id="custom.my_operator",
        title="",
        title_zh="",
        description="",
        category="feature",
        inputs=(Port("table", "table"),),
        outputs=(Port("table", "table"),),
        params=(),
        project="",
    )


def _from_function(where: str) -> Answers:
    found = read_function(where)
    return replace(
        _plain(),
        id=f"custom.{found.function.name.lower().strip('_')}",
        description=found.description,
        inputs=found.inputs,
        outputs=found.outputs,
        params=found.params,
        function=found.function,
    )


def _with_flags(answers: Answers, name: str | None, given: dict[str, Any]) -> Answers:
    """The answers with what was said on the command line, and the defaults that follow from it."""
    id = given["id_"] or (f"custom.{name.replace('-', '_').lower()}" if name and not answers.function else answers.id)
    title = given["title"] or id.partition(".")[2].replace("_", " ").capitalize()
    return replace(
        answers,
        id=id,
        title=title,
        title_zh=given["title_zh"] or title,
        description=given["description"] or answers.description or f"{title}.",
        category=given["category"] or answers.category,
        inputs=tuple(port(text, INPUT_TYPES) for text in given["inputs"]) or answers.inputs,
        outputs=tuple(port(text, OUTPUT_TYPES) for text in given["outputs"]) or answers.outputs,
        params=tuple(param(text) for text in given["params"]) or answers.params,
        project=name or id.replace(".", "-").replace("_", "-"),
    )


def _asked(answers: Answers, given: dict[str, Any], *, is_function: bool) -> Answers:
    """Ask for whatever was not given; Enter takes the default."""

    def ask(flag: str, question: str, default: str) -> str:
        return given[flag] or str(click.prompt(question, default=default))

    id = ask("id_", "Id (family.name)", answers.id)
    if id != answers.id:
        answers = _with_flags(answers, None, {**given, "id_": id})
    title = ask("title", "Title in English", answers.title)
    answers = replace(
        answers,
        title=title,
        title_zh=ask("title_zh", "Title in Chinese", title),
        description=ask("description", "What it does, in a sentence", answers.description),
        category=given["category"] or click.prompt("Category", default=answers.category, type=click.Choice(CATEGORIES)),
    )
    if is_function:
        return answers
    inputs = given["inputs"] or _asked_list("Inputs (name:type, parted by spaces)", _shown(answers.inputs))
    outputs = given["outputs"] or _asked_list("Outputs (name:type, parted by spaces)", _shown(answers.outputs))
    params = given["params"] or _asked_list("Params (name:type=default, parted by spaces)", "")
    return replace(
        answers,
        inputs=tuple(port(text, INPUT_TYPES) for text in inputs),
        outputs=tuple(port(text, OUTPUT_TYPES) for text in outputs),
        params=tuple(param(text) for text in params),
    )


def _asked_list(question: str, default: str) -> list[str]:
    return str(click.prompt(question, default=default, show_default=bool(default))).split()


def _shown(ports: tuple[Port, ...]) -> str:
    return " ".join(f"{each.name}:{each.type}" for each in ports)


def _sample(path: Path) -> dict[str, list[Any]]:
    """The first rows of a CSV file, as the columns of an example. Raises Invalid."""
    with path.open(encoding="utf-8", newline="") as file:
        try:
            rows = [row for _, row in zip(range(MOST_SAMPLE_ROWS + 1), csv.reader(file), strict=False) if row]
        except (UnicodeDecodeError, csv.Error) as error:
            raise Invalid(f"{path} cannot be read as CSV: {error}.") from error
    if len(rows) < 2 or any(len(row) != len(rows[0]) for row in rows):
        raise Invalid(f"{path} must have a line of names and rows of the same length below.")
    return {name: _column([row[number] for row in rows[1:]]) for number, name in enumerate(rows[0])}


def _column(texts: list[str]) -> list[Any]:
    for type in (int, float):
        try:
            return [type(text) if text else None for text in texts]
        except ValueError:
            continue
    return [text or None for text in texts]


COMMANDS: dict[str, click.Command] = {"new": new}
"""For the group `patchbay operators`."""
