"""What runs have made, looked at: tables by page, figures and distributions, charts, metrics, texts, files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO, Literal

import sqlalchemy as sa
from blake3 import blake3

from patchbay_runners.manifest import Layout, Manifest, StoredFile
from patchbay_sdk.errors import ArtifactError
from patchbay_server.engine.errors import NotFound
from patchbay_server.services import stored
from patchbay_server.services.errors import Invalid
from patchbay_server.services.platform import Platform
from patchbay_server.services.unreadable import explained
from patchbay_server.store.tables import output, task

MOST_MAKERS = 50
"""Tasks that are listed as makers of one artifact, the latest ones: equal results have the same id."""

LARGEST_SHOWN = 16 << 20
"""Bytes of a chart or of metrics that are shown."""

LONGEST_TEXT = 1 << 20
"""Bytes of a text that are shown."""

LONGEST_NAME = 200
"""Characters of a downloaded file's name: its end, which says the kind."""


@dataclass(frozen=True, slots=True)
class Maker:
    """A task that has the artifact as an output."""

    run_id: int
    task_id: int
    path: str
    index: str
    operator: str
    port: str
    rows: int | None


@dataclass(frozen=True, slots=True)
class Artifact:
    """An artifact and what made it. `meta`: what is known without opening it (schema, rows, lineage, ...)."""

    id: str
    manifest: Manifest
    made_by: list[Maker]

    @property
    def type(self) -> str:
        """``table``, ``chart``, ..."""
        return self.manifest.type

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return self.manifest.size

    @property
    def files(self) -> tuple[StoredFile, ...]:
        """What can be downloaded."""
        return self.manifest.files

    @property
    def meta(self) -> Mapping[str, Any]:
        """See the class."""
        return self.manifest.meta


@dataclass(frozen=True, slots=True)
class Download:
    """A file that is open, and the name under which people get it."""

    file: BinaryIO
    name: str


def find(platform: Platform, project_id: int, id: str) -> Artifact:
    """An artifact that a task of the project has as an output.

    Raises:
        NotFound: no task has.
        Collected, ArtifactError: it cannot be read; see `unreadable.explained`, here and in what follows.
    """
    makers = _makers(platform, project_id, id) if stored.HASH.fullmatch(id) else []
    if not makers:
        raise NotFound(f"No task of this project has made an artifact {id!r}.", artifact=id, reason="artifact")
    with explained(platform, id, makers[0].run_id, makers[0].path):
        return Artifact(id, stored.manifest_of(_layout(platform), id), makers)


def page(platform: Platform, artifact: Artifact, **question: Any) -> dict[str, Any]:
    """Rows of a table; `question`: what `TableReader.page` takes. Raises Invalid, and what the reader raises."""
    with _reading(platform, artifact):
        return platform.tables.page(**_table(platform, artifact), **question)


def statistics(platform: Platform, artifact: Artifact) -> list[dict[str, Any]]:
    """Figures of every column of a table. Raises Invalid, and what the reader raises."""
    with _reading(platform, artifact):
        return platform.tables.statistics(**_table(platform, artifact))


def histogram(
    platform: Platform, artifact: Artifact, column: str, *, bins: int = 20, by: str | None = None
) -> dict[str, Any]:
    """How the values of a column are distributed. Raises Invalid, and what the reader raises."""
    with _reading(platform, artifact):
        return platform.tables.histogram(**_table(platform, artifact), column=column, bins=bins, by=by)


@contextmanager
def exported(platform: Platform, artifact: Artifact, to: Literal["csv", "parquet"]) -> Iterator[Path]:
    """A file with a whole table, to be opened within the context. Raises Invalid, and what the reader raises."""
    with TemporaryDirectory(prefix="export-", dir=platform.settings.data_dir) as folder:
        target = Path(folder) / f"table.{to}"
        with _reading(platform, artifact):
            platform.tables.export(**_table(platform, artifact), target=target, to=to)
        yield target


def chart(platform: Platform, artifact: Artifact) -> dict[str, Any]:
    """A chart as data, with the fields of `patchbay_sdk.Chart`. Raises Invalid, ArtifactError."""
    raw = _value(platform, artifact, "chart", "chart.json")
    texts = {name: raw.get(name, "") for name in ("kind", "title", "x_label", "y_label")}
    series, notes = raw.get("series"), raw.get("notes", [])
    if not _are(dict, series) or not isinstance(notes, list) or not all(map(_is_text, [*texts.values(), *notes])):
        raise ArtifactError(f"Chart {artifact.id} is broken: run the step that makes it again.")
    return {**texts, "series": series, "notes": notes}


