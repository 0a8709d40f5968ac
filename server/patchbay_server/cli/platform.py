"""`patchbay up` and the processes that it starts: worker, web, reconciler."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys

import click

from patchbay_server import config
from patchbay_server.config import Settings
from patchbay_server.pool_values import POOLS

COLLECT_EVERY = 3600.0
COLLECT_FIRST = 600.0
"""Seconds between two garbage collections, and until the first: who runs one flow does not wait for it."""
SENDERS = 4
"""Notifications that are sent at once: a target that does not answer holds up one of them."""


@click.command()
@click.option("--demo", is_flag=True, help="Run the sample yield flow once the platform is ready.")
@click.option("--no-web", is_flag=True, help="Run workers, but serve no API.")
def up(demo: bool, no_web: bool) -> None:
    """Start the platform on this machine: Redis, web, reconciler and the workers of three pools. Ctrl-C ends it."""
    from patchbay_server.process_tree.up import run_platform
    from patchbay_server.services.platform import prepare

    settings = config.load()
    demos: list[subprocess.Popen[bytes]] = []

    def ready(url: str | None) -> None:
        _say_where(settings, url)
        if demo:
            demos.append(subprocess.Popen((sys.executable, "-m", "patchbay_server.cli", "demo")))

    try:
        run_platform(
            settings,
            web=not no_web,
            migrate=prepare,
            report=lambda line: click.echo(line, err=True),
            on_ready=ready,
        )
    finally:
        for process in demos:
            process.terminate()
            process.wait()
    click.echo("Patchbay has ended; no process is left.")


def _say_where(settings: Settings, url: str | None) -> None:
    from patchbay_server.services.people.sign_in import first_admin_link
    from patchbay_server.services.platform import Platform

    if importlib.util.find_spec("pyspark") and not shutil.which("java"):
        click.echo("Java is not installed: steps on Spark are switched off until there is Java 17.", err=True)
    click.echo(f"Patchbay is up     {url or 'without web'}  (Ctrl-C ends it)")
    with Platform.open(settings) as platform:
        token = first_admin_link(platform) if url else None
    if token:
        click.echo(f"first admin        {url}/setup#{token}  (once, within a day)")
    click.echo(f"data folder        {settings.data_dir}")
    workers = ", ".join(f"{name} {settings.pool(name).workers}" for name in POOLS)
    click.echo(f"workers            {workers}; their logs: {settings.data_dir / 'logs'}")


@click.command()
@click.option("--pool", type=click.Choice(POOLS), required=True)
@click.option("--driver", is_flag=True, help="For tasks on Spark, Ray and DeepSpeed, instead of local ones.")
def worker(pool: str, driver: bool) -> None:
    """Run one worker of a pool: it claims tasks and runs them until SIGTERM.

    On another host set DATABASE_URL, REDIS_URL and PATCHBAY_ARTIFACTS to those of the platform.
    """
    from patchbay_server.services.platform import engine_settings
    from patchbay_server.worker.main import run_worker

    settings = reachable(config.load())
    run_worker(settings, pool, "driver" if driver else "local", engine_settings(settings))


@click.command(hidden=True)
def reconciler() -> None:
    """Repair what crashes leave behind, round after round."""
    from patchbay_server.services.backfills.drive import drive
    from patchbay_server.services.checkpoints import tidy
    from patchbay_server.services.collection import collect
    from patchbay_server.services.datasets.retention import expire
    from patchbay_server.services.notifications.deliver import send_due
    from patchbay_server.services.notifications.deliveries import forget_old
    from patchbay_server.services.people.actor import PLATFORM
    from patchbay_server.services.platform import Platform, engine_settings
    from patchbay_server.services.schedules import due
    from patchbay_server.worker.chores import Chore
    from patchbay_server.worker.reconciler import run_reconciler

    settings = reachable(config.load())
    with Platform.open(settings) as platform:
        chores = [
            Chore("schedules", settings.tick, lambda: due.start_due(platform)),
            Chore("backfills", settings.tick, lambda: drive(platform)),
            *(Chore(f"notifications {n}", settings.tick, lambda: send_due(platform)) for n in range(SENDERS)),
            Chore("deliveries", COLLECT_EVERY, lambda: forget_old(platform, settings.keep_days), first=COLLECT_FIRST),
            Chore("checkpoints", 600.0, lambda: tidy(platform)),
            Chore("retention of datasets", 60.0, lambda: expire(platform)),
            Chore(
                "collection",
                COLLECT_EVERY,
                lambda: collect(platform, PLATFORM, keep_days=settings.keep_days),
                first=COLLECT_FIRST,
            ),
        ]
        run_reconciler(settings, engine_settings(settings), chores)


@click.command(hidden=True)
def serving() -> None:
    """Make what answers equal to what is deployed."""
    from patchbay_server.process_tree.serving import run_serving

    run_serving(reachable(config.load()))


@click.command(hidden=True)
@click.option("--fd", type=int, required=True, help="The listening socket.")
def web(fd: int) -> None:
    """Serve the web application on a socket that `up` holds."""
    from patchbay_server.process_tree.web import serve

    serve(config.load(), fd)


def reachable(settings: Settings) -> Settings:
    """The settings, with the Redis, database and artifacts of the platform that runs on this data folder, if any."""
    from patchbay_server import data_folder

    running = data_folder.running(settings.data_dir)
    return running.reached_from(settings) if running else settings
