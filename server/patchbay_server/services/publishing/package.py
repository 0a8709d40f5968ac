"""An uploaded operator package: unpacked, looked through and judged, without running a line of it."""

from __future__ import annotations

import ast
import hashlib
import shutil
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import packages_distributions
from pathlib import Path

from packaging.utils import canonicalize_name

from patchbay_sdk.registry import spec_files
from patchbay_sdk.spec import OperatorSpec
from patchbay_server.services.publishing import metadata
from patchbay_server.services.publishing.archive import unpack
from patchbay_server.services.publishing.errors import ReleaseRefused
from patchbay_server.services.publishing.lint import problems_of

SPECS = "operator_specs"
BESIDE = frozenset({"setup", "conftest", "noxfile", "tasks", "tests", "test", "docs", "examples", "scripts", "tools"})
"""Modules and folders of a source folder that no build puts into a package."""
LARGEST_MODULE = 1 << 20
"""Bytes of one Python file."""
_LEFT_OUT = ("__pycache__", "*.pyc", ".*", "*.egg-info", "build", "dist", "node_modules", "venv")


@dataclass(frozen=True, slots=True)
class OperatorPackage:
    """A package that may be tried and published.

    `name` and `version` are normalized. `root`: the folder to put on the import path; it holds `packages` and nothing
    else. `digest`: SHA-256 over the names and contents of its files.
    """

    name: str
    version: str
    summary: str
    root: Path
    packages: tuple[str, ...]
    dependencies: tuple[str, ...]
    requires_python: str
    specs: tuple[OperatorSpec, ...]
    digest: str


def read_package(archive: Path, folder: Path) -> OperatorPackage:
    """Unpack an archive below an empty folder and read what it holds.

    Raises:
        ReleaseRefused: every reason why it cannot be published.
    """
    unpacked = folder / "unpacked"
    unpack(archive, unpacked)
    return read_unpacked(unpacked, folder / "root")


def read_unpacked(source: Path, root: Path) -> OperatorPackage:
    """Read a source folder or an unpacked wheel; its packages are copied into `root`, which must not exist.

    Raises:
        ReleaseRefused: every reason why it cannot be published.
    """
    wheels = sorted(source.glob("*.dist-info"))
    if wheels:
        about, top = metadata.of_wheel(wheels[0]), source
    else:
        project = _project(source)
        about = metadata.of_source(project)
        top = project / "src" if (project / "src").is_dir() else project
    reasons = [*_objections_to_packages(about, top), *_strangers(top, about.packages, is_source=not wheels)]
    if reasons:
        raise ReleaseRefused(reasons)
    if reasons := list(_objections_to_code(top, about.packages)):
        raise ReleaseRefused(reasons)
    for package in about.packages:
        shutil.copytree(top / package, root / package, ignore=shutil.ignore_patterns(*_LEFT_OUT))
    return OperatorPackage(
        name=about.name,
        version=about.version,
        summary=about.summary,
        root=root,
        packages=about.packages,
        dependencies=about.dependencies,
        requires_python=about.requires_python,
        specs=_specs(root, about.packages),
        digest=digest_of(root),
    )


def pack(source: Path, target: Path) -> None:
    """Make an archive of a source folder: what `read_package` reads, without caches, tests and hidden files.

    Raises:
        ReleaseRefused: it has no ``pyproject.toml``.
    """
    project = _project(source)
    about = metadata.of_source(project)
    top = project / "src" if (project / "src").is_dir() else project
    left_out = shutil.ignore_patterns(*_LEFT_OUT)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("pyproject.toml", "README.md"):
            if (project / name).is_file():
                archive.write(project / name, name)
        waiting = [top / package for package in about.packages]
        while waiting:
            folder = waiting.pop()
            names = sorted(entry.name for entry in folder.iterdir()) if folder.is_dir() else []
            for name in sorted(set(names) - left_out(str(folder), names)):
                path = folder / name
                if path.is_dir():
                    waiting.append(path)
                else:
                    archive.write(path, str(path.relative_to(project)))


