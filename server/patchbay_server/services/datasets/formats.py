"""Which operator reads an uploaded file, and with which params."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from patchbay_sdk.registry import Catalogue
from patchbay_sdk.spec import OperatorSpec
from patchbay_server.services.errors import Invalid

SOURCES = {
    ".csv": "source.csv",
    ".tsv": "source.csv",
    ".txt": "source.csv",
    ".data": "source.csv",
    ".parquet": "source.parquet",
    ".xlsx": "source.excel",
    ".xls": "source.excel",
    ".xlsb": "source.excel",
    ".ods": "source.excel",
    ".jsonl": "source.json_lines",
    ".ndjson": "source.json_lines",
}
"""Ending of a file -> the operator that reads it. Specs do not say which endings they are for."""
PACKED = ".gz"
"""Text sources unpack gzip by themselves; the others cannot."""
_TEXT = {ending for ending, source in SOURCES.items() if source in ("source.csv", "source.json_lines")}


@dataclass(frozen=True, slots=True)
class Reader:
    """A source of one file: its `spec`, the param that names the file, the output that is the table."""

    spec: OperatorSpec
    file_param: str
    table_port: str

    @property
    def endings(self) -> list[str]:
        """The endings of file names that it is the usual reader for, packed ones too."""
        own = [ending for ending, source in SOURCES.items() if source == self.spec.id]
        return own + [ending + PACKED for ending in own if ending in _TEXT]


def readers(catalogue: Catalogue) -> list[Reader]:
    """The newest version of every operator that reads one file into a table; those with endings come first."""
    ids = {spec.id for spec in catalogue if spec.key not in catalogue.deprecated}
    found = [reader for id in ids if (reader := _reader_of(catalogue.latest(id))) is not None]
    return sorted(found, key=lambda reader: (not reader.endings, reader.spec.id))


def ending_of(file_name: str) -> str:
    """The known ending of a file name, such as ``.csv`` or ``.csv.gz``, or nothing."""
    name = file_name.lower()
    packed = PACKED if name.endswith(PACKED) else ""
    name = name.removesuffix(packed)
    endings = _TEXT if packed else SOURCES
    return next((ending for ending in endings if name.endswith(ending)), "") + packed


def reader_for(catalogue: Catalogue, file_name: str, source: str | None = None) -> Reader:
    """The operator `source` (``id`` or ``id@version``), or the one for the file's ending.

    Raises:
        Invalid: nothing is known to read such a file, or the operator does not read one file into one table.
        UnknownOperator: there is no such operator.
    """
    wanted = source or SOURCES.get(ending_of(file_name).removesuffix(PACKED))
    if wanted is None:
        raise Invalid(
            f"{file_name!r}: its ending does not say how to read it; name the operator in `source`. "
            f"Known endings: {', '.join(SOURCES)}, text also with {PACKED}.",
            field="source",
            reason="ending",
        )
    spec = catalogue.get(wanted) if "@" in wanted else catalogue.latest(wanted)
    reader = _reader_of(spec)
    if reader is None:
        raise Invalid(f"{spec.key} does not read one file into a table.", field="source")
    return reader


def params_of(reader: Reader, path: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """The operator's params: the file, and the options that a person gave.

    Raises:
        Invalid: an option is no param of the operator or has a value that it does not take; all are named.
    """
    if reader.file_param in options:
        raise Invalid(f"options.{reader.file_param} is set by the import: leave it out.", field="options")
    params = {**options, reader.file_param: path}
    problems = reader.spec.check_params(params)
    if problems:
        found = [{"field": f"options.{problem.field}", "message": problem.message} for problem in problems]
        raise Invalid("\n".join(f"options: {problem.message}" for problem in problems), problems=found)
    return params


def _reader_of(spec: OperatorSpec) -> Reader | None:
    fields = spec.params.get("properties", {})
    files = [name for name, field in fields.items() if field.get("x-widget") == "file"]
    tables = [port.name for port in spec.outputs if port.type == "table"]
    return None if spec.inputs or len(files) != 1 or not tables else Reader(spec, files[0], tables[0])
