"""Dashboard, alerts and the table of metrics name what /metrics gives, with the labels that it has."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from prometheus_client.core import Metric

from patchbay_server import config
from patchbay_server.services.metrics import exposition
from patchbay_server.services.metrics.moment import Moment
from patchbay_server.services.platform import Platform, prepare

FOLDER = Path(__file__).parents[2] / "docs" / "operations"
DASHBOARD = json.loads((FOLDER / "grafana.json").read_text())
RULES = [rule for group in yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"] for rule in group["rules"]]
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
SELECTED = re.compile(r"\b(patchbay_\w+)(?:\{([^}]*)\})?")
GROUPED = re.compile(r"\b(?:by|on) \(([^)]*)\)")


@pytest.fixture(scope="module")
def families(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Metric]:
    """Name of a metric, as queries write it -> what /metrics says of it."""
    settings = config.load({"PATCHBAY_HOME": str(tmp_path_factory.mktemp("home"))})
    prepare(settings)
    with Platform.open(settings) as platform, platform.database.read() as transaction:
        moment = Moment.of(transaction)
        told = [family for subject in exposition.SUBJECTS for family in subject.collect(moment)]
    return {family.name + ("_total" if family.type == "counter" else ""): family for family in told}


def labels_of(family: Metric) -> tuple[str, ...]:
    return tuple(family._labelnames)  # type: ignore[attr-defined] # of every family that `families` makes


def queries() -> Iterator[tuple[str, str, str]]:
    """Where, a query, and the text that is filled with its labels."""
    for panel in PANELS:
        for target in panel["targets"]:
            yield panel["title"], target["expr"], target["legendFormat"]
    for rule in RULES:
        yield rule["alert"], rule["expr"], " ".join(rule["annotations"].values())


def test_every_query_names_metrics_and_labels_that_there_are(families: dict[str, Metric]) -> None:
    asked = set()
    for where, query, text in queries():
        known = set()
        for name, selector in SELECTED.findall(query):
            is_bucket = name.endswith("_bucket")
            name = name.removesuffix("_bucket")
            assert name in families, f"{where}: there is no {name}"
            assert is_bucket == (families[name].type == "histogram"), f"{where}: {name}"
            labels = set(labels_of(families[name])) | ({"le"} if is_bucket else set())
            wrong = set(re.findall(r"(\w+)\s*(?:=~|!=|!~|=)", selector)) - labels
            assert not wrong, f"{where}: {name} has no {wrong}"
            known |= labels
            asked.add(name)
        assert known or "absent(" in query or "runs_started" in query, where
        used = {name.strip() for group in GROUPED.findall(query) for name in group.split(",")}
        used |= _filled(text)
        assert used <= known, f"{where}: {used - known}"
    assert families.keys() - asked == set(), "metrics that neither dashboard nor alerts show"


def _filled(text: str) -> set[str]:
    return {first or second for first, second in re.findall(r"\{\{ ?\$labels\.(\w+) ?\}\}|\{\{(\w+)\}\}", text)}


def test_the_dashboard_can_be_imported() -> None:
    (source,) = DASHBOARD["__inputs"]
    assert (source["type"], source["pluginId"]) == ("datasource", "prometheus")
    rows = [panel["title"] for panel in DASHBOARD["panels"] if panel["type"] == "row"]
    assert rows == ["Engine", "Pools", "Training", "Serving"]
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(set(ids)) == len(ids)
    for panel in PANELS:
        assert re.search(r"\(.+\)$", panel["title"]), f"{panel['title']}: the title names no unit"
        assert panel["fieldConfig"]["defaults"]["unit"]
        assert panel["datasource"]["uid"] == f"${{{source['name']}}}"


def test_the_alerts_are_rules_of_prometheus() -> None:
    assert len({rule["alert"] for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert rule.keys() <= {"alert", "expr", "for", "labels", "annotations"}
        assert re.fullmatch(r"Patchbay\w+", rule["alert"])
        assert re.fullmatch(r"\d+[smh]", rule.get("for", "0s"))
        assert rule["labels"]["severity"] in ("info", "warning", "critical")
        assert rule["annotations"].keys() == {"summary", "description"}
        assert rule["expr"].count("(") == rule["expr"].count(")")


def test_the_table_of_metrics_is_what_there_is(families: dict[str, Metric]) -> None:
    rows = [line for line in (FOLDER / "README.md").read_text().splitlines() if line.startswith("| `patchbay_")]
    wanted = [
        f"| `{name}` | {family.type} | {', '.join(f'`{label}`' for label in labels_of(family))} |"
        f" {family.documentation} |"
        for name, family in families.items()
    ]
    assert rows == wanted
