"""Entry point of `patchbay`: finds the command, turns errors into one message and an exit code.

Exit codes: 0 done; 1 the run failed, or a check found something wrong; 2 wrong usage, or a flow, param or setting
that cannot be used; 3 an error inside Patchbay; 130 cancelled.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import os
import sys
import traceback

import click

from patchbay_sdk.errors import PatchbayError

COMMANDS = {
    "up": ("platform", "Start the platform on this machine; Ctrl-C ends it."),
    "worker": ("platform", "Run one worker of a pool, here or on any host."),
    "demo": ("run", "Run the sample yield flow on real data, print its scores, exit."),
    "run": ("run", "Run a flow file and show its progress."),
    "resume": ("run", "Run again what failed, was cancelled or has changed in a run."),
    "flows": ("inspect", "List the saved flows."),
    "runs": ("inspect", "List the latest runs."),
    "logs": ("inspect", "Show what a run's tasks logged, per attempt."),
    "cancel": ("inspect", "Cancel a run."),
    "backfill": ("backfills", "Run a saved flow for each due time of a range."),
    "backfills": ("backfills", "Backfills: list, pause, resume, cancel."),
    "approve": ("approval", "Let a run go on behind a step that waits for a person."),
    "reject": ("approval", "Fail a step that waits for a person."),
    "operators": ("operators", "Operators: list, show, check, test, publish, review."),
    "datasets": ("datasets", "List, show and add datasets; load public ones."),
    "models": ("models", "Models: register, list, compare, download, deploy."),
    "collect": ("collect", "Remove what runs have made and nothing needs any more."),
    "users": ("users", "Users of the web pages and the API: add, link, token, role."),
    "secrets": ("secrets", "Secrets that nodes name: set, list, delete, rotate their keys."),
    "audit": ("audit", "Export the audit record, or check its chain of hashes."),
    "pools": ("pools", "Set what a project may have; compare policies on a trace of tasks."),
    "doctor": ("doctor", "Check this installation and its data folder."),
    "web": ("platform", None),
    "reconciler": ("platform", None),
    "serving": ("platform", None),
}
"""Command -> module of this package, help (None: not listed, started by `up`). Imported when called: start is quick."""


class LazyGroup(click.Group):
    """A group whose commands are imported only when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for name, (_, help) in COMMANDS.items() if help]

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module = importlib.import_module(f"patchbay_server.cli.{COMMANDS[name][0]}")
        command: click.Command = getattr(module, name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, help) for name, (_, help) in COMMANDS.items() if help])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(importlib.metadata.version("patchbay"), prog_name="Patchbay")
def patchbay() -> None:
    """Patch machine-learning operators together and run the patch."""


def main() -> None:
    """Run the command line and exit with its code."""
    try:
        status = patchbay.main(standalone_mode=False)
    except click.Abort:
        _fail("Interrupted.", 130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        _fail("Interrupted.", 130)
    except PatchbayError as error:
        _fail(error.message, 2)
    except BrokenPipeError:  # the reader of our output has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:  # noqa: BLE001 - the last resort: one line for people, the trace for who asks
        from patchbay_server import config

        if config.wants_traceback():
            traceback.print_exc()
        _fail(f"{type(error).__name__}: {error}\nPatchbay made a mistake. PATCHBAY_LOG_LEVEL=debug shows where.", 3)
    sys.exit(status if isinstance(status, int) else 0)


def _fail(message: str, status: int) -> None:
    click.secho(f"Error: {message}" if status != 130 else message, err=True, fg="red" if status != 130 else None)
    sys.exit(status)
