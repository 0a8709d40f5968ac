"""Flow files and the values for their params, as they are given on the command line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from patchbay_server.cli.output import print_table

if TYPE_CHECKING:
    from patchbay_server.graph.document import FlowDocument, Text

SAMPLES = Path(__file__).parents[1] / "flows"


def read(name: str) -> FlowDocument:
    """A flow from a file, or one of the samples by its name.

    Raises:
        UsageError: the file cannot be read, or is no JSON; it names the file and the line.
        DocumentError: it is no flow document.
    """
    from patchbay_server.graph.reader import parse

    return parse(_read_json(_file_of(name)))


def samples() -> list[str]:
    """The names of the sample flows."""
    return sorted(path.stem for path in SAMPLES.glob("*.json"))


def read_params(given: Sequence[str]) -> dict[str, str]:
    """``NAME=VALUE`` texts as a mapping. Raises UsageError."""
    params = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise click.UsageError(f"--param {text!r}: write NAME=VALUE.")
        params[name] = value
    return params


def data_roots(params: dict[str, str]) -> list[str]:
    """Folders that a run's operators may touch: that of the command, and those of files that params name."""
    files = [path for path in (Path(value).expanduser() for value in params.values()) if _is_file(path)]
    return list(dict.fromkeys([str(Path.cwd()), *(str(path.resolve().parent) for path in files)]))


def text_of(text: Text, otherwise: str = "") -> str:
    """A text of a flow in English."""
    found = text if isinstance(text, str) else (text or {}).get("en")
    return found or otherwise


def print_params(document: FlowDocument) -> None:
    """The params that a flow asks for."""
    json = document.to_json().get("params", {})
    print_table(
        ("PARAM", "TYPE", "DEFAULT", "MEANING"),
        [
            (name, param.type, _default(json[name]), text_of(param.description))
            for name, param in document.params.items()
        ],
        empty=f"Flow {document.name!r} has no params.",
    )


def _file_of(name: str) -> Path:
    file = Path(name)
    if not file.exists() and name in samples():
        return SAMPLES / f"{name}.json"
    return file


def _read_json(file: Path) -> dict[str, Any]:
    try:
        raw = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        message = f"There is no flow file {str(file)!r}. Name a file, or one of the samples: {', '.join(samples())}."
        raise click.UsageError(message) from error
    except OSError as error:
        raise click.UsageError(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise click.UsageError(f"{file} is not UTF-8 text: {error.reason} at byte {error.start}.") from error
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise click.UsageError(f"{file} is not JSON: {place}: {error.msg}.") from error
    except RecursionError as error:
        raise click.UsageError(f"{file} is not a flow document: it is nested too deeply.") from error
    if not isinstance(raw, dict):
        raise click.UsageError(f"{file} is not a flow document: it must hold a JSON object.")
    return raw


def _default(param: dict[str, Any]) -> str:
    return json.dumps(param["default"], ensure_ascii=False) if "default" in param else "needed"


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a value that is no path at all, such as a long text
        return False
