"""The code of a new operator."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from patchbay_server.services.publishing.new.answers import Answers, Port

_VIEWS = {
    "Table": "{0}",
    "polars": "{0}.polars()",
    "pandas": "{0}.pandas()",
    "lazy": "{0}.lazy()",
    "arrow": "{0}.arrow()",
}
_WIDTH = 120
_ANNOTATIONS = {"table": "Table", "text": "str"}


def code_of(answers: Answers) -> str:
    """The module of the operator's class."""
    return _learner(answers) if answers.learns else _operator(answers)


def _operator(answers: Answers) -> str:
    values = {port.name: _value(port, answers) for port in answers.outputs}
    returned = ", ".join(f'"{name}": {value}' for name, value in values.items())
    lines = [f'    "{name}": {value},' for name, value in values.items()]
    names = {"Context", "Operator", "Outputs", *(_ANNOTATIONS[p.type] for p in answers.inputs if p.type == "table")}
    names |= {
        word for word in ("Chart", "DataError", "File", "Metrics", "PatchbayError", "Table") if f"{word}(" in returned
    }
    body = [f"return {{{returned}}}"] if len(returned) < 90 else ["return {", *lines, "}"]
    if "File(" in returned:
        body = [
            f'path = context.temp_dir / "{answers.name}.txt"',
            f'path.write_text({json.dumps(answers.title)}, encoding="utf-8")',
            *body,
        ]
    if answers.function is not None:
        names |= {"DataError", "PatchbayError"}
        body = [*_call(answers), *body]
    return "\n".join(
        [
            *_head(answers, names),
            f"class {answers.class_name}(Operator):",
            f'    """{_sentence(answers.description)}"""',
            "",
            *_signature("run", answers, "Outputs"),
            '        """Say in a DataError what is wrong with the data and what to do; all else counts as a bug."""',
            *(f"        {line}" for line in body),
            "",
        ]
    )


def _learner(answers: Answers) -> str:
    params = [param.name for param in answers.params]
    state = ", ".join(f'"{name}": {name}' for name in params)
    columns = [f'state["{param.name}"]' for param in answers.params if param.type == "column"]
    columns += [f'*state["{param.name}"]' for param in answers.params if param.type == "columns"]
    names = {"Context", "Learner", "Table", *({"DataError", "PatchbayError"} if answers.function else ())}
    body = ["return table"]
    if answers.function is not None:
        body = [*_call(answers, state=True), "return table.replace(result)"]
    return "\n".join(
        [
            *_head(answers, names, "from collections.abc import Mapping", "from typing import Any"),
            f"class {answers.class_name}(Learner):",
            f'    """{_sentence(answers.description)}"""',
            "",
            *_signature("fit", answers, "dict[str, Any]"),
            '        """What is kept for prediction: the params, and what is learned from the rows of the table."""',
            f"        return {{{state}}}",
            "",
            "    def reads(self, state: Mapping[str, Any]) -> list[str]:",
            '        """Columns that `apply` needs."""',
            f"        return [{', '.join(columns)}]",
            "",
            "    def apply(self, state: Mapping[str, Any], table: Table) -> Table:",
            '        """The changed table, from the state and this table alone."""',
            *(f"        {line}" for line in body),
            "",
        ]
    )


def _head(answers: Answers, names: set[str], *more: str) -> list[str]:
    function = answers.function
    return [
        f'"""{_sentence(answers.title)}"""',
        "",
        "from __future__ import annotations",
        "",
        *more,
        *([""] if more else []),
        *([f"from {answers.package}.{function.module} import {function.name}"] if function else []),
        f"from patchbay_sdk import {', '.join(sorted(names, key=str.lower))}",
        "",
        "",
    ]


def _signature(method: str, answers: Answers, returns: str) -> list[str]:
    arguments = ["self", "context: Context", *_arguments(answers)]
    line = f"    def {method}({', '.join(arguments)}) -> {returns}:"
    if len(line) <= _WIDTH:
        return [line]
    return [f"    def {method}(", *(f"        {argument}," for argument in arguments), f"    ) -> {returns}:"]


def _arguments(answers: Answers) -> list[str]:
    inputs = [f"{port.name}: {_ANNOTATIONS[port.type]}" for port in answers.inputs]
    must = [f"{param.name}: {param.python_type}" for param in answers.params if param.default is None]
    may = [f"{p.name}: {p.python_type} = {_python(p.default)}" for p in answers.params if p.default is not None]
    return [*inputs, *must, *may]


def _call(answers: Answers, *, state: bool = False) -> list[str]:
    """The call of the wrapped function; what it raises becomes a reason that a user can act on."""
    function = answers.function
    assert function is not None
    given = [f"{port.argument}={_VIEWS[port.passed].format(port.name)}" for port in answers.inputs]
    given += [f"{param.name}=" + (f'state["{param.name}"]' if state else param.name) for param in answers.params]
    given += [f"{name}={'context.seed' if name == 'seed' else 'context'}" for name in function.given]
    return [
        "try:",
        f"    result = {function.name}({', '.join(given)})",
        "except PatchbayError:",
        "    raise",
        "except Exception as error:",
        f'    raise DataError(f"{function.name} cannot use this: {{type(error).__name__}}: {{error}}") from error',
    ]


def _value(port: Port, answers: Answers) -> str:
    if answers.function is not None:
        return {
            "text": "result",
            "metrics": "Metrics(result)",
            "number": f'Metrics({{"{answers.function.name}": result}})',
            "Table": "result",
            "lazy": "Table(result.collect())",
        }.get(answers.function.returns, "Table(result)")
    table = _first(answers.inputs, "table")
    text, rows = _first(answers.inputs, "text"), f"{table}.num_rows" if table else "0"
    match port.type:
        case "table":
            return table or 'Table({"value": [1, 2, 3]})'
        case "metrics":
            return f'Metrics({{"rows": {rows}}})'
        case "chart":
            series = f'{{"name": "rows", "x": ["all"], "y": [{rows}]}}'
            return f'Chart("bar", {json.dumps(answers.title)}, [{series}])'
        case "file":
            return "File(path)"
    return text or (f'f"{{{table}.num_rows}} rows"' if table else json.dumps(answers.title))


def _python(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def _first(ports: Sequence[Port], type: str) -> str | None:
    return next((port.name for port in ports if port.type == type), None)


def _sentence(text: str) -> str:
    text = text.strip().replace("\\", "\\\\").replace('"""', "'''")
    return text if text.endswith((".", "!", "?", "。")) else f"{text}."
