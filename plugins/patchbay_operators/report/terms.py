"""Every technical term that reports use, in one line each: terms.json."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

from patchbay_operators.advice import Text
from patchbay_operators.report.document import Term


@cache
def _known() -> Mapping[str, Term]:
    found = json.loads((files(__package__) / "terms.json").read_text(encoding="utf-8"))
    return {name: Term(_text(each["term"]), _text(each["meaning"])) for name, each in found.items()}


def _text(languages: Mapping[str, str]) -> Text:
    return Text(languages["en"], languages["zh-CN"])


def terms_of(names: Iterable[str]) -> list[Term]:
    """The terms of these names in the order given, each once; names that need no explanation are left out."""
    return [_known()[name] for name in dict.fromkeys(names) if name in _known()]


def name_of(metric: str) -> Text:
    """A metric's name for people; of one that is not known, its own."""
    found = _known().get(metric)
    return found.term if found else Text(metric, metric)
