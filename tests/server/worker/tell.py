"""Ways in which an operator may give a secret away."""
# ruff: noqa: T201

import base64
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from urllib.parse import quote, quote_plus

from patchbay_sdk.context import Context
from patchbay_sdk.errors import DataError


def forms(value: str) -> list[str]:
    """A value as programs show it."""
    data = value.encode()
    basic = base64.b64encode(b"user:" + data).decode()
    encoded = [base64.b64encode(data).decode(), base64.urlsafe_b64encode(data).decode(), basic, data.hex()]
    return [value, json.dumps(value), repr(value), quote(value, safe=""), quote_plus(value), *encoded]


def in_one_go(context: Context, value: str) -> None:
    for form in forms(value):
        print("told:", form)
    for line in value.splitlines():
        print("a line:", line, file=sys.stderr)
    subprocess.run(["cat"], input=value.encode(), check=True)


def byte_by_byte(context: Context, value: str) -> None:
    """Slowly enough for the log to be copied in the middle of it."""
    for number, byte in enumerate(value.encode()):
        os.write(1, bytes([byte]))
        if number % 8 == 4:
            time.sleep(0.25)


def in_events(context: Context, value: str) -> None:
    context.log(f"connecting with {value}", level=f"level {value}")
    context.warn(json.dumps({value: [value]}))
    context.progress(0.5, f"half of {value}")
    context.progress(1, value)
    context.metric(f"loss of {value}", 1.0)
    context.artifact(f"kept {value}", "a text", "text")


def in_an_error(context: Context, value: str) -> None:
    raise DataError(f"cannot connect with {value}", url=value, tried=[{value: value}])


def in_a_traceback(context: Context, value: str) -> None:
    try:
        {}[value]
    except KeyError as error:
        raise ValueError(f"no {value!r}") from error


def before_it_dies(context: Context, value: str) -> None:
    os.write(1, value.encode())
    time.sleep(0.25)
    os.write(1, value.encode())
    os.kill(os.getpid(), signal.SIGKILL)


def after_it_ended(context: Context, value: str) -> None:
    """The first half before the task ends, the second after it."""
    data = value.encode()
    os.write(1, data[:5])
    threading.Thread(target=lambda: (time.sleep(0.05), os.write(1, data[5:]), time.sleep(600)), daemon=True).start()


WAYS: dict[str, Callable[[Context, str], None]] = {
    way.__name__: way
    for way in (in_one_go, byte_by_byte, in_events, in_an_error, in_a_traceback, before_it_dies, after_it_ended)
}
