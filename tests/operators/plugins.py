"""Plugins with a model operator of their own, installed for as long as a test lasts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from patchbay_sdk import find_operator
from patchbay_sdk.published import use_index
from patchbay_sdk.registry import installed_catalogue
from tests.sdk.installed import install


@contextmanager
def installed_model(folder: Path, name: str, code: str, like: str, params: Sequence[str], task: str) -> Iterator[str]:
    """A plugin whose class ``Plugin`` in `code` trains a model; yields the operator's key, ``many.<name>@1.0.0``.

    `like`: the key of an operator that gives it texts and these params; `task`: of its wizard block.
    """
    package = f"patchbay_{name}"
    specs = install(folder, package)
    (folder / package / "plugin.py").write_text(code)
    raw = json.loads(json.dumps(find_operator(like).spec.raw))
    raw |= {"id": f"many.{name}", "implementation": f"{package}.plugin:Plugin", "outputs": raw["outputs"][:1]}
    raw["runs"]["engines"], raw["wizard"]["task"] = ["local"], task
    raw["ui"] = [{"section": "$t.basic", "fields": list(params)}]
    raw["examples"] = [{"title": "none", "expect": {"error": "no table"}}]
    raw["params"] = {"type": "object", "properties": {each: raw["params"]["properties"][each] for each in params}}
    used = set(re.findall(r"\$t\.(\w+)", json.dumps({**raw, "i18n": {}}))) | {"title", "description"}
    for language, texts in raw["i18n"].items():
        raw["i18n"][language] = {each: text for each, text in texts.items() if each in used} | {"title": name}
    (specs / f"{name}.json").write_text(json.dumps(raw))
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        installed_catalogue.cache_clear()
        use_index(folder / "no index")
        assert installed_catalogue().broken == []
        yield f"many.{name}@1.0.0"
    installed_catalogue.cache_clear()
    use_index(None)
