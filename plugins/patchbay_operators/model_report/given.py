"""What comes to a report as JSON text: the summary of the automatic modelling, and findings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from patchbay_operators.advice import ORDER, Finding, Fix, Text
from patchbay_sdk import DataError


def read_summary(text: str | None) -> Mapping[str, Any]:
    """The summary; none given: empty. Raises DataError for what is no JSON object."""
    found = _read(text, "summary")
    if found is None:
        return {}
    if not isinstance(found, dict):
        other = Text(
            "summary: it must be a JSON object, as the step “Find the best model” gives it.",
            "自动建模摘要必须是 JSON 对象，即“寻找最佳模型”给出的内容。",
        )
        raise DataError(other.as_json())
    return found


def read_findings(text: str | None) -> list[Finding]:
    """The findings; none given: none. Raises DataError for what is no list of findings."""
    found = _read(text, "findings")
    if found is None:
        return []
    try:
        return [_finding(each) for each in found]
    except (KeyError, TypeError, AttributeError) as error:
        other = Text(
            "findings: it must be a JSON list of findings, as the step “Advice on the data” gives it.",
            "数据检查结果必须是 JSON 列表，即“数据建议”给出的内容。",
        )
        raise DataError(other.as_json()) from error


def _read(text: str | None, name: str) -> Any:
    if text is None or not text.strip():
        return None
    try:
        return json.loads(text)
    except ValueError as error:
        title = {"summary": "自动建模摘要", "findings": "数据检查结果"}[name]
        broken = Text(f"{name}: it is no JSON: {error}.", f"{title}不是 JSON：{error}。请检查所连接的输出。")
        raise DataError(broken.as_json()) from error


def _finding(found: Mapping[str, Any]) -> Finding:
    fix, severity = found.get("fix"), found["severity"]
    if severity not in ORDER:
        raise KeyError(severity)
    return Finding(
        code=str(found["code"]),
        severity=severity,
        title=_text(found["title"]),
        meaning=_text(found["meaning"]),
        columns=[str(name) for name in found.get("columns", [])],
        values=dict(found.get("values", {})),
        fix=None if fix is None else _fix(fix),
    )


def _fix(found: Mapping[str, Any]) -> Fix:
    node = found.get("node")
    if node is not None:
        return Fix(_text(found["label"]), dict(node["params"]), str(node["operator"]))
    return Fix(_text(found["label"]), dict(found["params"]))


def _text(found: Mapping[str, Any]) -> Text:
    return Text(str(found["en"]), str(found["zh-CN"]))
