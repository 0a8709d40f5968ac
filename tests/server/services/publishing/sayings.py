"""Packages whose operators say something, and people who publish them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from patchbay_server.services.people.actor import Actor
from patchbay_server.services.platform import Platform
from patchbay_server.services.publishing import states, upload
from patchbay_server.services.publishing.releases import Release
from tests.server.services.publishing.packages import zipped

ANNA = Actor(1, "anna", False, "session", roles={1: "engineer"})
BEN = Actor(2, "ben", False, "session", roles={1: "engineer"})

CODE = '''"""Says something."""

from patchbay_sdk import Context, Operator, Outputs


class Say(Operator):
    """Always the same."""

    def run(self, context: Context, word: str) -> Outputs:
        return {"text": word + " SAID"}
'''


def spec(id: str, version: str, package: str, **changes: Any) -> dict[str, Any]:
    texts = {"title": "Say", "description": "Says it.", "word": "Word", "basic": "Basics"}
    return {
        "id": id,
        "version": version,
        "category": "code",
        "icon": "message",
        "implementation": f"{package}.{id.partition('.')[2]}:Say",
        "inputs": [],
        "outputs": [{"name": "text", "type": "text"}],
        "params": {"type": "object", "properties": {"word": {"type": "string", "default": "hm", "title": "$t.word"}}},
        "ui": [{"section": "$t.basic", "fields": ["word"]}],
        "runs": {"engines": ["local"]},
        "i18n": {"en": texts, "zh-CN": texts},
        "examples": [
            {"title": "a word", "params": {"word": "oh"}, "expect": {"outputs": {"text": {"contains": "oh "}}}}
        ],
        **changes,
    }


def archive(
    folder: Path,
    version: str = "1.0.0",
    operators: Mapping[str, str] | None = None,
    *,
    name: str = "say-tools",
    said: str = "one",
    code: str = CODE,
    dependencies: Sequence[str] = ("patchbay",),
    **changes: Any,
) -> Path:
    """A package of operators (id -> version); `changes` to their specs."""
    package = name.replace("-", "_")
    project = (
        f'[project]\nname = "{name}"\nversion = "{version}"\ndescription = "Says."\nrequires-python = ">=3.11"\n'
        f"dependencies = {json.dumps(list(dependencies))}\n\n"
        f'[project.entry-points."patchbay.operators"]\nsay = "{package}"\n'
    )
    files: dict[str, str | bytes] = {"pyproject.toml": project, f"{package}/__init__.py": ""}
    for id, number in (operators or {"say.word": "1.0.0"}).items():
        family, _, short = id.partition(".")
        files[f"{package}/{short}.py"] = code.replace("SAID", said)
        raw = spec(id, number, package, **changes)
        files[f"{package}/operator_specs/{family}/{short}.json"] = json.dumps(raw)
    folder.mkdir(parents=True, exist_ok=True)
    return zipped(files, folder / f"{name}-{version}-{said}.zip")


def published(platform: Platform, package: Path) -> Release:
    """Anna uploads, Ben approves."""
    release = upload.upload(platform, ANNA, package, submit=True)
    summary = release.summary
    return states.approve(platform, BEN, summary.name, summary.version, expected=summary.etag)
