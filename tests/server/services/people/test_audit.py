"""The audit record: complete, chained, not to be changed."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from patchbay_server.services.people import audit
from patchbay_server.services.people.actor import COMMAND, Actor
from patchbay_server.services.people.audit import Filter

ANN = Actor(7, "ann", False, "session", "10.0.0.7")


def record(platform, *actions, actor=ANN, **values):
    for action in actions:
        platform.database.transact(audit.append, actor, action, "flow:yield", **values)


def everything(platform):
    return [json.loads(line) for line in audit.export(platform.database, Filter())]


def test_an_entry_says_who_what_which_when_and_from_where(platform):
    record(platform, "flow.changed", project_id=1, before={"title": "a"}, after={"title": "晶圆"})
    entry = audit.entries(platform.database, Filter()).items[0]
    assert (entry.actor_id, entry.actor, entry.via, entry.address) == (7, "ann", "session", "10.0.0.7")
    assert (entry.action, entry.thing, entry.before, entry.after) == (
        "flow.changed",
        "flow:yield",
        {"title": "a"},
        {"title": "晶圆"},
    )
    assert entry.at > 1.7e9


def test_the_chain_is_whole_however_many_write_at_once(platform):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: record(platform, f"flow.{number}"), range(40)))
    assert audit.first_break(platform.database) is None
    numbers = [entry["seq"] for entry in everything(platform)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert {f"flow.{number}" for number in range(40)} <= {entry["action"] for entry in everything(platform)}


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_entry SET actor = 'bob' WHERE seq = 2", "DELETE FROM audit_entry WHERE seq = 2"],
)
def test_the_database_refuses_changes(platform, statement):
    record(platform, "flow.created", "flow.changed")
    with pytest.raises(sa.exc.DBAPIError, match="audit entries cannot be changed"):
        platform.database.transact(lambda transaction: transaction.core.execute(sa.text(statement)))
    assert audit.first_break(platform.database) is None


TAMPERING = {
    "changed": "UPDATE audit_entry SET actor = 'bob' WHERE seq = 3",
    "removed": "DELETE FROM audit_entry WHERE seq = 3",
    "moved in time": "UPDATE audit_entry SET at = at - 3600 WHERE seq = 3",
    "cut off": "DELETE FROM audit_entry WHERE seq >= 3",
}


def tamper(platform, statement):
    sqlite = platform.database.is_sqlite
    disarm = (
        ["DROP TRIGGER audit_entry_no_update", "DROP TRIGGER audit_entry_no_delete"]
        if sqlite
        else ["DROP TRIGGER audit_entry_append_only ON audit_entry"]
    )

    def write(transaction):
        for text in (*disarm, statement):
            transaction.core.execute(sa.text(text))

    platform.database.transact(write)


@pytest.mark.parametrize("statement", TAMPERING.values(), ids=TAMPERING)
def test_who_gets_around_the_database_breaks_the_chain(platform, statement):
    record(platform, "flow.created", "flow.changed", "flow.deleted", "flow.created")
    tamper(platform, statement)
    assert audit.first_break(platform.database) == 3
    record(platform, "flow.created")  # what is written later heals nothing
    assert audit.first_break(platform.database) == 3


def test_an_end_that_is_written_anew_does_not_fit(platform):
    record(platform, "flow.created", "flow.changed", "flow.deleted")
    latest = everything(platform)[-1]
    latest |= {"actor": "bob"}
    latest["hash"] = audit._hash({name: value for name, value in latest.items() if name != "hash"})
    tamper(platform, f"UPDATE audit_entry SET actor = 'bob', hash = '{latest['hash']}' WHERE seq = {latest['seq']}")
    assert audit.first_break(platform.database) == latest["seq"]


def test_a_failed_change_leaves_no_entry(platform):
    def fails(transaction):
        audit.append(transaction, COMMAND, "flow.created", "flow:x")
        raise RuntimeError("after all")

    before = len(everything(platform))
    with pytest.raises(RuntimeError):
        platform.database.transact(fails)
    assert len(everything(platform)) == before


def test_entries_are_filtered_and_paged(platform):
    record(platform, *(f"flow.{number}" for number in range(5)), project_id=1)
    record(platform, "member.added", actor=COMMAND)
    first = audit.entries(platform.database, Filter(action="flow."), limit=2)
    second = audit.entries(platform.database, Filter(action="flow."), limit=2, cursor=first.next)
    assert [entry.action for entry in first.items + second.items] == ["flow.4", "flow.3", "flow.2", "flow.1"]
    assert [entry.action for entry in audit.entries(platform.database, Filter(actor="command")).items] == [
        "member.added"
    ]
    assert audit.entries(platform.database, Filter(project_id=99)).items == []
    assert audit.entries(platform.database, Filter(action="%")).items == []
    moment = audit.entries(platform.database, Filter()).items[0].at
    assert audit.entries(platform.database, Filter(since=moment + 1)).items == []


def test_the_export_is_enough_to_check_the_chain_elsewhere(platform):
    import hashlib

    record(platform, "flow.created", "flow.changed")
    previous = "0" * 64
    for entry in everything(platform):
        hash = entry.pop("hash")
        assert entry["previous"] == previous
        text = json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        assert hashlib.sha256(text.encode()).hexdigest() == hash
        previous = hash
