"""Deployments in the database: slots that are taken and given back, and states that follow from what there is."""

import pytest

from patchbay_runners.serving.counts import BOUNDS, Counts
from patchbay_runners.serving.wanted import AppStatus
from patchbay_server.engine import inspection, pools
from patchbay_server.engine.errors import NotFound
from patchbay_server.engine.settings import PoolSettings
from patchbay_server.services.errors import AlreadyExists, Conflict, Invalid
from patchbay_server.services.models import registry, versions
from patchbay_server.services.people.actor import COMMAND
from patchbay_server.services.people.keys import digest
from patchbay_server.services.serving import deployments, door, traffic, wanted
from tests.server.services.collecting import Shop
from tests.server.services.models.trained import model, run_of

GIB = 1 << 30


@pytest.fixture
def shop(platform, project):
    shop = Shop(platform)
    shop.engine.set_pools([PoolSettings("inference", 4, 0, 4 * GIB, "fixed")])
    for c in (1.0, 2.0):
        run_id = run_of(shop, model(c))
        versions.register(platform, COMMAND, project, "yield", run_id=run_id, node="train")
    return shop


def deploy(shop, project, name="press", **more):
    options = {"model": "yield", "number": 1, "replicas": 2, "cpu": 1.0, "memory": GIB}
    return deployments.deploy(shop.platform, COMMAND, project, name, **{**options, **more})


def change(shop, project, name="press", **more):
    known = deployments.find(shop.platform, project, name)
    options = {"model": "yield", "number": 1, "replicas": 2, "expected": known.version}
    return deployments.change(shop.platform, COMMAND, project, name, **{**options, **more})


def status(version, replicas, **more):
    return AppStatus(replicas=replicas, version=version, **more)


def used(shop):
    with shop.engine.database.read() as transaction:
        assert inspection.inspect(transaction) == []
        pool = pools.get(transaction, "inference")
    return pool.used.cpu_milli / 1000, pool.used.memory // GIB


def test_slots_are_taken_for_every_replica_or_for_none(shop, project):
    known, key = deploy(shop, project)
    assert (known.state, known.replicas, known.path, known.live) == ("starting", 2, "/default/press", None)
    assert key.startswith(door.PREFIX) and used(shop) == (2, 2)
    with pytest.raises(Conflict, match=r"has 2 CPU, 2 GiB free of 4 CPU, 4 GiB; 3 replica.s. need 3 CPU, 3 GiB"):
        deploy(shop, project, "other", replicas=3)
    with pytest.raises(Conflict, match=r"2 replica.s. need 2 CPU, 4 GiB"):
        deploy(shop, project, "other", memory=2 * GIB)
    with pytest.raises(AlreadyExists):
        deploy(shop, project)
    with pytest.raises(NotFound, match="no alias 'champion'"):
        deploy(shop, project, "other", number="champion")
    with pytest.raises(Invalid, match="no name for a deployment"):
        deploy(shop, project, "Other")
    assert used(shop) == (2, 2)


def test_what_is_there_is_told_and_fewer_replicas_give_their_slots_when_they_are_gone(shop, project):
    known, _ = deploy(shop, project)
    first, second = (versions.find(shop.platform, project, "yield", number).id for number in (1, 2))

    def now(told):
        wanted.note(shop.platform, {known.id: told})
        found = deployments.find(shop.platform, project, "press")
        return found.state, found.live, found.live_replicas

    assert now(AppStatus()) == ("starting", None, 0)
    assert now(status(first, 1)) == ("changing", 1, 1)
    assert now(status(first, 2)) == ("serving", 1, 2)
    assert change(shop, project, number=2, replicas=3).state == "changing" and used(shop) == (3, 3)
    assert now(status(first, 2)) == ("changing", 1, 2)
    assert now(status(None, 3)) == ("changing", 1, 3)
    assert now(status(second, 3)) == ("serving", 2, 3)
    change(shop, project, number=2, replicas=1)
    assert now(status(second, 3)) == ("changing", 2, 3) and used(shop) == (3, 3)
    assert now(status(second, 1)) == ("serving", 2, 1) and used(shop) == (1, 1)
    assert now(status(second, 1, failure="cannot be loaded")) == ("failing", 2, 1)
    assert deployments.find(shop.platform, project, "press").message == "cannot be loaded"
    deployments.remove(shop.platform, COMMAND, project, "press")
    assert now(status(second, 1)) == ("stopping", 2, 1) and used(shop) == (1, 1)
    wanted.note(shop.platform, {})
    assert used(shop) == (0, 0)
    with pytest.raises(NotFound):
        deployments.find(shop.platform, project, "press")
    assert deploy(shop, project)[0].requests == 0


def test_what_is_wanted_names_the_version_that_answers_too(shop, project):
    known, key = deploy(shop, project)
    first = versions.find(shop.platform, project, "yield", 1)
    wanted.note(shop.platform, {known.id: status(first.id, 2)})
    change(shop, project, number=2)
    _, renewed = deployments.renew_key(shop.platform, COMMAND, project, "press")
    (app,) = wanted.wanted(shop.platform, 1).apps
    assert (app.version.number, app.live.number, app.live.artifact) == (2, 1, first.artifact_id)
    assert app.digest == digest(renewed) != digest(key)
    with pytest.raises(Conflict, match="changed meanwhile"):
        change(shop, project, expected=1)
    with pytest.raises(Conflict, match="deployed as 'press'"):
        versions.archive(shop.platform, COMMAND, project, "yield", 1, archived=True, note="")
    with pytest.raises(Conflict, match="deployed as 'press'"):
        registry.change(shop.platform, COMMAND, project, "yield", description="", archived=True, expected=1)
    deployments.remove(shop.platform, COMMAND, project, "press")
    assert wanted.wanted(shop.platform, 2).apps == () and wanted.is_any(shop.platform)


def test_traffic_is_counted_once_whoever_tells_it_again(shop, project):
    known, _ = deploy(shop, project)
    first = versions.find(shop.platform, project, "yield", 1)

    def tell(**replicas):
        wanted.note(shop.platform, {known.id: status(first.id, 2, counts=replicas)})
        found = deployments.find(shop.platform, project, "press")
        return found.requests, found.refused, found.errors

    def counts(*answers):
        made = Counts()
        for http, seconds in answers:
            made.add(http, seconds, 1)
        return made.to_json()

    a = counts((200, 0.002), (422, 0.002), (500, 20.0))
    assert tell(a=a) == (3, 1, 1)
    assert tell(a=a, b=counts((200, 0.03))) == (4, 1, 1)
    assert tell(b=counts((200, 0.03), (200, 0.03))) == (5, 1, 1)
    assert tell(c=counts((200, 0.03))) == (6, 1, 1)
    found = traffic.traffic(shop.platform, project, "press")
    assert (found.requests, found.refused, found.errors) == (6, 1, 1)
    assert found.p50 == pytest.approx(0.0333, abs=1e-3) and found.p99 == BOUNDS[-1]
    assert sum(minute.requests for minute in found.minutes) == 6
