"""Redis is only the bell: emptied, gone, or ringing a hundred times too often."""

from redis import Redis

from patchbay_server.engine import Engine
from patchbay_server.engine.tickets import DRAIN, Tickets, queue_name, ring
from tests.faults.rig import Rig
from tests.server.engine.flows import submit
from tests.server.worker.workshop import wait_for

NODES = ("a", "b <- a", "c <- b")


def test_duplicate_and_stale_tickets_cause_no_execution(rig: Rig, engine: Engine) -> None:
    from rq import Queue
    from rq.serializers import JSONSerializer

    with Redis.from_url(rig.redis.url) as client:
        queue = Queue(queue_name("train"), connection=client, serializer=JSONSerializer)
        for _ in range(100):
            queue.enqueue(DRAIN, "train", result_ttl=0, job_timeout=-1)
    run_id = submit(engine, rig.plan(*NODES))
    rig.start_worker("one")
    rig.start_worker("two")
    rig.finish(run_id)
    assert sorted(rig.executed()) == ["a", "b", "c"]
    assert rig.committed(run_id) == {"a": ["done"], "b": ["done"], "c": ["done"]}


def test_an_emptied_redis_loses_nothing(rig: Rig, engine: Engine) -> None:
    run_id = submit(engine, rig.plan(*NODES, b={"act": "wait_for_go"}))
    rig.start_worker("worker")
    wait_for(lambda: rig.executed() == ["a", "b"])
    rig.flush_redis()
    (rig.folder / "go").touch()
    rig.finish(run_id)
    rig.flush_redis()
    second = submit(engine, rig.plan(*NODES), bypass_cache=True)
    rig.finish(second)
    assert rig.executed() == ["a", "b", "c"] * 2


def test_without_redis_the_work_goes_on_and_its_return_is_noticed(rig: Rig, engine: Engine) -> None:
    rig.start_worker("worker")
    warm = submit(engine, rig.plan("warm"))
    rig.finish(warm)
    rig.stop_redis()
    run_id = submit(engine, rig.plan(*NODES))
    rig.finish(run_id)
    rig.start_redis()
    rig.tickets.ring({"train": 1})
    wait_for(lambda: waiting_tickets(rig) == 0)
    again = submit(engine, rig.plan("later"))
    rig.finish(again)
    assert rig.executed() == ["warm", "a", "b", "c", "later"]


def waiting_tickets(rig: Rig) -> int:
    with Redis.from_url(rig.redis.url) as client:
        return int(client.llen(f"rq:queue:{queue_name('train')}"))


def test_a_worker_without_redis_finds_its_work(rig: Rig, engine: Engine) -> None:
    rig.stop_redis()
    run_id = submit(engine, rig.plan(*NODES))
    rig.start_worker("worker")
    rig.finish(run_id)


def test_a_bell_is_rung_once_per_task_and_never_beyond_the_limit(rig: Rig) -> None:
    tickets = Tickets(rig.redis.url)
    tickets.ring({"train": 3})
    assert waiting_tickets(rig) == 3
    tickets.ring({"train": 1000})
    assert waiting_tickets(rig) == 16
    tickets.close()


def test_ringing_a_redis_that_is_away_is_no_error(rig: Rig) -> None:
    rig.stop_redis()
    ring(rig.redis.url, {"train": 1})
    ring(None, {"train": 1})
