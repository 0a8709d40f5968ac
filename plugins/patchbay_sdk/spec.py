"""An operator's spec: the JSON that describes it, checked and with names for its parts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import jsonschema_rs
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, best_match

from patchbay_sdk.conditions import accepts, compile_schema, conditions_of
from patchbay_sdk.errors import PatchbayError, SpecError
from patchbay_sdk.explain import ExplainingValidator
from patchbay_sdk.params import ParamProblem, check_params, fill_params, named_secrets
from patchbay_sdk.schema import Schema

LANGUAGES = ("en", "zh-CN")
"""Languages in which every spec is complete."""

LARGEST = 4 << 20
"""Bytes of a spec file."""

LONGEST_MESSAGE = 1000
"""Characters of what the validator says, which quotes the value."""

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


@dataclass(frozen=True, slots=True)
class InputPort:
    """An input: `many` takes several edges, in the document's order, and the operator gets a list."""

    name: str
    type: str
    required: bool = True
    many: bool = False


@dataclass(frozen=True, slots=True)
class OutputPort:
    """An output.

    `schema` declares how a table's schema follows from inputs and params (docs/architecture.md).
    `lineage`: the input whose preparation a table continues. `learned`: the transform port just applied to it.
    `learns`: a transform whose state depends on the rows it was fitted on.
    """

    name: str
    type: str
    schema: Mapping[str, Any] | None = None
    lineage: str | None = None
    learned: str | None = None
    learns: bool = False


@dataclass(frozen=True, slots=True)
class Runs:
    """Where and with what an operator runs.

    `memory` in bytes. `fingerprint`: params that name files whose content belongs to the cache key. `checkpoints`: when
    it is stopped it leaves its state in `Context.checkpoint_dir`, and goes on from there to the same result.
    `finishable`: asked to (`Context.finish_requested`), it ends with the best result so far. `members`: the param that
    says how many workers a task has, which start together; `cpu`, `gpu` and `memory` are of each. `parallel_from`: from
    so many cells (rows x columns; long texts count by their length) of its inputs on, ``auto`` runs it on Ray;
    0: never.
    """

    engines: tuple[str, ...] = ("local",)
    pool: str = "train"
    cpu: float = 1.0
    gpu: float = 0.0
    memory: int = 1 << 30
    cacheable: bool = True
    fingerprint: tuple[str, ...] = ()
    checkpoints: bool = False
    finishable: bool = False
    parallel_from: int = 0
    members: str | None = None

    def members_of(self, params: Mapping[str, Any]) -> int:
        """How many workers a task with these params has; 1 where they do not say."""
        count = params.get(self.members) if self.members else 1
        return count if isinstance(count, int) and count > 1 else 1


@dataclass(frozen=True, slots=True)
class Home:
    """Where the code of a published operator lives, apart from what is installed.

    `release`: ``package@version``. `root`: folder that comes first on the import path. `python`: the interpreter of
    its own environment, None: the platform's. `digest`: SHA-256 over the package's files and its locked environment.
    """

    release: str
    root: Path
    python: Path | None
    digest: str

    def to_json(self) -> dict[str, str | None]:
        """All fields, paths as text."""
        python = str(self.python) if self.python else None
        return {"release": self.release, "root": str(self.root), "python": python, "digest": self.digest}

    @classmethod
    def from_json(cls, raw: Mapping[str, str | None]) -> Home:
        """The inverse of `to_json`."""
        python = raw["python"]
        return cls(str(raw["release"]), Path(str(raw["root"])), Path(python) if python else None, str(raw["digest"]))


