"""When a schedule is due: cron expressions in a time zone, through changes of the clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import dropwhile, islice, takewhile
from zoneinfo import ZoneInfo, available_timezones

from croniter import CroniterBadCronError, CroniterBadDateError, croniter

from patchbay_server.services.errors import Invalid

FIELDS = 5
LONGEST = 200
"""Characters of an expression."""
HOUR = 3600.0


def check(cron: str, timezone: str) -> None:
    """Raises Invalid where there is no such time zone, or the expression is wrong or never due."""
    if timezone not in available_timezones():
        raise Invalid(
            f"There is no time zone {timezone!r}; write a name such as Europe/Berlin, Asia/Shanghai or UTC.",
            field="timezone",
            reason="timezone",
        )
    if len(cron.split()) != FIELDS or len(cron) > LONGEST:
        raise Invalid(
            f"{cron!r} does not have the five fields minute, hour, day, month and weekday, such as '30 2 * * mon-fri'.",
            field="cron",
            reason="cron_fields",
        )
    try:
        next_times(cron, timezone, after=0.0, count=1)
    except CroniterBadDateError:
        raise Invalid(f"{cron!r} is never due.", field="cron", reason="cron_never") from None
    except (CroniterBadCronError, ValueError) as error:
        raise Invalid(f"{cron!r} is no cron expression: {error}.", field="cron", reason="cron") from None


def next_times(cron: str, timezone: str, *, after: float, count: int) -> list[float]:
    """The times after `after` at which it is due; seconds since 1970.

    A time that the clock jumps over in spring is due at the end of the jump. An hour that comes twice in autumn counts
    twice for what is due in every hour, once for what is due at certain hours.
    """
    return list(islice(_times(cron, ZoneInfo(timezone), after), count))


def _times(cron: str, zone: ZoneInfo, after: float) -> Iterator[float]:
    every_hour = cron.split()[1].startswith("*")
    times = croniter(cron, datetime.fromtimestamp(after, zone))
    while True:
        due: datetime = times.get_next(datetime)
        if every_hour or not due.fold:
            yield due.timestamp()


def latest_times(cron: str, timezone: str, *, first: float, until: float, count: int) -> list[float]:
    """The latest `count` times from `first` to `until` at which it is due, oldest first; seconds since 1970.

    However long that is, little more is computed than what is asked for.
    """
    span = HOUR
    while True:
        start = max(first, until - span)
        found = list(times_between(cron, timezone, first=start, until=until))
        if len(found) >= count or start == first:
            return found[-count:]
        span *= 24


def times_between(cron: str, timezone: str, *, first: float, until: float) -> Iterator[float]:
    """The times from `first` to `until`, both included, at which it is due; seconds since 1970."""
    times = _times(cron, ZoneInfo(timezone), first - 1)
    return takewhile(lambda due: due <= until, dropwhile(lambda due: due < first, times))
