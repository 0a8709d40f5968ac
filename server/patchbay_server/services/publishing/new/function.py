"""Ports and params of an operator from a function's signature, read without running a line of it."""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from patchbay_server.services.errors import Invalid
from patchbay_server.services.publishing.new.answers import Function, Param, Port

_FRAMES = {
    ("patchbay_sdk", "Table"): "Table",
    ("polars", "DataFrame"): "polars",
    ("polars", "LazyFrame"): "lazy",
    ("pandas", "DataFrame"): "pandas",
    ("pyarrow", "Table"): "arrow",
}
_PLAIN = {"int": "int", "float": "float", "bool": "bool", "str": "text"}
_COLUMN_NAMES = ("column", "by", "target", "group")


@dataclass(frozen=True, slots=True)
class Signature:
    """What a function's signature says about the operator that wraps it."""

    function: Function
    description: str
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    params: tuple[Param, ...]


def read_function(where: str) -> Signature:
    """The signature of ``file.py:function`` or ``module:function``.

    Raises:
        Invalid: there is no such function, or an argument has a type of which no port or param can be made.
    """
    place, _, name = where.rpartition(":")
    path = Path(place) if place.endswith(".py") else _module_file(place)
    try:
        source = path.read_text(encoding="utf-8")
        tree = ast.parse(source)
    except (OSError, SyntaxError, UnicodeDecodeError) as error:
        raise Invalid(f"{where!r} cannot be read: {error}. Name it as file.py:function or module:function.") from error
    found = next((node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name), None)
    if found is None:
        there = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
        raise Invalid(f"{path} has no function {name!r} at its top; there are: {', '.join(there) or 'none'}.")
    return _Reader(tree, found).signature(path.stem, source)


def _module_file(module: str) -> Path:
    try:
        found = importlib.util.find_spec(module)
    except (ImportError, ValueError):
        found = None
    if found is None or not found.origin or not found.origin.endswith(".py"):
        raise Invalid(f"There is no module {module!r}; name the function as file.py:function or module:function.")
    return Path(found.origin)


class _Reader:
    """Reads one function of a module."""

    def __init__(self, tree: ast.Module, function: ast.FunctionDef) -> None:
        self._function = function
        self._names = dict(_imported(tree))

    def signature(self, module: str, source: str) -> Signature:
        inputs: list[Port] = []
        params: list[Param] = []
        given: list[str] = []
        arguments = self._function.args
        if arguments.vararg or arguments.kwarg or arguments.posonlyargs:
            raise Invalid(f"{self._function.name} takes *, ** or positional-only arguments: give each its own name.")
        plain = [(argument, _MISSING) for argument in arguments.args]
        defaults = arguments.defaults
        plain = [
            *plain[: len(plain) - len(defaults)],
            *zip(arguments.args[len(plain) - len(defaults) :], defaults, strict=True),
        ]
        for argument, default in (*plain, *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)):
            frame = self._frame(argument.annotation)
            if frame:
                inputs.append(Port(argument.arg, "table", frame, argument.arg))
            elif self._resolved(argument.annotation) == ("patchbay_sdk", "Context") or argument.arg == "seed":
                given.append(argument.arg)
            else:
                params.append(self._param(argument, default))
        if len(inputs) == 1 and "table" not in (param.name for param in params):
            inputs = [replace(inputs[0], name="table")]
        returns, output = self._returns(bool(inputs))
        description = (ast.get_docstring(self._function) or "").strip().partition("\n")[0]
        function = Function(self._function.name, module, source, returns, tuple(given))
        return Signature(function, description, tuple(inputs), (output,), tuple(params))

    def _param(self, argument: ast.arg, default: Any) -> Param:
        annotation = _unquoted(argument.annotation)
        value = None if default is _MISSING or default is None else _literal(default, argument.arg)
        if isinstance(annotation, ast.BinOp) and isinstance(annotation.op, ast.BitOr):
            annotation = annotation.left  # `float | None`: a form leaves it out
        if isinstance(annotation, ast.Subscript) and self._resolved(annotation.value)[1] == "Literal":
            items = annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else [annotation.slice]
            choices = tuple(_literal(item, argument.arg) for item in items)
            return Param(argument.arg, "choice", choices[0] if value is None else value, choices)
        if isinstance(annotation, ast.Subscript) and ast.unparse(annotation) in ("list[str]", "List[str]"):
            return Param(argument.arg, "columns", list(value) if value else None)
        type = _PLAIN.get(annotation.id) if isinstance(annotation, ast.Name) else None
        if type is None and annotation is None and value is not None:
            type = _PLAIN.get(value.__class__.__name__)
        if type is None:
            shown = ast.unparse(annotation) if annotation else "no annotation"
            raise Invalid(
                f"Argument {argument.arg!r} of {self._function.name} has {shown}: annotate it as a DataFrame or Table "
                "(an input), or as int, float, bool, str, list[str] or Literal[...] (a param)."
            )
        if type == "text" and (argument.arg in _COLUMN_NAMES or argument.arg.endswith("_column")):
            type = "column"
        return Param(argument.arg, type, float(value) if type == "float" and value is not None else value)

    def _returns(self, has_table: bool) -> tuple[str, Port]:
        frame = self._frame(self._function.returns)
        if frame:
            return frame, Port("table", "table")
        annotation = _unquoted(self._function.returns)
        text = ast.unparse(annotation) if annotation else ""
        if text == "str":
            return "text", Port("text", "text")
        if text in ("int", "float"):
            return "number", Port("metrics", "metrics")
        if text.startswith(("dict", "Mapping", "Dict")):
            return "metrics", Port("metrics", "metrics")
        if not text and has_table:
            return "polars", Port("table", "table")
        raise Invalid(
            f"{self._function.name} returns {text or 'nothing that is annotated'}: annotate a DataFrame, a Table, str, "
            "float, or dict[str, float]."
        )

    def _frame(self, annotation: ast.expr | None) -> str | None:
        return _FRAMES.get(self._resolved(annotation))

    def _resolved(self, annotation: ast.expr | None) -> tuple[str, str]:
        """Module and name of what an annotation names."""
        node = _unquoted(annotation)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            return self._names.get(node.value.id, ("", ""))[0].partition(".")[0], node.attr
        if isinstance(node, ast.Name):
            module, name = self._names.get(node.id, ("", node.id))
            return module.partition(".")[0], name
        return "", ""


_MISSING = object()


def _imported(tree: ast.Module) -> Mapping[str, tuple[str, str]]:
    """Name in the module -> module and name that it stands for."""
    names: dict[str, tuple[str, str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {each.asname or each.name: (each.name, "") for each in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {each.asname or each.name: (node.module or "", each.name) for each in node.names}
    return names


def _unquoted(annotation: ast.expr | None) -> ast.expr | None:
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        try:
            return ast.parse(annotation.value, mode="eval").body
        except SyntaxError:
            return annotation
    return annotation


def _literal(node: Any, argument: str) -> Any:
    try:
        return ast.literal_eval(node)
    except ValueError as error:
        raise Invalid(
            f"The default of argument {argument!r} must be a plain value, not {ast.unparse(node)}."
        ) from error
