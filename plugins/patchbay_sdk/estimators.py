"""Estimators on disk, never pickled: scikit-learn's by skops, Spark's as arrays, Patchbay's own by themselves."""

from __future__ import annotations

import importlib
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

OWN_CLASSES = re.compile(r"patchbay_\w+(\.\w+)*:[A-Z]\w*")
"""``module:Class`` of estimators that write and read themselves: those of Patchbay's own packages."""

FOLDER = "estimator"
"""Where they are, below the model's folder."""


def save_estimator(estimator: Any, folder: Path) -> str:
    """Write a fitted estimator below a model's folder. Returns the name of the class that reads it; "": a format does.

    A class of ours has ``save(self, folder)``, which writes into an empty folder, and the class method
    ``load(cls, files)``, which gets what it wrote as a mapping of relative name -> path.
    """
    if isinstance(estimator, Portable):
        estimator.save(folder / "model.npz")
        return ""
    if not hasattr(estimator, "save"):
        dump_estimator(estimator, folder / "model.skops")
        return ""
    (folder / FOLDER).mkdir()
    estimator.save(folder / FOLDER)
    return f"{type(estimator).__module__}:{type(estimator).__qualname__}"


def read_estimator(name: str, files: Mapping[str, Path]) -> Any:
    """The estimator of a model's files; `name`: what `save_estimator` returned.

    Raises:
        ArtifactError: it is broken, or of a class that is not trusted.
    """
    if not name:
        return load_portable(files["model.npz"]) if "model.npz" in files else load_estimator(files["model.skops"])
    module, _, kind = name.partition(":")
    found = getattr(importlib.import_module(module), kind, None) if OWN_CLASSES.fullmatch(name) else None
    if found is None or not hasattr(found, "load"):
        raise ArtifactError(
            {
                "en": f"The model's estimator is a {name}, which is not trusted.",
                "zh-CN": f"模型中的估计器“{name}”不受信任，不能加载。",
            }
        )
    prefix = f"{FOLDER}/"
    return found.load({file[len(prefix) :]: path for file, path in files.items() if file.startswith(prefix)})


def dump_estimator(estimator: Any, path: Path) -> None:
    """Write a fitted estimator as a skops file; equal estimators give equal files."""
    from patchbay_sdk.skops_io import io

    io.dump(estimator, path)
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
    from patchbay_sdk.skops_io import io

    try:
        untrusted = io.get_untrusted_types(file=path)
    except (BadZipFile, KeyError, ValueError, TypeError) as error:
        raise ArtifactError(
            {
                "en": f"The model file {path.name} is broken: {error}.",
                "zh-CN": f"模型文件“{path.name}”已损坏。请重新训练该模型。",
            }
        ) from error
    refused = [name for name in untrusted if not TRUSTED_CLASSES.fullmatch(name)]
    if refused:
        raise ArtifactError(
            {
                "en": f"The model file {path.name} holds types that are not trusted: {', '.join(refused)}.",
                "zh-CN": f"模型文件“{path.name}”含有不受信任的类型，不能加载：{'、'.join(refused)}。",
            }
        )
    return io.load(path, trusted=untrusted)
