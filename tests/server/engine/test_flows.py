import pytest

from patchbay_server.engine import Engine, NotFound, Submission
from tests.server.engine.flows import plan_of


def document(name: str, title: str) -> dict[str, object]:
    return {"format": 1, "name": name, "title": title, "nodes": [], "edges": []}


def test_a_revision_is_kept_once_and_never_changed(engine: Engine) -> None:
    first = engine.save_revision(document("yield", "one"))
    assert engine.save_revision(document("yield", "one")) == first
    second = engine.save_revision(document("yield", "two"))
    back = engine.save_revision(document("yield", "one"))
    assert [revision.number for revision in (first, second, back)] == [1, 2, 3]
    assert back.digest == first.digest != second.digest
    assert engine.revision(first.id).document["title"] == "one"
    assert engine.newest_revision("yield") == back


def test_flows_are_listed_by_name_with_their_newest_revision(engine: Engine) -> None:
    for name in ("b", "a", "b"):
        engine.save_revision(document(name, f"title of {len(engine.flows())}"))
    assert [(flow.flow_name, flow.number) for flow in engine.flows()] == [("a", 1), ("b", 2)]


def test_what_does_not_exist_is_named(engine: Engine) -> None:
    with pytest.raises(NotFound, match="no flow 'gone'"):
        engine.newest_revision("gone")
    with pytest.raises(NotFound, match="no flow revision 7"):
        engine.revision(7)
    with pytest.raises(NotFound, match="no flow revision 7"):
        engine.submit(Submission(7), plan_of("a"))
    for lookup in (engine.run, engine.tasks, engine.cancel, engine.resume):
        with pytest.raises(NotFound, match="no run 7"):
            lookup(7)
    with pytest.raises(NotFound, match="no task 7"):
        engine.explain_wait(7)


def test_runs_are_listed_latest_first_and_by_flow(engine: Engine) -> None:
    ids = []
    for name in ("a", "b", "a"):
        revision = engine.save_revision(document(name, ""))
        ids.append(engine.submit(Submission(revision.id, params={"k": 1}), plan_of("n"))[0])
    assert [run.id for run in engine.runs()] == ids[::-1]
    assert [run.id for run in engine.runs(flow_name="a")] == [ids[2], ids[0]]
    assert [run.id for run in engine.runs(limit=1)] == [ids[2]]
    assert (engine.run(ids[0]).params, engine.run(ids[0]).flow, engine.run(ids[0]).state) == ({"k": 1}, "a", "queued")
