"""When schedules are due, also on the days when the clock is changed. Berlin: 29 March and 25 October 2026."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from patchbay_server.services import cron
from patchbay_server.services.errors import Invalid

BERLIN = "Europe/Berlin"


def times(expression: str, start: str, count: int, zone: str = BERLIN) -> list[str]:
    here = ZoneInfo(zone)
    after = datetime.fromisoformat(start).replace(tzinfo=here).timestamp()
    found = cron.next_times(expression, zone, after=after, count=count)
    return [datetime.fromtimestamp(time, here).strftime("%d %H:%M %z") for time in found]


def test_a_day_has_its_local_time_on_both_sides_of_a_change() -> None:
    assert times("0 6 * * *", "2026-03-28T00:00", 2) == ["28 06:00 +0100", "29 06:00 +0200"]
    assert times("0 6 * * *", "2026-10-24T00:00", 2) == ["24 06:00 +0200", "25 06:00 +0100"]


def test_a_time_that_does_not_exist_is_due_at_the_end_of_the_jump() -> None:
    assert times("30 2 * * *", "2026-03-28T12:00", 2) == ["29 03:00 +0200", "30 02:30 +0200"]


def test_a_time_that_comes_twice_is_due_once() -> None:
    assert times("30 2 * * *", "2026-10-24T12:00", 2) == ["25 02:30 +0200", "26 02:30 +0100"]
    assert times("15 2,3 * * *", "2026-10-24T12:00", 3) == ["25 02:15 +0200", "25 03:15 +0100", "26 02:15 +0100"]


def test_what_is_due_every_hour_is_due_in_both() -> None:
    expected = ["25 01:30 +0200", "25 02:30 +0200", "25 02:30 +0100", "25 03:30 +0100"]
    assert times("30 * * * *", "2026-10-25T01:00", 4) == expected
    assert times("0 * * * *", "2026-03-29T00:30", 3) == ["29 01:00 +0100", "29 03:00 +0200", "29 04:00 +0200"]


def test_zones_without_changes() -> None:
    assert times("0 0 29 2 *", "2026-01-01T00:00", 1, "Asia/Shanghai") == ["29 00:00 +0800"]
    assert times("0 9 * * mon-fri", "2026-11-20T10:00", 2, "UTC") == ["23 09:00 +0000", "24 09:00 +0000"]


@pytest.mark.parametrize(
    ("expression", "zone", "says"),
    [
        ("0 6 * * *", "Berlin", "There is no time zone 'Berlin'"),
        ("0 6 * * *", "../etc/passwd", "There is no time zone"),
        ("0 6 * * *", "", "There is no time zone"),
        ("0 6 * *", "UTC", "five fields"),
        ("0 0 6 * * *", "UTC", "five fields"),
        ("@daily", "UTC", "five fields"),
        ("60 * * * *", "UTC", "no cron expression"),
        ("a b c d e", "UTC", "no cron expression"),
        ("H * * * *", "UTC", "no cron expression"),
        ("0 0 30 2 *", "UTC", "never due"),
        ("0 0 31 11 *", "UTC", "never due"),
        ("*/0 * * * *", "UTC", "no cron expression"),
        (f"{','.join(['1'] * 200)} * * * *", "UTC", "five fields"),
    ],
)
def test_what_can_never_be_is_refused(expression: str, zone: str, says: str) -> None:
    with pytest.raises(Invalid, match=says):
        cron.check(expression, zone)


def test_the_latest_times_are_those_of_the_end() -> None:
    first, until = (datetime(year, 1, 1, tzinfo=ZoneInfo("UTC")).timestamp() for year in (2000, 2026))
    found = cron.latest_times("0 0 1 1 *", "UTC", first=first, until=until, count=2)
    assert [datetime.fromtimestamp(time, ZoneInfo("UTC")).year for time in found] == [2025, 2026]
    minutes = cron.latest_times("* * * * *", "UTC", first=first, until=until, count=100)
    assert (len(minutes), minutes[-1]) == (100, until)
    assert cron.latest_times("* * * * *", "UTC", first=until, until=until + 59, count=100) == [until]
