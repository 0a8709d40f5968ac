import pytest

from patchbay_server.engine import Engine, NotFound, Submission
from patchbay_server.engine import flows as engine_flows
from patchbay_server.engine.errors import NameTaken
from patchbay_server.engine.views import RunFilter
from tests.server.engine.flows import done, plan_of, project_of


def document(name: str, title: object = "") -> dict[str, object]:
    return {"format": 1, "name": name, "title": title, "nodes": [], "edges": []}


def test_a_revision_is_kept_once_and_never_changed(engine: Engine) -> None:
    project = project_of(engine)
    first = engine.save_revision(project, document("yield", "one"), created_by=7)
    assert engine.save_revision(project, document("yield", "one"), created_by=8) == first
    second = engine.save_revision(project, document("yield", "two"))
    back = engine.save_revision(project, document("yield", "one"))
    assert [revision.number for revision in (first, second, back)] == [1, 2, 3]
    assert back.digest == first.digest != second.digest
    assert (engine.revision(first.id).document["title"], first.created_by) == ("one", 7)
    assert engine.flow(project, "yield") == back
    assert engine.flow(project, "yield", 2) == second


def test_flows_are_listed_by_name_with_their_newest_revision(engine: Engine) -> None:
    project = project_of(engine)
    for name, title in (("b", "old"), ("a", {"en": "Straße", "zh-CN": "良率"}), ("b", "new"), ("c", "")):
        engine.save_revision(project, document(name, title))
    first = engine.flows(project, limit=2)
    assert [(flow.name, flow.number) for flow in first.items] == [("a", 1), ("b", 2)]
    rest = engine.flows(project, limit=2, cursor=first.next)
    assert ([flow.name for flow in rest.items], rest.next) == (["c"], None)
    for q, names in {"STRASSE": ["a"], "良": ["a"], "old": [], "NEW": ["b"], "C": ["c"], "%": []}.items():
        assert [flow.name for flow in engine.flows(project, q=q).items] == names, q


def test_projects_do_not_see_each_others_flows_and_runs(engine: Engine) -> None:
    ours, theirs = project_of(engine), project_of(engine, "theirs")
    mine = engine.save_revision(ours, document("yield", "ours"))
    other = engine.save_revision(theirs, document("yield", "theirs"))
    assert (mine.number, other.number) == (1, 1)
    assert engine.flow(ours, "yield") == mine
    assert [flow.title for flow in engine.flows(theirs).items] == ["theirs"]
    run_id, _ = engine.submit(Submission(other.id), plan_of("n"))
    assert engine.runs(ours).items == []
    assert engine.run(run_id, theirs).id == run_id
    with pytest.raises(NotFound, match=f"no run {run_id}"):
        engine.run(run_id, ours)


def test_a_deleted_flow_frees_its_name_and_keeps_its_history(engine: Engine) -> None:
    project = project_of(engine)
    old = engine.save_revision(project, document("yield"))
    run_id, _ = engine.submit(Submission(old.id), plan_of("n"))
    engine.database.transact(engine_flows.delete, old.flow_id)
    with pytest.raises(NotFound, match="no flow 'yield'"):
        engine.flow(project, "yield")
    assert engine.flows(project).items == []
    assert engine.run(run_id).flow == "yield"
    assert engine.save_revision(project, document("yield")).flow_id != old.flow_id


def test_flows_of_the_platform_are_not_listed_and_not_changed(engine: Engine) -> None:
    project = project_of(engine)
    own = engine.save_revision(project, document("import"), system=True)
    engine.submit(Submission(own.id), plan_of("n"))
    assert engine.flows(project).items == []
    assert engine.runs(project).items == []
    with pytest.raises(NameTaken, match="'import'"):
        engine.save_revision(project, document("import", "mine"))


def test_what_does_not_exist_is_named(engine: Engine) -> None:
    project = project_of(engine)
    with pytest.raises(NotFound, match="no flow 'gone'"):
        engine.flow(project, "gone")
    with pytest.raises(NotFound, match="no flow revision 7"):
        engine.revision(7)
    with pytest.raises(NotFound, match="no flow revision 7"):
        engine.submit(Submission(7), plan_of("a"))
    for lookup in (engine.run, engine.tasks, engine.cancel, engine.resume):
        with pytest.raises(NotFound, match="no run 7"):
            lookup(7)
    with pytest.raises(NotFound, match="no task 7"):
        engine.explain_wait(7)
    engine.save_revision(project, document("yield"))
    with pytest.raises(NotFound, match="'yield' has no revision 2"):
        engine.flow(project, "yield", 2)


def test_runs_are_listed_latest_first_and_filtered(engine: Engine) -> None:
    project = project_of(engine)
    ids = []
    for name in ("a", "b", "a"):
        revision = engine.save_revision(project, document(name))
        ids.append(engine.submit(Submission(revision.id, params={"k": 1}), plan_of("n"))[0])
    engine.cancel(ids[1])

    def found(**wanted: object) -> list[int]:
        return [run.id for run in engine.runs(project, RunFilter(**wanted)).items]

    assert found() == ids[::-1]
    assert found(flow="a") == [ids[2], ids[0]]
    assert found(state="cancelled") == [ids[1]]
    assert found(who="nobody") == []
    begun = engine.run(ids[1]).created_at
    assert found(since=begun) + found(until=begun) == ids[::-1]
    first = engine.runs(project, limit=1)
    assert [run.id for run in first.items] == [ids[2]]
    assert [run.id for run in engine.runs(project, limit=1, cursor=first.next).items] == [ids[1]]
    view = engine.run(ids[0])
    assert (view.params, view.flow, view.revision, view.state) == ({"k": 1}, "a", 1, "queued")


def test_a_task_tells_all_about_itself(engine: Engine) -> None:
    revision = engine.save_revision(project_of(engine), document("a"))
    run_id, _ = engine.submit(Submission(revision.id), plan_of("a", "b <- a"))
    a, b = engine.tasks(run_id)
    assert engine.task(run_id, b.id).waits.details == {"paths": ["a"]}
    claim = engine.claim("train", "w")
    engine.commit(claim, done(claim), "w")
    before, after = engine.task(run_id, a.id), engine.task(run_id, b.id)
    assert ([attempt.state for attempt in before.attempts], before.inputs, before.waits.code) == (["done"], [], "none")
    (fed,) = after.inputs
    assert (fed.port, fed.path, fed.output_port, fed.artifact_id) == ("in0", "a", "out", "artifact-of-a")
    page = engine.task_page(run_id, limit=1)
    assert page.items == [before.task]
    assert engine.task_page(run_id, limit=1, cursor=page.next).items == [after.task]
    with pytest.raises(NotFound, match=f"Run {run_id} has no task 99"):
        engine.task(run_id, 99)
