"""What Prometheus reads, of a small state that the real engine has made, on both databases."""

import pytest
import sqlalchemy as sa
from prometheus_client.parser import text_string_to_metric_families as families

from patchbay_runners.serving.counts import Counts
from patchbay_runners.serving.wanted import AppStatus
from patchbay_server.engine import quotas
from patchbay_server.engine.admission import Quota
from patchbay_server.engine.commit import Result
from patchbay_server.engine.settings import PoolSettings
from patchbay_server.services.metrics import exposition
from patchbay_server.services.models import versions
from patchbay_server.services.people.actor import COMMAND
from patchbay_server.services.serving import deployments, wanted
from tests.server.engine.flows import plan_of, submit
from tests.server.services.collecting import Shop
from tests.server.services.models.trained import model, run_of

GIB = 1 << 30
TRAINING = {"operator": "train.tabular@1.0.0", "engine": "deepspeed", "gpu": 1}


class Seen(dict):
    """(name, labels as sorted pairs) -> value."""

    def of(self, name, **labels):
        return self.get((f"patchbay_{name}", tuple(sorted(labels.items()))))


def seen(platform):
    text = exposition.text(platform.database).decode()
    samples = [sample for family in families(text) for sample in family.samples]
    return Seen({(sample.name, tuple(sorted(sample.labels.items()))): sample.value for sample in samples})


@pytest.fixture
def shop(platform):
    shop = Shop(platform)
    shop.engine.set_pools([PoolSettings("train", 4, 2, 8 * GIB), PoolSettings("inference", 4, 0, 4 * GIB, "fixed")])
    return shop


def test_engine_and_pools(platform, project, shop):
    submit(shop.engine, plan_of("a", "b", "c <- a", b={"gpu": 1, "engine": "deepspeed"}))
    claim = shop.engine.claim("train", "w")
    found = seen(platform)
    assert found.of("tasks", pool="train", state="running") == 1
    assert found.of("tasks", pool="train", state="admitted") == 1
    assert found.of("waiting_gpus", pool="train") == 1 and found.of("waiting_gpus", pool="inference") == 0
    assert 0 <= found.of("oldest_waiting_seconds", pool="train") < 60
    assert found.of("oldest_waiting_seconds", pool="inference") == 0
    assert found.of("runs", project="default", state="running") == 1
    assert found.of("open_tasks", project="default", state="running") == 3
    assert found.of("runs_started_total") == 1
    assert (found.of("pool_cpus", pool="train"), found.of("pool_used_cpus", pool="train")) == (4, 1)
    assert (found.of("pool_gpus", pool="train"), found.of("pool_used_gpus", pool="train")) == (2, 0)
    assert (found.of("pool_memory_bytes", pool="train"), found.of("pool_used_memory_bytes", pool="train")) == (
        8 * GIB,
        claim.task.memory,
    )
    assert found.of("workers_alive", pool="train") == found.of("workers_busy", pool="train") == 0
    assert found.of("quota_used", project="default", resource="cpu") == 1
    assert found.of("quota_limit", project="default", resource="cpu") is None


def test_attempts_are_counted_by_how_they_ended(platform, shop):
    submit(shop.engine, plan_of("a", "b <- a", "c <- b"))
    shop.engine.hand_back(shop.engine.claim("train", "w"))
    for output in ("x", "y"):
        shop.engine.commit(shop.engine.claim("train", "w"), Result({"out": output}), "w")
    shop.engine.fail(shop.engine.claim("train", "w"), {"code": "operator_error", "message": "no"})
    found = seen(platform)
    ended = [found.of("attempts_ended_total", pool="train", state=state) for state in ("handed_back", "done", "failed")]
    assert ended == [1, 2, 1]


