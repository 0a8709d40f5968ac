"""What makes one operator of a package what it is: its spec, and the code and data that it can reach."""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from patchbay_sdk.spec import OperatorSpec

SPECS = "operator_specs"


def content_digest(root: Path, spec: OperatorSpec) -> str:
    """SHA-256 over the spec, the modules that its implementation imports from its own package, and the package's data.

    So a version of an operator may come again, unchanged, in the next release of its package, and only then.
    """
    module = spec.implementation.partition(":")[0]
    digest = hashlib.sha256(json.dumps(spec.raw, sort_keys=True).encode())
    for file in sorted({*_reachable(root, module), *_data(root / module.partition(".")[0])}):
        digest.update(str(file.relative_to(root)).encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _reachable(root: Path, module: str) -> set[Path]:
    found: set[Path] = set()
    waiting = [module]
    while waiting:
        for file in _files(root, waiting.pop()):
            if file not in found:
                found.add(file)
                waiting += _imported(root, file)
    return found


def _files(root: Path, module: str) -> Iterator[Path]:
    """The file of a module, and those of the packages around it, as far as they lie in the release."""
    folder = root
    for part in module.split("."):
        for file in (folder / part / "__init__.py", folder / f"{part}.py"):
            if file.is_file():
                yield file
        folder = folder / part


def _imported(root: Path, file: Path) -> Iterator[str]:
    package = file.relative_to(root).parent.parts
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            around = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join([*around, *([node.module] if node.module else [])])
            yield from (f"{base}.{name.name}" for name in node.names)


def _data(package: Path) -> Iterator[Path]:
    for file in package.rglob("*"):
        if file.is_file() and file.suffix not in (".py", ".pyc") and SPECS not in file.relative_to(package).parts:
            yield file
