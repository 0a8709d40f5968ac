"""The drawings of docs/engine.md, and databases that refuse what they do not show."""

import re
from pathlib import Path

from patchbay_server.store.database import Database

PAGE = Path(__file__).parents[3] / "docs" / "engine.md"
NONE = "[*]"
"""Before the first state, after the last."""

Drawing = frozenset[tuple[str, str]]


def drawings() -> dict[str, Drawing]:
    """Table -> the steps that its states may take."""
    blocks = re.findall(r"```mermaid\nstateDiagram-v2\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    task, run = (frozenset(re.findall(r"^ +(\S+) --> ([^\s:]+)", block, re.MULTILINE)) for block in blocks)
    return {"task": task, "run": run}


def states(drawing: Drawing) -> set[str]:
    return {state for step in drawing for state in step} - {NONE}


def final(drawing: Drawing) -> set[str]:
    return {before for before, after in drawing if after == NONE}


def guard(url: str) -> None:
    """Have a database refuse steps that are not drawn."""
    database = Database(url)
    for table, drawing in drawings().items():
        steps = ", ".join(f"'{before}>{after}'" for before, after in sorted(drawing))
        first = ", ".join(f"'{after}'" for before, after in sorted(drawing) if before == NONE)
        for statement in (_sqlite if database.is_sqlite else _postgresql)(table, steps, first):
            database.transact(lambda transaction, s=statement: transaction.core.exec_driver_sql(s))
    database.close()


def unguard(database: Database) -> None:
    """For tests that put a task or run into a state by force."""
    for table in drawings():
        on = "" if database.is_sqlite else f" ON {table}"
        for event in ("update", "insert"):
            drop = f"DROP TRIGGER {table}_state_{event}{on}"
            database.transact(lambda transaction, s=drop: transaction.core.exec_driver_sql(s))


def _sqlite(table: str, steps: str, first: str) -> list[str]:
    refuse = f"SELECT RAISE(ABORT, 'docs/engine.md does not draw this step of a {table}')"
    return [
        f"CREATE TRIGGER {table}_state_update BEFORE UPDATE OF state ON {table} WHEN OLD.state <> NEW.state"
        f" AND OLD.state || '>' || NEW.state NOT IN ({steps}) BEGIN {refuse}; END",
        f"CREATE TRIGGER {table}_state_insert BEFORE INSERT ON {table} WHEN NEW.state NOT IN ({first})"
        f" BEGIN {refuse}; END",
    ]


def _postgresql(table: str, steps: str, first: str) -> list[str]:
    refuse = f"RAISE EXCEPTION 'docs/engine.md does not draw this step of a {table}: % to %',"
    return [
        f"CREATE FUNCTION {table}_is_drawn() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF TG_OP = 'INSERT' AND NEW.state NOT IN ({first}) THEN {refuse} '', NEW.state; END IF;"
        f" IF TG_OP = 'UPDATE' AND OLD.state <> NEW.state AND OLD.state || '>' || NEW.state NOT IN ({steps})"
        f" THEN {refuse} OLD.state, NEW.state; END IF; RETURN NEW; END $$".replace("%", "%%"),
        f"CREATE TRIGGER {table}_state_update BEFORE UPDATE OF state ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION {table}_is_drawn()",
        f"CREATE TRIGGER {table}_state_insert BEFORE INSERT ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION {table}_is_drawn()",
    ]
