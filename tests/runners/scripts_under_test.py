"""What the operator `Script` can be told to do: mostly what operators should not."""
# ruff: noqa: T201, BLE001, SIM105

import ctypes
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import threading
import time
from typing import Any

from patchbay_sdk.context import Context
from patchbay_sdk.errors import Cancelled, DataError


def greet(context: Context) -> str:
    return "grüße 你好"


def say(context: Context) -> None:
    print("printed 你好")
    print("to stderr", file=sys.stderr)
    os.system("echo from a child process")
    ctypes.CDLL(None).printf(b"from C\n")
    context.log("logged", "warning")
    context.metric("loss", 0.5, step=3)
    context.artifact("note", "kept beside", "text")
    context.progress(1, "done")


def say_and_wait(context: Context) -> None:
    print("visible before the end")
    context.progress(1)
    time.sleep(600)


def flood(context: Context) -> None:
    for number in range(100_000):
        print(f"line {number} of a task that prints far too much")
        context.progress(number / 100_000)


def flood_events(context: Context) -> None:
    for number in range(5_000):
        context.metric("loss", number, step=number)


def fail_with_data_error(context: Context) -> None:
    raise DataError("Column 'height' is empty.", columns=["height"])


def fail_in_code(context: Context) -> None:
    1 / 0  # noqa: B018


def fail_without_stderr(context: Context) -> None:
    sys.stderr.close()
    sys.stderr = None
    fail_in_code(context)


def fail_with_broken_error(context: Context) -> None:
    class BrokenError(Exception):
        def __str__(self) -> str:
            raise ValueError("cannot even be printed")

    raise BrokenError


def call_exit(context: Context) -> None:
    sys.exit(3)


def exit_at_once(context: Context) -> None:
    os._exit(3)


def crash(context: Context) -> None:
    ctypes.string_at(0)


def kill_itself(context: Context) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def close_every_descriptor(context: Context) -> None:
    os.closerange(3, 256)
    time.sleep(600)


def catch_everything(context: Context) -> None:
    context.progress(1)
    while True:
        try:
            time.sleep(600)
        except BaseException:
            pass


def hang_in_c(context: Context) -> None:
    context.progress(1)
    libc = ctypes.PyDLL(None)  # PyDLL keeps the interpreter lock: no Python signal handler can run
    while True:
        libc.sleep(600)


def ignore_signals(context: Context) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    context.progress(1)
    time.sleep(600)


def work_with_a_helper(context: Context) -> None:
    helper = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        context.progress(1)
        time.sleep(600)
    except Cancelled:
        said, _ = helper.communicate("with the helper's help", timeout=30)
        (context.checkpoint_dir / "saved").write_text(said)
        context.log((context.checkpoint_dir / "saved").read_text())
        raise


def search(context: Context) -> str:
    """Looks for something better until the best so far is wanted; says when it has looked a few times in vain."""
    context.progress(0)
    looks = 0
    while not context.finish_requested():
        looks += 1
        if looks == 5:
            context.metric("looks", looks)
        time.sleep(0.01)
    return "the best so far"


def stop_politely(context: Context) -> None:
    try:
        context.progress(1)
        time.sleep(600)
    finally:
        (context.temp_dir.parent / "stopped").write_text("politely")


def raise_another_error_when_stopped(context: Context) -> None:
    """As Ray Tune does: it catches whatever comes while it handles a result, and raises an error of its own."""
    try:
        context.progress(1)
        time.sleep(600)
    except Exception:
        raise ValueError("a trial failed") from None


def start_daemon(context: Context) -> str:
    """Forks twice into sessions of its own, as a daemon does; leaves its process id behind."""
    found = context.temp_dir.parent / "daemon"
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.setsid()
            found.with_suffix(".tmp").write_text(str(os.getpid()))
            found.with_suffix(".tmp").rename(found)
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            time.sleep(600)
        os._exit(0)
    while not found.exists():
        time.sleep(0.005)
    return found.read_text()


def start_daemon_and_wait(context: Context) -> None:
    start_daemon(context)
    context.progress(1)
    time.sleep(600)


def start_daemon_and_die(context: Context) -> None:
    start_daemon(context)
    os._exit(3)


def leave_child_behind(context: Context) -> str:
    return str(subprocess.Popen(["sleep", "600"]).pid)


def leave_thread_behind(context: Context) -> str:
    threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
    return str(os.getpid())


def fork_workers(context: Context) -> str:
    """Workers that try to speak for the task."""
    with multiprocessing.get_context("fork").Pool(2) as pool:
        numbers = pool.map(_square_and_report, range(4))
    return str(numbers)


def _square_and_report(number: int) -> int:
    print("worker", number)
    return number * number


def return_in_forked_child(context: Context) -> str:
    """A child that goes on as if it were the task process."""
    os.fork()
    return "once"


def take_memory(context: Context) -> str:
    globals()["hoard"] = b"x" * (64 << 20)
    return str(os.getpid())


def tell_process(context: Context) -> str:
    return str(os.getpid())


def tell_environment(context: Context) -> str:
    return "\n".join(sorted(os.environ))


def spoil_process(context: Context) -> None:
    os.environ["SPOILED"] = "yes"
    sys.path.insert(0, "/spoiled")
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.chdir("/")
    sys.stdout.close()


def tell_condition(context: Context) -> str:
    print("still prints")
    return f"{'SPOILED' in os.environ} {'/spoiled' in sys.path} {os.getcwd() == str(context.temp_dir.resolve())}"


def random_numbers(context: Context) -> str:
    import numpy as np

    return f"{random.random()} {np.random.rand()} {hash('text')}"


def use_polars_and_sklearn(context: Context) -> str:
    import numpy as np
    import polars as pl
    from sklearn.ensemble import HistGradientBoostingClassifier

    frame = pl.DataFrame({"a": np.arange(1000.0), "b": np.arange(1000) % 2})
    frame.group_by("b").agg(pl.col("a").mean()).sort("b")
    HistGradientBoostingClassifier(max_iter=2).fit(frame.select("a").to_numpy(), frame["b"].to_numpy())
    return "used"


def tell_modules(context: Context) -> str:
    return " ".join(name for name in ("first_module", "slow_module", "polars") if name in sys.modules)


def fill_file_size_limit(context: Context) -> Any:
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
    return "x" * 100_000


def say_to_the_platform(context: Context) -> None:
    """Sends what a file holds on the socket that is the platform's."""
    import gc

    channel = next(vars(thing)["_channel"] for thing in gc.get_objects() if type(thing).__name__ == "TaskProcess")
    channel.sendall(context.data_path("said").read_bytes())
    time.sleep(600)


def dig(context: Context) -> None:
    """Leaves folders deeper than any path, the last one closed."""
    os.chdir(context.temp_dir)
    for _ in range(1500):
        os.mkdir("deeper")
        os.chdir("deeper")
    os.mkdir("closed")
    os.mkdir("closed/in")
    os.chmod("closed", 0)
    os.chdir("/")


def multiply(context: Context) -> None:
    """Starts forty processes that wait, which is enough to see."""
    for _ in range(40):
        if os.fork() == 0:
            break
    time.sleep(600)
