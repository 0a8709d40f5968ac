"""The plugin host's process: reads one JSON request per line from stdin, answers one JSON line on stdout.

A question: ``{"spec": path, "schemas": {port: schema or null}, "params": {...}, "seconds": limit}``.
Answer: ``{"schemas": {port: schema or null}}`` or ``{"error": text}``. News: ``{"ended": run id, "state": state,
"seconds": limit}``, answered by ``{}`` or an error once the plugins' `run_finished` was called. It ends with its stdin.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from patchbay_sdk.registry import load_operator, load_plugins, plugin_manager
from patchbay_sdk.schema import Schema
from patchbay_sdk.spec import OperatorSpec


def serve() -> None:
    # What plugins print must not reach the protocol's pipe.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    for line in sys.stdin:
        request = json.loads(line)
        # SIGALRM's default action ends this process even inside C code, and also when nobody waits any more.
        signal.setitimer(signal.ITIMER_REAL, request["seconds"])
        answer = _infer(request) if "spec" in request else _tell(request)
        signal.setitimer(signal.ITIMER_REAL, 0)
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def _infer(request: dict[str, Any]) -> dict[str, Any]:
    schemas = {port: Schema.from_json(raw) if raw else None for port, raw in request["schemas"].items()}
    try:
        operator = load_operator(OperatorSpec.from_file(Path(request["spec"])))
        inferred = operator.operator_infer(schemas, request["params"])
        return {"schemas": {port: schema.to_json() if schema else None for port, schema in inferred.items()}}
    except Exception as error:  # noqa: BLE001 - plugin code may raise anything
        return {"error": f"{type(error).__name__}: {error}"}


def _tell(news: dict[str, Any]) -> dict[str, Any]:
    try:
        load_plugins()
        plugin_manager().hook.run_finished(run_id=str(news["ended"]), state=news["state"])
        return {}
    except Exception as error:  # noqa: BLE001 - plugin code may raise anything
        return {"error": f"{type(error).__name__}: {error}"}


if __name__ == "__main__":
    serve()
