"""What a stored model says of itself: its own document, read without its code and without trusting it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from patchbay_runners.manifest import Layout, Manifest
from patchbay_sdk.errors import ArtifactError
from patchbay_sdk.schema import TYPES
from patchbay_server.config import Settings
from patchbay_server.services import stored
from patchbay_server.services.errors import Invalid

FILE = "patchbay.json"
LARGEST = 16 << 20
"""Bytes of that document."""
ABOUT = ("task", "features", "target", "classes", "positive", "threshold", "operator", "libraries")


@dataclass(frozen=True, slots=True)
class ModelDocument:
    """`about`: the fields of ABOUT. `metrics`: what training measured. `input_schema`: columns a row needs."""

    about: dict[str, Any]
    metrics: dict[str, float]
    input_schema: dict[str, Any]


def read(settings: Settings, id: str) -> ModelDocument:
    """The document of a model artifact. Raises Invalid: it is no model; ArtifactError: it cannot be read."""
    layout = layout_of(settings)
    manifest = stored.manifest_of(layout, id)
    if manifest.type != "model":
        raise Invalid(f"Artifact {id} is a {manifest.type}, not a model.", type=manifest.type, needed="model")
    raw = _json(layout, manifest, FILE)
    target = raw.get("target")
    columns = raw.get("input_schema", {}).get("columns", [])
    if not all(isinstance(c, dict) and c.get("type") in TYPES and isinstance(c.get("name"), str) for c in columns):
        raise ArtifactError(f"Model {id} is broken: its input schema cannot be read.")
    return ModelDocument(
        about={name: raw.get(name) for name in ABOUT},
        metrics=numbers(raw.get("metrics")),
        input_schema={"columns": [c for c in columns if c["name"] != target], "open": False},
    )


def metrics_of(settings: Settings, id: str) -> dict[str, float]:
    """The values of a metrics artifact; empty: it is none, or cannot be read."""
    layout = layout_of(settings)
    try:
        manifest = stored.manifest_of(layout, id)
        return numbers(_json(layout, manifest, "metrics.json").get("values")) if manifest.type == "metrics" else {}
    except ArtifactError:
        return {}


def type_of(layout: Layout, id: str) -> str | None:
    """The type of an artifact; None: it cannot be read."""
    try:
        return stored.manifest_of(layout, id).type
    except ArtifactError:
        return None


def numbers(values: Any) -> dict[str, float]:
    """Those values that are numbers."""
    known = values.items() if isinstance(values, Mapping) else ()
    return {str(name): value for name, value in known if type(value) in (int, float)}


def layout_of(settings: Settings) -> Layout:
    """Where the artifacts lie."""
    return Layout(Path(settings.artifacts).absolute())


def _json(layout: Layout, manifest: Manifest, name: str) -> dict[str, Any]:
    file = next((file for file in manifest.files if file.name == name), None)
    if file is None:
        raise ArtifactError(f"Artifact {manifest.id} lacks its file {name!r}: run the step that makes it again.")
    value = stored.json_of(layout, file, LARGEST)
    return value if isinstance(value, dict) else {}
