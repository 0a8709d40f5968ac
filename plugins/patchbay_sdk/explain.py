"""The JSON Schema validator that explains what is wrong, with patterns that take no longer than their text is long.

Patterns come from whoever wrote an operator. Python's own matcher may take years for ``^(a+)+$``, and nothing else of
the process runs meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import jsonschema_rs
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend


@lru_cache(500)
def _matcher(pattern: str) -> jsonschema_rs.Validator | None:
    try:
        return jsonschema_rs.validator_for({"pattern": pattern})
    except ValueError:  # it is no pattern, and nothing matches it
        return None


def _pattern(validator: Any, pattern: str, instance: Any, schema: Any) -> Iterator[ValidationError]:
    if validator.is_type(instance, "string"):
        matcher = _matcher(pattern)
        if matcher is None or not matcher.is_valid(instance):
            yield ValidationError(f"{instance!r} does not match {pattern!r}")


ExplainingValidator: type[Draft202012Validator] = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator, {"pattern": _pattern}
)