def test_quotas_and_failures(platform, project, shop):
    platform.database.transact(quotas.put, project, Quota(1.0, 2000, None, 3, 5 * GIB, True))
    claim = shop.claim()
    shop.engine.fail(claim, {"code": "training_diverged", "message": "the loss is nan"})
    found = seen(platform)
    assert found.of("quota_limit", project="default", resource="cpu") == 2
    assert found.of("quota_limit", project="default", resource="gpu") is None
    assert found.of("quota_limit", project="default", resource="trainings") == 3
    assert found.of("quota_limit", project="default", resource="storage") == 5 * GIB
    assert found.of("quota_used", project="default", resource="storage") == 0
    failed = {"project": "default", "engine": "auto", "code": "training_diverged"}
    assert found.of("tasks_failed_last_hour", **failed) == 1
    move = sa.text("UPDATE task SET ended_at = ended_at - 4000")
    platform.database.transact(lambda transaction: transaction.core.execute(move))
    assert seen(platform).of("tasks_failed_last_hour", **failed) is None


def test_a_training_shows_the_newest_point_of_each_curve_of_its_attempt(platform, shop):
    run_id = submit(shop.engine, plan_of("net", "other", net=TRAINING))
    claims = {"net": shop.engine.claim("train", "a", "driver"), "other": shop.engine.claim("train", "b")}
    net = {"project": "default", "run": str(run_id), "path": "net", "index": ""}
    assert seen(platform).of("training_running", **net) == 1
    assert seen(platform).of("training_loss", **net) is None

    def point(name, value, step):
        return "metric", {"name": name, "value": value, "step": step}

    shop.engine.report(claims["net"], [point("loss", 2.0, 1), point("learning_rate", 0.1, 1), point("loss", 1.5, 2)])
    shop.engine.report(claims["net"], [("log", {"level": "info", "message": "on"}), point("rows_per_second", 640.0, 2)])
    shop.engine.report(claims["other"], [point("loss", 9.0, 9)])
    found = seen(platform)
    assert [found.of(f"training_{name}", **net) for name in ("loss", "learning_rate", "rows_per_second", "step")] == [
        1.5, 0.1, 640.0, 2,
    ]  # fmt: skip
    assert 0 <= found.of("training_report_age_seconds", **net) < 60
    assert found.of("training_loss", **(net | {"path": "other"})) is None
    assert found.of("quota_used", project="default", resource="trainings") == 1


def test_deployments(platform, project, shop):
    version = versions.register(platform, COMMAND, project, "yield", run_id=run_of(shop, model(1.0)), node="train")
    options = {"model": "yield", "number": 1, "replicas": 2, "cpu": 1.0, "memory": GIB}
    known, _ = deployments.deploy(platform, COMMAND, project, "press", **options)
    press = {"project": "default", "deployment": "press"}
    found = seen(platform)
    assert found.of("deployment_state", **press, state="starting") == 1
    assert found.of("deployment_latency_seconds_count", **press) is None
    counts = Counts()
    for status in (200, 200, 422, 500):
        counts.add(status, 0.02, 1)
    told = AppStatus(replicas=1, version=version.id, counts={"a": counts.to_json()})
    wanted.note(platform, {known.id: told})
    found = seen(platform)
    assert found.of("deployment_state", **press, state="starting") == 0
    assert found.of("deployment_replicas_wanted", **press) == 2 and found.of("deployment_replicas_live", **press) == 1
    assert [found.of("deployment_requests_total", **press, outcome=name) for name in ("ok", "refused", "error")] == [
        2, 1, 1,
    ]  # fmt: skip
    latency = "deployment_latency_seconds"
    assert [found.of(f"{latency}_bucket", **press, le=le) for le in ("0.01", "0.025", "+Inf")] == [0, 4, 4]
    assert found.of(f"{latency}_count", **press) == 4 and found.of(f"{latency}_sum", **press) == pytest.approx(0.08)
    counts.add(200, 20.0, 1)
    wanted.note(platform, {known.id: AppStatus(replicas=1, version=version.id, counts={"a": counts.to_json()})})
    found = seen(platform)
    assert [found.of(f"{latency}_bucket", **press, le=le) for le in ("0.025", "10.0", "+Inf")] == [4, 4, 5]
    assert found.of("pool_used_cpus", pool="inference") == 2