def digest_of(root: Path) -> str:
    """SHA-256 over the names and contents of all files below a folder, in the order of their names."""
    digest = hashlib.sha256()
    for name, path in sorted((path.relative_to(root).as_posix(), path) for path in root.rglob("*") if path.is_file()):
        digest.update(name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _project(source: Path) -> Path:
    """The folder with ``pyproject.toml``: the source folder itself, or the only folder in it."""
    inside = [entry for entry in source.iterdir() if entry.is_dir()]
    candidates = [source, *inside] if len(inside) == 1 else [source]
    for candidate in candidates:
        if (candidate / "pyproject.toml").is_file():
            return candidate
    raise ReleaseRefused(["There is no pyproject.toml, neither at the top nor in the one folder at the top."])


def _objections_to_packages(about: metadata.Metadata, top: Path) -> Iterator[str]:
    installed = packages_distributions()
    for package in about.packages:
        if not (top / package / "__init__.py").is_file():
            yield f"Its entry point names the package {package!r}, which is not in the archive ({package}/__init__.py)."
        elif not (top / package / SPECS).is_dir():
            yield f"Its package {package!r} has no folder {SPECS}/: the operators are described there."
        if package in sys.stdlib_module_names:
            yield f"Its package {package!r} has the name of one of Python's own modules: rename it."
        elif canonicalize_name(package) in metadata.RESERVED:
            yield f"Its package {package!r} has a name of the platform itself: rename it."
        elif package in installed:
            yield (
                f"Its package {package!r} has the name of one that the platform has installed "
                f"({', '.join(installed[package])}): rename it, or uninstall that one."
            )


def _strangers(top: Path, packages: tuple[str, ...], *, is_source: bool) -> Iterator[str]:
    """Modules beside the packages: they would be imported under names that are nobody's."""
    flat = is_source and top.name != "src"
    for entry in sorted(top.iterdir()):
        name = entry.stem if entry.is_file() else entry.name
        if name in packages or (flat and name in BESIDE) or entry.suffix in (".dist-info", ".egg-info"):
            continue
        is_module = entry.suffix == ".py" if entry.is_file() else any(entry.rglob("*.py")) and not name.startswith(".")
        if is_module or not is_source:
            yield f"{entry.name!r} lies beside its packages ({', '.join(packages)}): put it into one of them."


def _objections_to_code(top: Path, packages: tuple[str, ...]) -> Iterator[str]:
    """Python files that Python cannot read; they are only parsed."""
    for file in sorted(file for package in packages for file in (top / package).rglob("*.py")):
        name = file.relative_to(top).as_posix()
        if file.stat().st_size > LARGEST_MODULE:
            yield f"{name} is larger than {LARGEST_MODULE >> 20} MiB: keep data out of the code."
            continue
        try:
            ast.parse(file.read_bytes())
        except SyntaxError as error:
            yield f"{name}:{error.lineno or 1}: this is not Python: {error.msg}."
        except (ValueError, RecursionError, MemoryError):
            yield f"{name} cannot be read as Python: it holds NUL characters, or is nested too deeply."


def _specs(root: Path, packages: tuple[str, ...]) -> tuple[OperatorSpec, ...]:
    """Raises ReleaseRefused for specs with problems, the same operator twice, or code that is not in the package."""
    files = [file for package in packages for file in spec_files(root / package / SPECS)]
    reasons = [str(problem) for file in files for problem in problems_of(file, shown=file.relative_to(root).as_posix())]
    if not files:
        reasons.append(f"There is no spec: expected {packages[0]}/{SPECS}/<family>/<operator>.json.")
    if reasons:
        raise ReleaseRefused(reasons)
    specs = tuple(OperatorSpec.from_file(file) for file in files)
    for key, times in Counter(spec.key for spec in specs).items():
        if times > 1:
            reasons.append(f"{key} is described {times} times.")
    reasons += [reason for spec in specs for reason in _objections_to_implementation(spec, root, packages)]
    if reasons:
        raise ReleaseRefused(reasons)
    return specs


def _objections_to_implementation(spec: OperatorSpec, root: Path, packages: tuple[str, ...]) -> Iterator[str]:
    module = spec.implementation.partition(":")[0]
    path = root.joinpath(*module.split("."))
    if module.split(".")[0] not in packages:
        yield f"The code of {spec.key} ({spec.implementation}) lies outside of its package ({', '.join(packages)})."
    elif not path.with_suffix(".py").is_file() and not (path / "__init__.py").is_file():
        yield f"The code of {spec.key} ({spec.implementation}) is not in the archive."
