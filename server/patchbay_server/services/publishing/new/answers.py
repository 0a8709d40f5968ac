"""What a new operator is to be, as its author said it."""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from patchbay_server.services.errors import Invalid

CATEGORIES = ("source", "check", "clean", "shape", "feature", "model", "evaluate", "apply", "export", "code")
INPUT_TYPES = ("table", "text")
OUTPUT_TYPES = ("table", "transform", "metrics", "chart", "text", "file")
PARAM_TYPES = {"int": "int", "float": "float", "bool": "bool", "text": "str", "column": "str", "columns": "list[str]"}
"""Type of a param as an author names it -> its Python type; besides ``choice=a|b``."""

_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Port:
    """An input or output. Of a function's input: `passed`: as what it takes the table (Table, polars, pandas, lazy,
    arrow), and under which `argument`."""

    name: str
    type: str
    passed: str = "Table"
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Param:
    """A param; `default` None: it must be given. `choices`: of a param of type choice."""

    name: str
    type: str
    default: Any = None
    choices: tuple[Any, ...] = ()

    @property
    def python_type(self) -> str:
        """The annotation of its argument."""
        return PARAM_TYPES.get(self.type, "str" if all(isinstance(each, str) for each in self.choices) else "Any")


@dataclass(frozen=True, slots=True)
class Function:
    """A function to wrap. `source`: the text of its module. `returns`: Table, polars, pandas, lazy, arrow, text,
    metrics or number. `given`: arguments that the platform fills: context, seed."""

    name: str
    module: str
    source: str
    returns: str
    given: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answers:
    """A new operator. `project`: name of the distribution and its folder."""

    id: str
    title: str
    title_zh: str
    description: str
    category: str
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    params: tuple[Param, ...]
    project: str
    function: Function | None = None
    sample: dict[str, list[Any]] = field(default_factory=lambda: {"group": ["a", "b", "a"], "value": [1.0, 2.0, 4.0]})

    @property
    def name(self) -> str:
        """The operator's name within its family."""
        return self.id.partition(".")[2]

    @property
    def package(self) -> str:
        """The name under which the code is imported."""
        return self.project.replace("-", "_").replace(".", "_").lower()

    @property
    def class_name(self) -> str:
        """The name of its class."""
        return "".join(part.capitalize() for part in self.name.split("_"))

    @property
    def learns(self) -> bool:
        """Whether it is a Learner: one table in, a table and a transform out."""
        return [(port.name, port.type) for port in self.inputs] == [("table", "table")] and sorted(
            _types(self.outputs)
        ) == ["table", "transform"]


def checked(answers: Answers) -> Answers:
    """The answers. Raises Invalid when an operator cannot be made of them."""
    family, _, name = answers.id.partition(".")
    if not _NAME.fullmatch(family) or not _NAME.fullmatch(name) or keyword.iskeyword(name):
        raise Invalid(f"The id {answers.id!r} must be of the form family.name, of a-z, 0-9 and '_'.")
    if answers.category not in CATEGORIES:
        raise Invalid(f"The category {answers.category!r} is not known; there are: {', '.join(CATEGORIES)}.")
    if not answers.package.isidentifier() or keyword.iskeyword(answers.package):
        raise Invalid(f"The name {answers.project!r} cannot be that of a package: use letters, digits and '-'.")
    names = [*(each.name for each in answers.inputs), *(each.name for each in answers.params)]
    for each in (*names, *(port.name for port in answers.outputs)):
        if not _NAME.fullmatch(each) or keyword.iskeyword(each) or each in ("self", "context"):
            raise Invalid(f"{each!r} cannot be the name of a port or param: use a-z, 0-9 and '_'.")
    if twice := [each for each in names if names.count(each) > 1]:
        raise Invalid(f"{twice[0]!r} is there twice among inputs and params.")
    if not answers.outputs:
        raise Invalid("An operator needs an output, for example: --output table:table.")
    if "transform" in _types(answers.outputs) and not answers.learns:
        raise Invalid(
            "An operator with a transform has one input table:table, and a table and the transform as outputs."
        )
    if any(param.type.startswith("column") for param in answers.params) and "table" not in _types(answers.inputs):
        raise Invalid("A param of type column needs an input of type table to choose from.")
    return answers


def port(text: str, types: Sequence[str]) -> Port:
    """``name:type``. Raises Invalid."""
    name, _, type = text.partition(":")
    if type not in types:
        raise Invalid(f"{text!r} must be name:type, with a type of: {', '.join(types)}.")
    return Port(name, type)


def param(text: str) -> Param:
    """``name:type`` or ``name:type=default``; ``name:choice=a|b``: the first is the default. Raises Invalid."""
    name, _, rest = text.partition(":")
    type, given, default = rest.partition("=")
    if type == "choice" and default:
        choices = tuple(default.split("|"))
        return Param(name, "choice", choices[0], choices)
    if type not in PARAM_TYPES:
        raise Invalid(
            f"{text!r} must be name:type=default, with a type of: {', '.join(PARAM_TYPES)}; or name:choice=a|b."
        )
    return Param(name, type, _value(text, type, default) if given else None)


def _value(text: str, type: str, default: str) -> Any:
    if type in ("text", "column"):
        return default
    if type == "columns":
        return [name.strip() for name in default.split(",") if name.strip()]
    try:
        value = ast.literal_eval(default.capitalize() if type == "bool" else default)
    except (ValueError, SyntaxError):
        value = None
    if type == "float" and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    wanted: dict[str, Literal["int", "float", "bool"]] = {"int": "int", "float": "float", "bool": "bool"}
    if value.__class__.__name__ != wanted[type]:
        raise Invalid(f"The default {default!r} of {text!r} is no {type}.")
    return value


def _types(ports: Sequence[Port]) -> list[str]:
    return [port.type for port in ports]
