"""A collector beside attempts that commit, reuse, die and hurry: nothing that is referred to is ever missing."""

import random
import threading
import time

import pytest

from patchbay_runners import garbage
from patchbay_sdk.errors import ArtifactLost
from patchbay_server.engine import Engine
from patchbay_server.engine.collection import begin
from patchbay_server.services.collection import collect
from patchbay_server.services.people.actor import COMMAND
from patchbay_server.store.database import Database
from tests.server.engine.flows import plan_of, submit
from tests.server.services.collecting import Shop, reused


@pytest.fixture
def shop(platform):
    shop = Shop(platform)
    shop.run("value")
    shop.run("newest")
    shop.age(1, 2)
    return shop


def collect_meanwhile(shop, monkeypatch, *, before=None, after=None):
    """Collect, and do something once it is known what goes, or when it has gone."""
    find = garbage.find

    def found(*arguments):
        answer = find(*arguments)
        if before:
            before()
        return answer

    monkeypatch.setattr(garbage, "find", found)
    collect(shop.platform, COMMAND, keep_days=30)
    monkeypatch.setattr(garbage, "find", find)
    if after:
        after()


def test_a_cache_hit_that_commits_while_it_is_being_collected_keeps_its_files(shop, monkeypatch):
    claim = shop.claim()
    opened = shop.open(claim, "value")
    assert opened.outcome == "reuse"

    def commit():
        shop.engine.commit(claim, reused(opened), "w", confirm=shop.store.confirm)

    collect_meanwhile(shop, monkeypatch, before=commit)
    (id,) = opened.outputs.values()
    assert shop.store.exists(id)
    assert shop.open(shop.claim(), "value").outcome == "reuse"


def test_a_cache_hit_whose_files_have_gone_is_not_committed_and_runs_again(shop, monkeypatch):
    claim = shop.claim()
    opened = shop.open(claim, "value")

    def commit():
        with pytest.raises(ArtifactLost):
            shop.engine.commit(claim, reused(opened), "w", confirm=shop.store.confirm)

    collect_meanwhile(shop, monkeypatch, after=commit)
    shop.engine.hand_back(claim)
    again = shop.engine.claim("train", "w")
    assert again.task.id == claim.task.id
    assert shop.open(again, "value").outcome == "run"


def test_an_attempt_that_did_not_write_what_was_there_is_not_committed_without_it(shop, monkeypatch):
    claim = shop.claim("other")
    shop.open(claim, "same value, other key")
    id = shop.store.save("value", "text", claim.task.token)
    shop.age_files()  # the mark of this attempt is long ago

    def commit():
        with pytest.raises(ArtifactLost):
            shop.commit(claim, id)
        assert shop.store.save("value", "text", claim.task.token) == id
        shop.commit(claim, id)

    collect_meanwhile(shop, monkeypatch, after=commit)
    assert shop.store.exists(id)


def test_an_attempt_that_has_just_not_written_what_was_there_finds_it_at_its_commit(shop):
    claim = shop.claim("other")
    id = shop.store.save("value", "text", claim.task.token)
    collect(shop.platform, COMMAND, keep_days=30)
    shop.commit(claim, id)
    assert shop.store.exists(id)


def test_a_collector_that_was_killed_makes_commits_look_and_the_next_one_ends_it(shop, monkeypatch):
    def die(*_):
        raise SystemExit

    monkeypatch.setattr(garbage, "remove", die)
    with pytest.raises(SystemExit):
        collect(shop.platform, COMMAND, keep_days=30)
    monkeypatch.undo()
    assert shop.epoch() % 2 == 1
    claim, asked = shop.claim("other"), []
    id = shop.store.save("value", "text", claim.task.token)
    shop.engine.commit(claim, shop_result(id), "w", confirm=asked.extend)
    assert asked == [id]
    shop.age(3)
    collect(shop.platform, COMMAND, keep_days=30)
    assert shop.epoch() % 2 == 0
    claim = shop.claim("other")
    shop.engine.commit(claim, shop_result(id), "w", confirm=die)  # nobody collects: nothing to look at