def metrics(platform: Platform, artifact: Artifact) -> dict[str, Any]:
    """Metrics with the fields of `patchbay_sdk.Metrics`. Raises Invalid, ArtifactError."""
    raw = _value(platform, artifact, "metrics", "metrics.json")
    values, tables, about = raw.get("values"), raw.get("tables", {}), raw.get("about", {})
    if not all(isinstance(each, dict) for each in (values, tables, about)) or not all(
        _are(dict, rows) for rows in tables.values()
    ):
        raise ArtifactError(f"Metrics {artifact.id} are broken: run the step that makes them again.")
    return {"values": values, "tables": tables, "about": about}


def text(platform: Platform, artifact: Artifact) -> tuple[str, bool]:
    """A text, and whether it goes on behind what is given. Raises Invalid, ArtifactError."""
    text_file = _file(artifact, "text", "text.txt")
    with _reading(platform, artifact), stored.open_file(_layout(platform), text_file) as file:
        content = file.read(LONGEST_TEXT + 1)
        if len(content) <= LONGEST_TEXT:
            stored.check_hash(text_file, blake3(content).hexdigest())
    return content[:LONGEST_TEXT].decode(errors="replace"), len(content) > LONGEST_TEXT


def download(platform: Platform, artifact: Artifact, name: str) -> Download:
    """A file of an artifact by its name in the manifest.

    Raises:
        NotFound: the artifact has no such file.
        ArtifactError: it is not in the store any more.
    """
    for file in artifact.files:
        if file.name == name:
            own = artifact.meta.get("name") if artifact.type == "file" else None
            shown = own if isinstance(own, str) and own else name
            with _reading(platform, artifact):
                return Download(stored.open_sound(_layout(platform), file), _plain_name(shown))
    names = ", ".join(repr(file.name) for file in artifact.files)
    raise NotFound(
        f"Artifact {artifact.id} has no file {name!r}; it has: {names or 'none'}.",
        artifact=artifact.id,
        reason="artifact",
    )


def _plain_name(name: str) -> str:
    """A file name without folders and without characters that a header cannot hold."""
    shown = "".join(character for character in PurePosixPath(name).name if character.isprintable())
    return shown[-LONGEST_NAME:] or "file"


def _makers(platform: Platform, project_id: int, id: str) -> list[Maker]:
    statement = (
        sa.select(
            task.c.run_id,
            task.c.id.label("task_id"),
            task.c.path,
            task.c.task_index.label("index"),
            task.c.operator,
            output.c.port,
            output.c.rows,
        )
        .join(output, output.c.task_id == task.c.id)
        .where(output.c.artifact_id == id, task.c.project_id == project_id)
        .order_by(task.c.id.desc(), output.c.port)
        .limit(MOST_MAKERS)
    )
    with platform.database.read() as transaction:
        return [Maker(**row) for row in transaction.core.execute(statement).mappings()]


def _reading(platform: Platform, artifact: Artifact) -> AbstractContextManager[None]:
    return explained(platform, artifact.id, artifact.made_by[0].run_id, artifact.made_by[0].path)


def _layout(platform: Platform) -> Layout:
    return Layout(Path(platform.settings.artifacts).absolute())


def _table(platform: Platform, artifact: Artifact) -> dict[str, Any]:
    """The files of a table and their format, as the table reader takes them. Raises Invalid, ArtifactError."""
    if artifact.type == "table" and artifact.meta.get("encoding") == "parquet" and artifact.files:
        files, format = sorted(artifact.files, key=lambda file: file.name), "parquet"
    else:
        files, format = [_file(artifact, "table", "table.arrow")], "ipc"
    return {"paths": [stored.path_of(_layout(platform), file) for file in files], "format": format}


def _value(platform: Platform, artifact: Artifact, type: str, name: str) -> dict[str, Any]:
    with _reading(platform, artifact):
        value = stored.json_of(_layout(platform), _file(artifact, type, name), LARGEST_SHOWN)
    return value if isinstance(value, dict) else {}


def _file(artifact: Artifact, type: str, name: str) -> StoredFile:
    """The file that an artifact of this type consists of. Raises Invalid, ArtifactError."""
    if artifact.type != type:
        raise Invalid(f"Artifact {artifact.id} is a {artifact.type}, not a {type}.", type=artifact.type, needed=type)
    for file in artifact.files:
        if file.name == name:
            return file
    raise ArtifactError(f"Artifact {artifact.id} lacks its file {name!r}: run the step that makes it again.")


def _is_text(value: Any) -> bool:
    """One text, or one per language."""
    return isinstance(value, str) or (isinstance(value, dict) and _are(str, list(value.values())))


def _are(kind: type, values: Any) -> bool:
    return isinstance(values, list) and all(isinstance(value, kind) for value in values)
