"""Estimators on disk: scikit-learn's through skops, of which only trusted types are loaded, others as arrays."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile, ZipInfo

from patchbay_sdk.errors import ArtifactError
from patchbay_sdk.portable import Portable, load_portable

TRUSTED_CLASSES = re.compile(r"(sklearn|scipy\.(sparse|interpolate)|numpy\.random)(\.\w+)*\.[A-Z]\w*")
"""Classes that may be constructed on loading; functions and anything else are refused by name."""


def save_estimator(estimator: Any, folder: Path) -> None:
    """Write a model's estimator into its folder, in the one file that fits it."""
    if isinstance(estimator, Portable):
        estimator.save(folder / "model.npz")
    else:
        dump_estimator(estimator, folder / "model.skops")


def open_estimator(files: Mapping[str, Path]) -> Any:
    """The estimator among a model's files. Raises ArtifactError when it is broken, or not trusted."""
    return load_portable(files["model.npz"]) if "model.npz" in files else load_estimator(files["model.skops"])


def dump_estimator(estimator: Any, path: Path) -> None:
    """Write a fitted estimator as a skops file; equal estimators give equal files."""
    import skops.io

    skops.io.dump(estimator, path)
    _make_repeatable(path)


def _make_repeatable(path: Path) -> None:
    """skops writes memory addresses, random file names and the time; put counters and a fixed time instead."""
    with ZipFile(path) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    document = json.loads(contents.pop("schema.json"))
    ids: dict[int, int] = {}
    names: dict[str, str] = {}

    def number(node: Any) -> None:
        if isinstance(node, list):
            for item in node:
                number(item)
        elif isinstance(node, dict):
            if isinstance(node.get("__id__"), int):
                node["__id__"] = ids.setdefault(node["__id__"], len(ids) + 1)
            if isinstance(node.get("file"), str) and node["file"] in contents:
                name = node["file"]
                node["file"] = names.setdefault(name, f"{len(names) + 1}{Path(name).suffix}")
            for item in node.values():
                number(item)

    number(document)
    with ZipFile(path, "w") as archive:
        for name in sorted(contents, key=lambda name: list(names).index(name)):
            archive.writestr(ZipInfo(names[name]), contents[name])
        archive.writestr(ZipInfo("schema.json"), json.dumps(document))


def load_estimator(path: Path) -> Any:
    """Read a skops file.

    Raises:
        ArtifactError: it is broken, or holds types that `TRUSTED_CLASSES` does not match.
    """
    import skops.io

    try:
        untrusted = skops.io.get_untrusted_types(file=path)
    except (BadZipFile, KeyError, ValueError, TypeError) as error:
        raise ArtifactError(f"The model file {path.name} is broken: {error}.") from error
    refused = [name for name in untrusted if not TRUSTED_CLASSES.fullmatch(name)]
    if refused:
        raise ArtifactError(f"The model file {path.name} holds types that are not trusted: {', '.join(refused)}.")
    return skops.io.load(path, trusted=untrusted)
