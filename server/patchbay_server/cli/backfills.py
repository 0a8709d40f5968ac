"""`patchbay backfill` and `backfills`: a flow run for each due time of a range."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from patchbay_server.cli.inspect import opened, project_of
from patchbay_server.cli.options import AS_JSON, PROJECT
from patchbay_server.cli.output import print_json, print_table
from patchbay_server.cli.run import PARAM

if TYPE_CHECKING:
    from patchbay_server.services.backfills.backfills import Backfill


@click.command()
@click.argument("flow")
@click.option(
    "--from", "first", required=True, metavar="TIME", help="Of its first run: 2026-11-01 or 2026-11-01T06:00."
)
@click.option("--to", "until", required=True, metavar="TIME", help="Of the time before which it ends.")
@click.option("--schedule", help="Takes times, zone, params and priority of this schedule.")
@click.option("--cron", help="When it is due, such as '0 6 * * *'.")
@click.option("--timezone", help="Of cron, --from and --to.  [default: the schedule's, or UTC]")
@PARAM
@click.option("--priority", type=int, help="Of its runs.  [default: the schedule's, or 0]")
@click.option("--parallel", type=click.IntRange(1, 100), default=1, show_default=True, help="Most runs open at once.")
@click.option("--cascade", is_flag=True, help="For each time also run the flows that read what FLOW writes.")
@PROJECT
@AS_JSON
def backfill(
    flow: str,
    first: str,
    until: str,
    schedule: str | None,
    timezone: str | None,
    given: tuple[str, ...],
    project_name: str,
    as_json: bool,
    **options: Any,
) -> None:
    """Run the saved FLOW once for each due time of a range; the platform makes the runs while it is up.

    A param may name the time: --param 'file=lots-{{ scheduled_date }}.csv'.
    """
    from patchbay_server.cli.flow_file import read_params
    from patchbay_server.services.backfills.start import Wanted, start
    from patchbay_server.services.people.actor import COMMAND
    from patchbay_server.services.schedules import schedules

    with opened() as platform:
        project_id = project_of(platform, project_name)
        zone = timezone
        if zone is None and schedule is not None:
            zone = schedules.find(platform, project_id, schedule).timetable.timezone
        begin, end = (_time(text, zone or "UTC", name) for text, name in ((first, "--from"), (until, "--to")))
        params = read_params(given)
        wanted = Wanted(flow, begin, end, schedule=schedule, timezone=timezone, params=params, **options)
        made = start(platform, COMMAND, project_id, wanted)
    if as_json:
        print_json(asdict(made))
        return
    times = made.counts["pending"] // len(made.flows)
    click.echo(
        f"Backfill {made.id}: {times} times of {', then '.join(made.flows)}. `patchbay backfills list` shows them."
    )


@click.group()
def backfills() -> None:
    """Backfills: list, pause, resume, cancel."""


@backfills.command(name="list")
@PROJECT
@AS_JSON
def list_(project_name: str, as_json: bool) -> None:
    """List the latest backfills of a project, and how far they are."""
    from patchbay_server.services.backfills import backfills as service

    with opened() as platform:
        found = service.listed(platform, project_of(platform, project_name)).items
    if as_json:
        print_json([asdict(known) for known in found])
        return
    print_table(
        ("BACKFILL", "FLOW", "STATE", "DONE", "RUNNING", "FAILED", "LEFT"),
        [_row(known) for known in found],
        empty="There are no backfills. `patchbay backfill FLOW` starts one.",
    )


def _change(name: str, help: str) -> None:
    @backfills.command(name=name, help=help)
    @click.argument("id", type=int, metavar="BACKFILL")
    @PROJECT
    def change(id: int, project_name: str) -> None:
        from patchbay_server.services.backfills import backfills as service
        from patchbay_server.services.people.actor import COMMAND

        act: Callable[..., Backfill] = getattr(service, name)
        with opened() as platform:
            known = act(platform, COMMAND, project_of(platform, project_name), id)
        click.echo(f"Backfill {id} is {known.state}.")


_change("pause", "Make no more runs until it is resumed; open ones go on.")
_change("resume", "Run what is missing, failed or was cancelled; what is done stays.")
_change("cancel", "Make no more runs, and end the open ones.")


def _row(known: Backfill) -> tuple[Any, ...]:
    counts = known.counts
    failed = counts["failed"] + counts["cancelled"] + counts["skipped"]
    return known.id, ", ".join(known.flows), known.state, counts["done"], counts["running"], failed, counts["pending"]


def _time(text: str, zone: str, option: str) -> float:
    """Seconds since 1970. Raises click.BadParameter."""
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))).timestamp()
    except (ValueError, KeyError, OverflowError):
        raise click.BadParameter("write 2026-11-01 or 2026-11-01T06:00.", param_hint=option) from None
