"""Operators for tests of the worker; each execution leaves a line in a journal, if it is given one."""

import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from patchbay_sdk.context import Context
from patchbay_sdk.errors import DataError
from patchbay_sdk.operator import Operator, Outputs
from tests.server.worker import tell


class Nothing(Operator):
    """No work at all."""

    def run(self, context: Context, **_: Any) -> Outputs:
        return {}


class Step(Operator):
    """Its output is a text of its name and what arrives; `act` says what happens on the way."""

    def run(
        self, context: Context, name: str, act: str = "", journal: str = "", source: str = "", **inputs: str
    ) -> Outputs:
        if journal:
            with open(journal, "a") as file:
                file.write(f"{name}\n")
        if act:
            ACTS[act](context, journal)
        read = context.data_path(source).read_text() if source else ""
        return {"out": f"{name}({', '.join(inputs[port] for port in sorted(inputs))}){read}"}


class Tell(Operator):
    """Tells its secret in the way that `act` names."""

    def run(
        self,
        context: Context,
        name: str,
        secret: str = "",
        act: str = "",
        others: Sequence[str] = (),
        journal: str = "",
    ) -> Outputs:
        if journal:
            with open(journal, "a") as file:
                file.write(f"{name}\n")
        values = [context.secret(each) for each in [secret, *others] if each]
        if act in tell.WAYS:
            tell.WAYS[act](context, values[0])
        return {"out": f"{len(values)} secrets, process {os.getpid()}"}


def report(context: Context, _journal: str) -> None:
    for part in range(100):
        context.progress(part / 100, f"part {part}")
    context.progress(1, "all parts")
    context.metric("loss", 0.25, step=1)
    context.log("half way", "warning")


def refuse(context: Context, _journal: str) -> None:
    raise DataError("Column 'lot' is missing: add it.", column="lot")


def recover(context: Context, journal: str) -> None:
    """Fail until the journal has three lines of one kind."""
    lines = Path(journal).read_text().splitlines()
    if max(lines.count(line) for line in lines) < 3:
        raise DataError("not yet")


def hang(context: Context, _journal: str) -> None:
    time.sleep(600)


def swallow(context: Context, _journal: str) -> None:
    """User code that no exception can stop."""
    while True:
        try:
            time.sleep(600)
        except Exception:  # noqa: BLE001
            continue


def swallow_everything(context: Context, _journal: str) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(600)


def die(context: Context, _journal: str) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def wait_for_go(context: Context, journal: str) -> None:
    """Go on when somebody makes the file ``go`` beside the journal."""
    while not Path(journal).with_name("go").exists():
        time.sleep(0.02)


def nap(context: Context, _journal: str) -> None:
    time.sleep(0.05)


ACTS = {
    act.__name__: act for act in (report, refuse, recover, hang, swallow, swallow_everything, die, wait_for_go, nap)
}
