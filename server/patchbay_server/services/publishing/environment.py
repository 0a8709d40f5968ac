"""Virtual environments of releases: exactly what a lock says, and the SDK; one for all releases of the same lock."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
import sysconfig
import venv
from importlib.metadata import version
from pathlib import Path

from patchbay_runners.durable import storage_errors
from patchbay_sdk.registry import ENTRY_POINT_GROUP
from patchbay_server.config import plugin_environment
from patchbay_server.services.publishing.errors import EnvironmentFailed
from patchbay_server.services.publishing.folder import OperatorsFolder
from patchbay_server.services.publishing.lock import lock_digest
from patchbay_server.services.publishing.pip import OPTIONS, pip, reason

LINKED = ("patchbay_sdk", "patchbay_runners", "patchbay_operators")
"""What of the platform can be imported in every environment: nothing of the server."""
BUILD_TIMEOUT = 900.0
_WORKS = "import patchbay_runners.preloader, patchbay_sdk.registry"


def built(folder: OperatorsFolder, lock: str) -> Path:
    """The Python of the environment of a lock, built unless it is there.

    It is built aside and moved into place, so that it is there whole or not at all; of two builders one wins.

    Raises:
        EnvironmentFailed: pip cannot install it, or what it installed does not work with the SDK.
        ArtifactError: the disk is full, or the folder cannot be written.
    """
    target = folder.environment(lock_digest(lock))
    if not target.exists():
        with storage_errors(f"build an environment in {folder.root}"), folder.draft() as draft:
            _build(draft, lock)
            try:
                draft.rename(target)
            except OSError:
                if not target.exists():
                    raise
    link_platform(target)
    return python_of(target)


def python_of(environment: Path) -> Path:
    """The interpreter of an environment."""
    return environment / "bin" / "python"


def _build(folder: Path, lock: str) -> None:
    venv.EnvBuilder(symlinks=True, with_pip=False).create(folder)
    (folder / "requirements.lock").write_text(lock, encoding="utf-8")
    python = python_of(folder)
    # What other environments have already comes as hard links or copies out of pip's own cache.
    arguments = ("install", *OPTIONS, "--require-hashes", "--no-deps", "--no-warn-script-location", "--quiet")
    pip(
        ("--python", str(python), *arguments, "--requirement", str(folder / "requirements.lock")),
        action="install the dependencies",
        timeout=BUILD_TIMEOUT,
    )
    link_platform(folder)
    done = subprocess.run(
        (str(python), "-P", "-c", _WORKS),
        env={name: value for name, value in plugin_environment().items() if name != "PYTHONPATH"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode != 0:
        raise EnvironmentFailed(f"The SDK does not work with the locked dependencies: {reason(done.stderr)}")


def link_platform(environment: Path) -> None:
    """Make SDK, runners and built-in operators importable there, and the built-in operators known by name."""
    packages = site_packages(environment)
    for name in LINKED:
        found = importlib.util.find_spec(name)
        assert found is not None and found.submodule_search_locations
        _link(packages / name, Path(next(iter(found.submodule_search_locations))))
    info = packages / f"patchbay-{version('patchbay')}.dist-info"
    if not info.exists():
        for old in packages.glob("patchbay-*.dist-info"):
            shutil.rmtree(old)
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: patchbay\nVersion: {version('patchbay')}\n")
        (info / "entry_points.txt").write_text(f"[{ENTRY_POINT_GROUP}]\nbuiltin = patchbay_operators\n")


def link_all(operators: Path) -> None:
    """`link_platform` for every environment in the folder of operators."""
    for environment in (operators / "environments").glob("*/"):
        link_platform(environment)


def _link(link: Path, target: Path) -> None:
    if link.is_symlink() and link.readlink() == target:
        return
    link.unlink(missing_ok=True)
    link.symlink_to(target, target_is_directory=True)


def site_packages(environment: Path) -> Path:
    """Where an environment's packages lie."""
    return Path(sysconfig.get_path("purelib", "venv", {"base": str(environment), "installed_base": sys.base_prefix}))