@dataclass(frozen=True, eq=False)
class OperatorSpec:
    """One version of one operator, as its JSON file says."""

    id: str
    version: str
    category: str
    implementation: str
    inputs: tuple[InputPort, ...]
    outputs: tuple[OutputPort, ...]
    params: Mapping[str, Any]
    runs: Runs
    splits: bool
    """The operator divides rows into training and test rows."""
    replaces: tuple[str, ...]
    migrations: tuple[Mapping[str, Any], ...]
    raw: Mapping[str, Any] = field(repr=False)
    path: Path
    home: Home | None = None
    """None: its package is installed."""

    @property
    def key(self) -> str:
        """``id@version``."""
        return f"{self.id}@{self.version}"

    @cached_property
    def compiled(self) -> dict[str, Any]:
        """The params as plain JSON Schema, conditions compiled."""
        return compile_schema(self.params)

    @cached_property
    def _validator(self) -> Draft202012Validator:
        return ExplainingValidator(self.compiled)

    @cached_property
    def _quick_validator(self) -> jsonschema_rs.Validator:
        """Says yes or no a hundred times faster than `_validator`, which explains a no."""
        return jsonschema_rs.validator_for(self.compiled)

    @cached_property
    def _conditions(self) -> dict[str, jsonschema_rs.Validator]:
        return conditions_of(self.params)

    def input(self, name: str) -> InputPort | None:
        """The input port of that name, or None."""
        return next((port for port in self.inputs if port.name == name), None)

    def output(self, name: str) -> OutputPort | None:
        """The output port of that name, or None."""
        return next((port for port in self.outputs if port.name == name), None)

    def check_params(
        self, params: Mapping[str, Any], schemas: Mapping[str, Schema | None] | None = None
    ) -> list[ParamProblem]:
        """Every problem of these params, given the schemas of the input ports (None: unknown)."""
        return check_params(self.params, self._validator, params, schemas or {}, self._quick_validator)

    def fill_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """The visible params, with defaults filled in."""
        return fill_params(self.params, params, self._conditions)

    def named_secrets(self, params: Mapping[str, Any]) -> list[tuple[str, str]]:
        """(field, name) of every secret that a node with these params gets."""
        return named_secrets(self.params, self.fill_params(params))

    def text(self, reference: str, language: str = "en") -> str:
        """A text of the spec: ``"$t.columns"`` looked up in the language, anything else as it is."""
        if not reference.startswith("$t."):
            return reference
        return str(self.raw["i18n"][language][reference[3:]])

    def __reduce__(self) -> tuple[Any, ...]:
        """As its JSON: the compiled validators stay in this process."""
        return OperatorSpec.from_json, (dict(self.raw), self.path, self.home)

    @property
    def title(self) -> str:
        """The English title."""
        return self.text("$t.title")

    @classmethod
    def from_file(cls, path: Path) -> OperatorSpec:
        """Read and check a spec file.

        Raises:
            SpecError: it is not JSON, breaks ``operator.schema.json``, or a text is missing in a language.
        """
        try:
            raw = _json(_text(path))
        except (OSError, ValueError, RecursionError) as error:
            raise SpecError(f"{path.name}: cannot be read as JSON: {error}.", path=str(path)) from error
        try:
            check_spec(raw)
            return cls.from_json(raw, path)
        except PatchbayError as error:
            raise SpecError(f"{path.name}: {error.message}", path=str(path)) from error
        except RecursionError as error:
            raise SpecError(f"{path.name}: it is nested too deeply.", path=str(path)) from error

    @classmethod
    def from_json(cls, raw: Mapping[str, Any], path: Path, home: Home | None = None) -> OperatorSpec:
        """The spec of a JSON object that `check_spec` has accepted."""
        runs = dict(raw.get("runs", {}))
        if "memory" in runs:
            runs["memory"] = parse_memory(runs["memory"])
        for name in ("engines", "fingerprint"):
            if name in runs:
                runs[name] = tuple(runs[name])
        return cls(
            id=raw["id"],
            version=raw["version"],
            category=raw["category"],
            implementation=raw["implementation"],
            inputs=tuple(
                InputPort(p["name"], p["type"], p.get("required", True), p.get("many", False)) for p in raw["inputs"]
            ),
            outputs=tuple(_output_port(port) for port in raw["outputs"]),
            params=raw["params"],
            runs=Runs(**runs),
            splits=raw.get("splits", False),
            replaces=tuple(raw.get("replaces", ())),
            migrations=tuple(raw.get("migrations", ())),
            raw=raw,
            path=path,
            home=home,
        )


def _text(path: Path) -> str:
    """The content of a spec file. Raises OSError, and ValueError when it cannot be a spec."""
    if not path.is_file():  # a pipe would never end
        raise ValueError("it is no file")
    with path.open("rb") as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise ValueError(f"it is larger than {LARGEST >> 20} MiB")
    return content.decode()


