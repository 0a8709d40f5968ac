"""What is told about the end of a run: as JSON for programs, as a text in both languages for people."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from patchbay_server.engine.flows import shown_name
from patchbay_server.store.database import Transaction
from patchbay_server.store.statement import Statement

LONGEST_ERROR = 2000
"""Characters."""
ENDED = Statement(
    "SELECT project.name, flow.name, run.state, run.started_at, run.ended_at FROM run"
    " JOIN project ON project.id = run.project_id JOIN flow ON flow.id = run.flow_id WHERE run.id = :run_id"
)
FIRST_FAILURE = Statement(
    "SELECT path, error FROM task WHERE run_id = :run_id AND state = 'failed' AND NOT tolerated"
    " ORDER BY ended_at, id LIMIT 1"
)
ENGLISH = {"done": "is done", "failed": "has failed", "cancelled": "was cancelled"}
CHINESE = {"done": "已完成", "failed": "失败", "cancelled": "已取消"}


@dataclass(frozen=True, slots=True)
class Failure:
    """The first step that failed for good, and why. `chinese`: the message, where the operator says it so, too."""

    node: str
    code: str
    message: str
    chinese: str | None


@dataclass(frozen=True, slots=True)
class EndedRun:
    """A run at its end. Times: seconds since 1970. `url`: its page; None: nobody has said where the platform is."""

    project: str
    flow: str
    run: int
    state: str
    failure: Failure | None
    started_at: float | None
    ended_at: float
    url: str | None

    def to_json(self) -> str:
        """The body of a webhook."""
        failure = self.failure
        data = {
            "project": self.project,
            "flow": self.flow,
            "run": self.run,
            "state": self.state,
            "error": failure and {"node": failure.node, "code": failure.code, "message": failure.message},
            "started_at": self.started_at and _iso(self.started_at),
            "ended_at": _iso(self.ended_at),
            "url": self.url,
        }
        return _body("run.ended", self.ended_at, data)

    def subject(self) -> str:
        what = f"{self.flow}: run {self.run} {ENGLISH[self.state]} / 运行 {self.run} {CHINESE[self.state]}"
        return f"[Patchbay] {what}"

    def text(self) -> str:
        lines = [
            f'Run {self.run} of the flow "{self.flow}" in the project "{self.project}" {ENGLISH[self.state]}.',
            f"项目“{self.project}”中流程“{self.flow}”的运行 {self.run} {CHINESE[self.state]}。",
            "",
        ]
        if self.failure:
            told = [self.failure.message, *([self.failure.chinese] if self.failure.chinese else [])]
            lines += [f"Step / 步骤: {self.failure.node}", f"Error / 错误: {' / '.join(told)}", ""]
        started = f"{_iso(self.started_at)} – " if self.started_at else ""
        lines += [f"Time / 时间: {started}{_iso(self.ended_at)}", *([self.url] if self.url else [])]
        return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class Test:
    """What is sent to see whether it arrives. `at`: seconds since 1970."""

    project: str
    notification: str
    at: float

    def to_json(self) -> str:
        """The body of a webhook."""
        return _body("notification.test", self.at, {"project": self.project, "notification": self.notification})

    def subject(self) -> str:
        return f"[Patchbay] Test of {self.notification} / {self.notification} 的测试"

    def text(self) -> str:
        return (
            f'The notification "{self.notification}" of the project "{self.project}" reaches you.\n'
            f"项目“{self.project}”的通知“{self.notification}”可以送达。\n"
        )


Message = EndedRun | Test


def of_run(transaction: Transaction, run_id: int, platform_url: str | None) -> EndedRun:
    """What there is to tell about a run that has ended; it stays the same."""
    row = transaction.one(ENDED, {"run_id": run_id})
    assert row is not None, run_id
    project, flow, state, started_at, ended_at = row
    failed = transaction.one(FIRST_FAILURE, {"run_id": run_id}) if state == "failed" else None
    failure = None if failed is None else _failure(*failed)
    url = platform_url and f"{platform_url}/p/{project}/runs/{run_id}"
    return EndedRun(project, shown_name(flow), run_id, state, failure, started_at, ended_at, url)


def _failure(path: str, error: str | None) -> Failure:
    told = json.loads(error) if error else {}
    chinese = told.get("details", {}).get("texts", {}).get("zh-CN")
    short = [text and str(text)[:LONGEST_ERROR] for text in (told.get("message", ""), chinese)]
    return Failure(path, str(told.get("code", "")), *short)


def _body(type: str, at: float, data: dict[str, Any]) -> str:
    return json.dumps({"type": type, "timestamp": _iso(at), "data": data}, ensure_ascii=False)


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
