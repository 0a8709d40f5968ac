"""Texts in both languages, out of what a document or a spec has."""

from __future__ import annotations

from patchbay_sdk.spec import LANGUAGES
from patchbay_server.graph.document import Node, Text

Texts = dict[str, str]
"""One text for each language."""


def in_all(text: Text, otherwise: str = "") -> Texts:
    """A text in every language; where it has none, the first that it has."""
    if isinstance(text, str):
        return dict.fromkeys(LANGUAGES, text)
    found = text or {}
    default = next(iter(found.values()), otherwise)
    return {language: found.get(language) or default for language in LANGUAGES}


def name_of(node: Node) -> Texts:
    """What people call a node: its title, else its id."""
    return in_all(node.title, node.id)


def joined(first: Text, second: Text) -> Texts:
    """Two labels as one; the same label once."""
    before, after = in_all(first), in_all(second)
    between = {"en": "; ", "zh-CN": "；"}
    return {
        language: before[language]
        if after[language] in before[language].split(between[language])
        else before[language] + between[language] + after[language]
        for language in LANGUAGES
    }