def _json(text: str) -> Any:
    """The value of a JSON text. Raises ValueError, also for what other programs could not read."""

    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is no JSON")

    raw = json.loads(text, parse_constant=refuse)
    if _SURROGATE.search(text):
        json.dumps(raw, ensure_ascii=False).encode()  # fails unless they come in pairs
    return raw


def _output_port(port: Mapping[str, Any]) -> OutputPort:
    schema = port.get("schema")
    lineage = port.get("lineage", (schema or {}).get("from"))
    return OutputPort(port["name"], port["type"], schema, lineage, port.get("learned"), port.get("learns", False))


def parse_memory(text: str) -> int:
    """Bytes of ``"512Mi"`` or ``"2Gi"``."""
    units = {"Ki": 1 << 10, "Mi": 1 << 20, "Gi": 1 << 30, "Ti": 1 << 40}
    return int(float(text[:-2]) * units[text[-2:]])


@cache
def spec_schema() -> Any:
    """``operator.schema.json``."""
    from patchbay_sdk.registry import specs_folder

    return json.loads((specs_folder("patchbay_operators") / "operator.schema.json").read_text(encoding="utf-8"))


@cache
def spec_validator() -> Draft202012Validator:
    """The validator of ``operator.schema.json``, which explains what is wrong."""
    return ExplainingValidator(spec_schema())


@cache
def _quick_spec_validator() -> jsonschema_rs.Validator:
    """Says yes or no a hundred times faster."""
    return jsonschema_rs.validator_for(spec_schema())


def check_spec(raw: Any) -> None:
    """Raise SpecError unless `raw` is a complete operator spec."""
    if not accepts(_quick_spec_validator(), raw):
        _explain(raw)
    _check_params(compile_schema(raw["params"]))
    _check_names(raw)
    _check_texts(raw)


def _explain(raw: Any) -> None:
    error = best_match(spec_validator().iter_errors(raw))
    if error is not None:
        place = "/".join(map(str, error.absolute_path)) or "the spec"
        raise SpecError(f"{place}: {error.message[:LONGEST_MESSAGE]}", place=place)


def _check_params(schema: dict[str, Any]) -> None:
    try:
        if jsonschema_rs.meta.is_valid(schema):
            return
    except ValueError:  # what makes it invalid cannot be said like this
        pass
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as wrong:
        raise SpecError(f"params: {wrong.message}") from wrong


def _check_names(raw: Mapping[str, Any]) -> None:
    inputs = [port["name"] for port in raw["inputs"]]
    fields = list(raw["params"].get("properties", {}))
    both = sorted(set(inputs) & set(fields))
    if both:
        raise SpecError(f"{both[0]!r} is both an input and a param: rename one.")
    outputs = [port["name"] for port in raw["outputs"]]
    for port in raw["outputs"]:
        for word, names in (("lineage", inputs), ("learned", outputs)):
            if word in port and port[word] not in names:
                raise SpecError(f"output {port['name']!r}: {word} names {port[word]!r}; there are: {', '.join(names)}.")
    shown = [name for section in raw["ui"] for name in section["fields"]]
    for name in fields:
        if name not in shown:
            raise SpecError(f"param {name!r} is in no section of ui.")
    for name in shown:
        if name not in fields:
            raise SpecError(f"ui shows {name!r}, which is not a param.")


def _check_texts(raw: Mapping[str, Any]) -> None:
    used = {match for text in _strings(raw) for match in re.findall(r"^\$t\.(.+)$", text)} | {"title", "description"}
    for language in LANGUAGES:
        have = raw["i18n"][language]
        missing, unused = sorted(used - set(have)), sorted(set(have) - used)
        if missing:
            raise SpecError(f"i18n/{language} lacks: {', '.join(missing)}.")
        if unused:
            raise SpecError(f"i18n/{language} has texts that nothing uses: {', '.join(unused)}.")
        if blank := [key for key in have if not have[key].strip()]:
            raise SpecError(f"i18n/{language}/{blank[0]} is empty.")


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if key not in ("i18n", "examples"):
                yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