def shop_result(id):
    from patchbay_server.engine import Result

    return Result({"out": id})


def test_a_collector_that_another_has_overtaken_removes_nothing_more(shop, monkeypatch):
    files = shop.files()
    collect_meanwhile(shop, monkeypatch, before=lambda: shop.engine.database.transact(begin))
    assert shop.files() == files and shop.epoch() % 2 == 1


def test_a_collector_waits_for_a_commit_that_is_under_way(shop, database_url):
    """What it then looks up includes that commit."""
    claim, under_way, go_on = shop.claim("other"), threading.Event(), threading.Event()
    id = shop.store.save("value", "text", claim.task.token)
    shop.engine.database.transact(lambda t: t.core.exec_driver_sql("UPDATE artifact_store SET epoch = 1"))

    def confirm(ids):
        shop.store.confirm(ids)
        under_way.set()
        go_on.wait(30)

    committing = threading.Thread(
        target=shop.engine.commit, args=(claim, shop_result(id), "w"), kwargs={"confirm": confirm}
    )
    committing.start()
    assert under_way.wait(30)
    shop.age_files()
    other = Database(database_url, timeout=30)
    collecting = threading.Thread(target=other.transact, args=(begin,))
    collecting.start()
    collecting.join(0.3)
    assert collecting.is_alive()
    go_on.set()
    committing.join()
    collecting.join()
    other.close()
    collect(shop.platform, COMMAND, keep_days=30)
    assert shop.store.exists(id)


def test_many_attempts_beside_collectors(shop, database_url):
    """Few values, and hours go by between any two steps: what is committed is there until its run is old."""
    failures, committed, removed = [], [], []
    ended, calm = threading.Event(), threading.Lock()
    until = time.monotonic() + 4

    def work(number):
        database = Database(database_url, timeout=15)
        own = Shop(shop.platform)
        own.engine = Engine(database, shop.engine.settings)
        chance = random.Random(number)
        try:
            while time.monotonic() < until:
                attempt(own, f"flow {number}", f"value {chance.randrange(3)}", chance)
        except BaseException as error:
            failures.append(error)
            raise
        finally:
            database.close()

    def attempt(own, flow, value, chance):
        submit(own.engine, plan_of("a"), flow)
        claim = own.engine.claim("train", "w")  # perhaps the other's
        while claim is not None:
            opened = own.open(claim, value)
            if opened.outcome == "wait":
                return
            (id,) = opened.outputs.values() or [own.store.save(value, "text", claim.task.token)]
            if chance.random() < 0.5:
                hours_go_by(own)
            try:
                own.commit(claim, id, key=opened.key)
            except ArtifactLost:
                own.engine.hand_back(claim)
                claim = own.engine.claim("train", "w")
                continue
            time.sleep(chance.random() * 0.02)
            assert own.store.exists(id), value
            committed.append(id)
            with calm:
                own.age(claim.task.run_id)
            return

    def hours_go_by(own):
        with calm:
            own.age_files()

    def collect_once():
        removed.extend(collect(shop.platform, COMMAND, keep_days=30).artifacts)

    def collect_again_and_again():
        while not ended.is_set():
            with calm:  # hours do not go by while artifacts are collected
                two = [threading.Thread(target=collect_once) for _ in range(2)]
                for thread in two:
                    thread.start()
                for thread in two:
                    thread.join()
            time.sleep(0.02)

    collecting = threading.Thread(target=collect_again_and_again)
    workers = [threading.Thread(target=work, args=(number,)) for number in range(2)]
    for thread in (collecting, *workers):
        thread.start()
    for thread in workers:
        thread.join()
    ended.set()
    collecting.join()
    assert failures == []
    assert len(committed) > 5 and removed
