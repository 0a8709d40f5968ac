"""Published operators in a folder, as the platform keeps them, without anybody publishing them."""

from __future__ import annotations

import json
import sysconfig
import textwrap
import venv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from patchbay_server.services.publishing.environment import link_platform, python_of, site_packages


def published(
    folder: Path, code: str, spec: Mapping[str, Any], *, release: str = "fab-1.0.0", python: Path | None = None
) -> dict[str, Any]:
    """A release with one operator, unpacked, and its entry in the index. `code`: of its package, ``fab``."""
    root = folder / "releases" / release
    (root / "fab").mkdir(parents=True, exist_ok=True)
    (root / "fab" / "__init__.py").write_text(textwrap.dedent(code))
    raw = {
        "version": "1.0.0",
        "category": "code",
        "inputs": [],
        "params": {"type": "object", "properties": {}},
        "i18n": {language: {"title": "Title", "description": "Text"} for language in ("en", "zh-CN")},
        **spec,
    }
    path = root / f"{raw['id']}.json"
    path.write_text(json.dumps(raw))
    return {
        "spec": raw,
        "path": str(path.relative_to(folder)),
        "release": release.replace("-", "@"),
        "root": str(root.relative_to(folder)),
        "python": str(python.relative_to(folder)) if python else None,
        "digest": f"digest of {release}",
        "state": "published",
    }


def write_index(folder: Path, *entries: dict[str, Any], withdrawn: Mapping[str, str] | None = None) -> Path:
    """The index of these operators, put in place in one step."""
    folder.mkdir(parents=True, exist_ok=True)
    index, draft = folder / "index.json", folder / "draft.json"
    draft.write_text(json.dumps({"format": 1, "operators": list(entries), "withdrawn": dict(withdrawn or {})}))
    draft.replace(index)
    return index


def environment(folder: Path, name: str) -> Path:
    """The Python of an environment of its own; it holds what the platform's holds, so that nothing is downloaded."""
    place = folder / "environments" / name
    venv.EnvBuilder(symlinks=True, with_pip=False).create(place)
    link_platform(place)
    (site_packages(place) / "everything.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python_of(place)
