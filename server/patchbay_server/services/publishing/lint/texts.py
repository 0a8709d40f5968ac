"""Whether every text is there in every language, and used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from patchbay_sdk.spec import LANGUAGES
from patchbay_server.services.publishing.lint.schema import Finding
from patchbay_server.services.publishing.lint.sketch import Sketch


def text_findings(spec: Sketch) -> Iterator[Finding]:
    """Missing, unused and empty texts."""
    languages = spec.raw.get("i18n")
    if not isinstance(languages, dict):
        return
    used = {"title", "description"}
    for key, value in spec.raw.items():
        if key not in ("i18n", "examples"):
            used |= {text[3:] for text in _strings(value) if text.startswith("$t.")}
    for language in LANGUAGES:
        texts = languages.get(language)
        if not isinstance(texts, dict):
            continue
        if missing := sorted(used - set(texts) - {"title", "description"}):
            yield Finding(("i18n", language), f"{language} lacks: {', '.join(missing)}.", True)
        for name, text in texts.items():
            if name not in used:
                yield Finding(("i18n", language, name), f"Nothing uses this text: {name!r} ($t.{name}).", True)
            elif isinstance(text, str) and not text.strip():
                yield Finding(("i18n", language, name), f"The text {name!r} is empty.")


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
