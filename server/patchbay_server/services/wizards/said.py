"""Values of params as people read them."""

from __future__ import annotations

from typing import Any

from patchbay_sdk.spec import LANGUAGES, OperatorSpec
from patchbay_server.graph.canonical import canonical_json
from patchbay_server.services.wizards.texts import Texts, in_all

LONGEST = 80
"""Characters of a value within a sentence."""

_NOTHING: Texts = {"en": "nothing", "zh-CN": "空"}
_TRUTH: dict[bool, Texts] = {True: {"en": "yes", "zh-CN": "是"}, False: {"en": "no", "zh-CN": "否"}}
_BETWEEN: Texts = {"en": ", ", "zh-CN": "、"}


def said(value: Any, spec: OperatorSpec | None = None, field: str = "") -> Texts:
    """A value in both languages; a choice of a field of `spec` as its form calls it."""
    if value is None or value in ("", [], {}):
        return _NOTHING
    if isinstance(value, bool):
        return _TRUTH[value]
    if isinstance(value, list):
        items = [said(item) for item in value]
        return {language: _short(_BETWEEN[language].join(item[language] for item in items)) for language in LANGUAGES}
    choices = spec.params["properties"].get(field, {}).get("x-enum-titles", {}) if spec else {}
    if isinstance(value, str) and value in choices:
        assert spec is not None
        return {language: spec.text(choices[value], language) for language in LANGUAGES}
    return in_all(_short(value if isinstance(value, str) else canonical_json(value).decode()))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
