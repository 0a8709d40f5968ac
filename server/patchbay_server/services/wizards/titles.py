"""What a flow is called that a wizard made: after what it is about, until somebody gives it another title."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from patchbay_server.graph.document import FlowDocument, Text

PLACE = re.compile(r"\{([A-Za-z][A-Za-z0-9_]*)\}")


def retitled(before: FlowDocument, after: FlowDocument, first: Text) -> FlowDocument:
    """`after` with the title that its params give, where `before` had the one that its params gave.

    `first`: the title as the wizard made it, which it keeps until all params of the pattern have a value.
    """
    pattern = after.wizard.flow_title if after.wizard else None
    if pattern is None or before.title not in (first, _filled(pattern, before, first)):
        return after
    return replace(after, title=_filled(pattern, after, first))


def _filled(pattern: Text, document: FlowDocument, otherwise: Text) -> Text:
    if isinstance(pattern, Mapping):
        found = {language: _words(text, document) for language, text in pattern.items()}
        return otherwise if None in found.values() else {key: text for key, text in found.items() if text}
    return _words(pattern or "", document) or otherwise


def _words(pattern: str, document: FlowDocument) -> str | None:
    """The pattern with the values of the params; None while one has none."""
    names = PLACE.findall(pattern)
    values: dict[str, Any] = {name: document.params[name].default for name in names if name in document.params}
    if len(values) < len(set(names)) or not all(isinstance(value, str) and value for value in values.values()):
        return None
    return PLACE.sub(lambda match: str(values[match[1]]), pattern)[:200]
