"""Values that depend on the time a run is for: ``{{ scheduled_date }}`` in the params of a schedule or a backfill.

``scheduled_date``: the day, 2026-11-26. ``scheduled_time``: the moment with its offset, 2026-11-26T06:00:00+01:00. Both
in the time zone of the schedule or backfill.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from patchbay_server.services.errors import Invalid

PLACEHOLDER = re.compile(r"\{\{\s*(.*?)\s*\}\}")


def render(params: Mapping[str, Any], at: float, timezone: str) -> dict[str, Any]:
    """Params with every placeholder replaced, at any depth. `at`: seconds since 1970.

    Raises:
        Invalid: a placeholder names something else.
    """
    moment = datetime.fromtimestamp(at, ZoneInfo(timezone))
    values = {"scheduled_date": moment.date().isoformat(), "scheduled_time": moment.isoformat(timespec="seconds")}
    return {name: _rendered(value, name, values) for name, value in params.items()}


def _rendered(value: Any, param: str, values: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return PLACEHOLDER.sub(lambda match: _value(match[1], param, values), value)
    if isinstance(value, list):
        return [_rendered(item, param, values) for item in value]
    if isinstance(value, dict):
        return {key: _rendered(item, param, values) for key, item in value.items()}
    return value


def _value(name: str, param: str, values: Mapping[str, str]) -> str:
    if name not in values:
        known = " and ".join(f"{{{{ {known} }}}}" for known in values)
        raise Invalid(
            f"Param {param!r} has {{{{ {name} }}}}, which is nothing; there are {known}.",
            field=f"params.{param}",
            reason="placeholder",
        )
    return values[name]
