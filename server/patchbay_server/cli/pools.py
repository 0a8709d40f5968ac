"""`patchbay pools`: what a project may have, and what a scheduling policy would do with a trace of tasks."""

from __future__ import annotations

import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from patchbay_server.cli.options import AS_JSON
from patchbay_server.cli.output import duration, print_json, print_table

if TYPE_CHECKING:
    from patchbay_server.services.quotas import ProjectQuota
    from patchbay_server.services.simulation.measure import Measures

POLICIES = ("fifo", "priority", "drf", "elastic", "swarm")
CPUS_PER_GPU, GIB_PER_GPU = 16, 128
MOST = 1_000_000


@click.group()
def pools() -> None:
    """Set what a project may have; compare the policies of pools in simulated time."""


@pools.command()
@click.argument("project_name", metavar="PROJECT")
@click.option("--cpu", type=click.FloatRange(0, MOST), help="CPUs that are its own.")
@click.option("--gpu", type=click.FloatRange(0, MOST), help="GPUs that are its own.")
@click.option("--trainings", type=click.IntRange(0, MOST), help="Trainings at once.")
@click.option("--storage", "size", metavar="SIZE", help="What it may keep, such as 100Gi.")
@click.option("--weight", type=click.FloatRange(0.001, 1000), help="Its part where several projects want the same.")
@click.option("--borrow/--no-borrow", "borrows", default=None, help="Whether it may have what others leave idle.")
@click.option("--reset", is_flag=True, help="Begin with no limits, the weight 1 and borrowing.")
@AS_JSON
def quota(project_name: str, size: str | None, reset: bool, as_json: bool, **options: float | bool | None) -> None:
    """Show what PROJECT may have of all pools together, and what it uses; set what is given, the rest stays."""
    from patchbay_server.cli.users import opened
    from patchbay_server.services import quotas
    from patchbay_server.services.people import projects
    from patchbay_server.services.people.actor import COMMAND

    given: dict[str, Any] = {name: value for name, value in options.items() if value is not None}
    if size is not None:
        given["storage"] = _size(size)
    with opened() as platform:
        project = projects.find(platform, COMMAND, project_name)
        found = quotas.find(platform, project)
        if given:
            limits = quotas.DEFAULTS if reset else found.limits
            found = quotas.put(platform, COMMAND, project, replace(limits, **given))
        elif reset:
            found = quotas.reset(platform, COMMAND, project)
    if as_json:
        print_json(asdict(found))
    else:
        _print_quota(found)


@pools.command()
@click.argument("trace", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--gpus", type=click.FloatRange(min=0), default=500, show_default=True, help="GPUs of the pool.")
@click.option("--cpus", type=click.FloatRange(min=0), help=f"CPUs; {CPUS_PER_GPU} for each GPU if not given.")
@click.option("--memory", type=click.FloatRange(min=0), help=f"GiB; {GIB_PER_GPU} for each GPU if not given.")
@click.option("--policy", "wanted", type=click.Choice(POLICIES), multiple=True, help="Only this one; again for more.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of the swarm.")
@AS_JSON
def simulate(
    trace: Path,
    gpus: float,
    cpus: float | None,
    memory: float | None,
    wanted: tuple[str, ...],
    seed: int,
    as_json: bool,
) -> None:
    """Play TRACE, a CSV file, against one pool under several policies, and compare them.

    Its columns: task, project, priority, arrival, duration, estimate (seconds), members, and of each member cpu, gpu,
    memory (GiB); checkpoints (0 or 1). `patchbay pools trace` makes such a file.
    """
    from patchbay_server.engine.admission import Slots
    from patchbay_server.services.simulation.policies import POLICIES as RULES
    from patchbay_server.services.simulation.simulate import simulate as play
    from patchbay_server.services.simulation.swarm import search
    from patchbay_server.services.simulation.trace import GIB, read

    jobs = read(trace)
    has_cpus = gpus * CPUS_PER_GPU if cpus is None else cpus
    has_memory = gpus * GIB_PER_GPU if memory is None else memory
    capacity = Slots(round(has_cpus * 1000), round(gpus * 1000), round(has_memory * GIB))
    found: dict[str, Measures] = {}
    for policy in wanted or POLICIES:
        started = time.monotonic()
        rules = search(jobs, capacity, seed=seed)[1] if policy == "swarm" else RULES[policy]
        found[policy] = play(jobs, capacity, rules)
        click.echo(f"{policy}: {duration(time.monotonic() - started)}", err=True)
    if as_json:
        print_json({policy: asdict(measures) for policy, measures in found.items()})
        return
    print_table(
        (
            "POLICY",
            "GPU TIME USED",
            "AT SATURATION",
            "MEAN WAIT",
            "P95",
            "P95 HIGH",
            "LONGEST",
            "FAIRNESS",
            "GIVEN BACK",
        ),
        [_row(policy, measures) for policy, measures in found.items()],
    )
    refused = max(measures.refused for measures in found.values())
    if refused:
        click.echo(f"{refused} tasks ask for more than the pool has and were left out.")


@pools.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--tasks", type=click.IntRange(1, 1_000_000), default=10_000, show_default=True)
@click.option("--gpus", type=click.IntRange(1, 1_000_000), default=500, show_default=True, help="GPUs it is made for.")
@click.option(
    "--load", type=click.FloatRange(0.01, 100), default=1.1, show_default=True,
    help="GPU time that is asked for, as a part of what there is until the last arrival.",
)  # fmt: skip
@click.option("--seed", type=int, default=1, show_default=True)
def trace(file: Path, tasks: int, gpus: int, load: float, seed: int) -> None:
    """Write a trace like those of large GPU clusters to FILE: gangs, heavy-tailed durations, days and nights."""
    from patchbay_server.services.simulation.generate import Wanted, generate
    from patchbay_server.services.simulation.trace import write

    write(file, generate(Wanted(tasks, gpus, load, seed)))
    click.echo(f"{file}: {tasks} tasks.")


def _print_quota(quota: ProjectQuota) -> None:
    limits, used = quota.limits, quota.used
    rows = (
        ("CPUs", used.cpu, limits.cpu),
        ("GPUs", used.gpu, limits.gpu),
        ("trainings", used.trainings, limits.trainings),
        ("GiB kept", used.storage / (1 << 30), None if limits.storage is None else limits.storage / (1 << 30)),
    )
    print_table(("", "USES", "MAY HAVE"), [(name, f"{round(uses, 3):g}", _limit(limit)) for name, uses, limit in rows])
    more = "may have more while others leave it idle" if limits.borrows else "borrows nothing"
    click.echo(f"Weight {limits.weight:g}; {more}.")


def _size(text: str) -> int:
    """Bytes. Raises click.BadParameter."""
    from patchbay_sdk.spec import parse_memory

    try:
        size = parse_memory(text)
        if size >= 0:
            return size
    except (KeyError, ValueError, OverflowError):
        pass
    raise click.BadParameter("a size such as 512Mi or 100Gi is needed.", param_hint="--storage")


def _limit(limit: float | None) -> str:
    return "no limit" if limit is None else f"{limit:g}"


def _row(policy: str, measures: Measures) -> tuple[Any, ...]:
    waits = (measures.mean_wait, measures.p95_wait, measures.high_p95_wait, measures.longest_wait)
    return (
        policy,
        _percent(measures.utilisation),
        _percent(measures.saturated),
        *(f"{seconds / 60:.0f} min" for seconds in waits),
        "" if measures.fairness is None else f"{measures.fairness:.2f}",
        measures.given_back,
    )


def _percent(part: float | None) -> str:
    return "" if part is None else f"{100 * part:.1f} %"
