"""Operators for tests of the worker; each execution leaves a line in a journal, if it is given one."""

import os
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from patchbay_sdk.context import Context
from patchbay_sdk.errors import Cancelled, DataError
from patchbay_sdk.operator import Operator, Outputs
from patchbay_sdk.table import Table
from patchbay_sdk.values import Metrics
from tests.runners import scripts_under_test
from tests.runners.engines.operators_on_engines import Count as CountOnEngine
from tests.server.worker import tell

__all__ = ["CountOnEngine"]


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
            note(journal, name)
        if act:
            ACTS[act](context, journal)
        read = context.data_path(source).read_text() if source else ""
        return {"out": f"{name}({', '.join(inputs[port] for port in sorted(inputs))}){read}"}


class Train(Operator):
    """Each attempt is one epoch, kept in a checkpoint, and then works until the file ``go`` exists beside the journal.

    When it is stopped, it saves until ``saved`` exists there. Its output says how many epochs there were.
    """

    def run(self, context: Context, name: str, journal: str, act: str = "", source: str = "", **_: str) -> Outputs:
        file = context.checkpoint_dir / "epochs"
        epochs = int(file.read_text()) if file.exists() else 0
        draft = file.with_suffix(".draft")
        draft.write_text(f"{epochs + 1}")
        draft.replace(file)
        note(journal, f"{name} from {epochs}")
        try:
            if act:
                ACTS[act](context, journal)
            wait_for_go(context, journal)
        except Cancelled:
            note(journal, f"{name} saves")
            while not Path(journal).with_name("saved").exists():
                time.sleep(0.02)
            raise
        return {"out": f"{name} after {epochs + 1}"}


class Search(Operator):
    """Looks for something better until it is asked for the best so far; says after how many rounds that was.

    It notes its name before the first round, and hangs instead of looking where `act` says so.
    """

    def run(self, context: Context, name: str, journal: str, act: str = "", **_: str) -> Outputs:
        note(journal, name)
        if act:
            ACTS[act](context, journal)
        while not context.finish_requested():
            time.sleep(0.01)
        return {"out": f"{name}: best so far"}


class Join(Operator):
    """The texts that arrive, in a row."""

    def run(self, context: Context, name: str, texts: Sequence[str], act: str = "", journal: str = "") -> Outputs:
        return {"out": f"{name}({', '.join(texts)})"}


class Score(Operator):
    """Metrics: how often its name was run until now, and how long the text is that arrives."""

    def run(self, context: Context, name: str, journal: str, text: str = "") -> Outputs:
        note(journal, name)
        runs = Path(journal).read_text().splitlines().count(name)
        return {"metrics": Metrics({"runs": runs, "length": len(text)})}


class Rows(Operator):
    """A table of wafers, some of each tool."""

    def run(self, context: Context, name: str, tools: Sequence[str] = (), journal: str = "") -> Outputs:
        import polars as pl

        return {
            "table": Table(pl.DataFrame({"tool": pl.Series(list(tools), dtype=pl.String), "wafer": range(len(tools))}))
        }


class Count(Operator):
    """The number of rows of a table, and the text of its tools."""

    def run(
        self, context: Context, table: Table, name: str, act: str = "", journal: str = "", refuse: str = ""
    ) -> Outputs:
        import polars as pl

        tools = sorted(set(table.polars()["tool"].to_list()))
        if journal:
            with open(journal, "a") as file:
                file.write(f"{name} {' '.join(tools)}\n")
        if act:
            ACTS[act](context, journal)
        if refuse in tools:
            raise DataError(f"{refuse} is refused")
        return {"counted": Table(pl.DataFrame({"rows": [table.num_rows]})), "out": ",".join(tools)}


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


def note(journal: str, line: str) -> None:
    with open(journal, "a") as file:
        file.write(f"{line}\n")


def report(context: Context, _journal: str) -> None:
    for part in range(100):
        context.progress(part / 100, f"part {part}")
    context.progress(1, "all parts")
    context.metric("loss", 0.25, step=1)
    context.log("half way", "warning")


def warn(context: Context, journal: str) -> None:
    for _ in range(2):
        context.warn({"en": "2 rows are left out.", "zh-CN": "去掉了 2 行。"})
    context.warn("x" * 1000)
    context.log("all well")


def refuse(context: Context, _journal: str) -> None:
    raise DataError("Column 'lot' is missing: add it.", column="lot")


def recover(context: Context, journal: str) -> None:
    """Fail until the journal has three lines of one kind."""
    lines = Path(journal).read_text().splitlines()
    if max(lines.count(line) for line in lines) < 3:
        raise DataError("not yet")


def falter(context: Context, journal: str) -> None:
    """Fail, as long as no more than three tasks have done so before."""
    for number in range(3):
        with suppress(FileExistsError):
            Path(journal).with_name(f"faltered-{number}").touch(exist_ok=False)
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
    os._exit(3)


def wait_for_go(context: Context, journal: str) -> None:
    """Go on when somebody makes the file ``go`` beside the journal."""
    while not Path(journal).with_name("go").exists():
        time.sleep(0.02)


def nap(context: Context, _journal: str) -> None:
    time.sleep(0.05)


def devour(context: Context, _journal: str) -> None:
    """Take memory without end, as far as it is given."""
    taken = []
    while True:
        taken.append(bytearray(1 << 30))


def abort_natively(context: Context, _journal: str) -> None:
    """What Rust does when it gets no memory."""
    os.write(2, b"memory allocation of 8589934592 bytes failed\n")
    os.abort()


def hostile(script: Callable[[Context], object]) -> Callable[[Context, str], None]:
    """A script of the runners' tests as an act; leaves the id of its process in ``<name>.pid``."""

    def act(context: Context, journal: str) -> None:
        file = Path(journal).with_name(f"{script.__name__}.pid")
        file.with_suffix(".draft").write_text(str(os.getpid()))
        file.with_suffix(".draft").rename(file)
        script(context)

    return act


HOSTILE = (
    scripts_under_test.catch_everything,
    scripts_under_test.hang_in_c,
    scripts_under_test.ignore_signals,
    scripts_under_test.start_daemon_and_wait,
    scripts_under_test.kill_itself,
)
ACTS = {
    act.__name__: act
    for act in (
        report,
        warn,
        refuse,
        recover,
        falter,
        hang,
        swallow,
        swallow_everything,
        die,
        wait_for_go,
        nap,
        devour,
        abort_natively,
    )
} | {script.__name__: hostile(script) for script in HOSTILE}
