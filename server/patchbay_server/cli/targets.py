"""What authors name on the command line: installed operators, families, spec files, folders with specs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from patchbay_sdk.errors import PatchbayError
from patchbay_sdk.registry import Catalogue, installed_catalogue, spec_files
from patchbay_sdk.spec import OperatorSpec
from patchbay_server import config
from patchbay_server.services.publishing import environment, metadata
from patchbay_server.services.publishing.errors import ReleaseRefused
from patchbay_server.services.publishing.folder import OperatorsFolder
from patchbay_server.services.publishing.lock import own_requirements, resolve

PATIENCE = 900.0
"""Seconds to wait while somebody else publishes."""
METAVAR = "[ID | ID@VERSION | FAMILY | FILE | FOLDER]..."


@dataclass(frozen=True, slots=True)
class Targets:
    """Spec files, and what is wrong with installed ones that cannot even be found."""

    files: tuple[Path, ...]
    broken: tuple[str, ...] = ()


def found(targets: Sequence[str]) -> Targets:
    """The spec files that targets name; of everything installed without one.

    Raises:
        UnknownOperator: nothing of that name is installed.
        click.UsageError: a folder holds no spec.
    """
    if not targets:
        catalogue = installed_catalogue()
        return Targets(tuple(spec.path for spec in catalogue), tuple(error.message for error in catalogue.broken))
    files: list[Path] = []
    for target in targets:
        path = Path(target)
        files += _files(path) if path.exists() else [spec.path for spec in _installed(target)]
    return Targets(tuple(dict.fromkeys(file.absolute() for file in files)))


def find(catalogue: Catalogue, operator: str) -> OperatorSpec:
    """An operator by ``id@version``, or the newest version of an id. Raises UnknownOperator."""
    return catalogue.get(operator) if "@" in operator else catalogue.latest(operator)


def import_root(spec: OperatorSpec) -> Path | None:
    """The folder from which the code of a spec file is imported; None: it is not beside the spec, but installed."""
    top = spec.implementation.partition(":")[0].partition(".")[0]
    around = spec.path.absolute().parents[2]
    if around.name == top and (around / "__init__.py").is_file():
        return around.parent
    return around if (around / top).is_dir() or (around / f"{top}.py").is_file() else None


def python_for(root: Path | None) -> Path | None:
    """The Python of the environment that the package of an import root gets when it is published; None: this one.

    It is built unless it is there, which may take a minute; publishing uses it then.

    Raises:
        EnvironmentFailed: its dependencies cannot be resolved or installed.
    """
    projects = () if root is None else (root, root.parent)
    project = next((folder for folder in projects if (folder / "pyproject.toml").is_file()), None)
    if project is None:
        return None
    try:
        requirements = own_requirements(metadata.of_source(project).dependencies)
    except ReleaseRefused:  # publishing tells what is wrong with it
        return None
    if not requirements:
        return None
    folder = OperatorsFolder(config.load().operators)
    with folder.held(PATIENCE):
        return environment.built(folder, resolve(requirements))


def grouped(files: Sequence[Path]) -> tuple[dict[Path | None, list[OperatorSpec]], list[str]]:
    """The specs of files by their import roots, and what is wrong with files that are no specs."""
    groups: dict[Path | None, list[OperatorSpec]] = {}
    failures = []
    for file in files:
        try:
            spec = OperatorSpec.from_file(file)
        except PatchbayError as error:
            failures.append(error.message)
        else:
            groups.setdefault(import_root(spec), []).append(spec)
    return groups, failures


def _installed(target: str) -> list[OperatorSpec]:
    """``clean`` names the whole family, ``clean.cast`` its newest version. Raises UnknownOperator."""
    catalogue = installed_catalogue()
    family = [spec for spec in catalogue if spec.id.split(".")[0] == target]
    return family or [find(catalogue, target)]


def _files(path: Path) -> list[Path]:
    """The spec files at or below a path."""
    if path.is_file():
        return [path]
    folders = [path, *sorted(path.rglob("operator_specs"))]
    files = [file for folder in folders for file in spec_files(folder) if file.parent.parent.name == "operator_specs"]
    if not files:
        raise click.UsageError(f"{path} holds no spec: expected operator_specs/<family>/<operator>.json in it.")
    return files
