from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from patchbay_server.services.people.restrictions import DEFAULTS
from patchbay_server.store.all_tables import metadata
from patchbay_server.store.database import Database, DatabaseError
from patchbay_server.store.migrate import upgrade
from patchbay_server.store.people import restriction
from patchbay_server.store.tables import flow_revision
from tests.server.databases import Postgres

pytestmark = pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index")

EXPRESSION_INDEXES = ("ix_task_claim", "ix_task_line")


def test_the_migrations_make_the_tables_that_the_code_knows(database_url: str) -> None:
    database = Database(database_url)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": False})
        found = [item for item in compare_metadata(context, metadata) if not _is_expression_index(item)]
        assert found == []
        indexes = {index["name"] for index in sa.inspect(connection).get_indexes("task")}
    database.close()
    assert set(EXPRESSION_INDEXES) <= indexes


def _is_expression_index(difference: object) -> bool:
    """SQLite cannot reflect an index over an expression."""
    return any(name in str(difference) for name in EXPRESSION_INDEXES)


def test_upgrading_again_changes_nothing(database_url: str) -> None:
    upgrade(database_url)


def test_flows_and_projects_of_the_first_version_get_what_later_ones_have(tmp_path: Path, postgres: Postgres) -> None:
    for url in (f"sqlite:///{tmp_path}/old.db", postgres.create("old")):
        upgrade(url, "0001")
        database = Database(url)
        titled = '{"name": "Yield", "title": {"en": "Yield", "zh-CN": "良率"}, "nodes": [{}, {}], "edges": []}'
        plain = '{"name": "plain", "nodes": [], "edges": []}'
        with database.engine.begin() as connection:
            connection.exec_driver_sql("INSERT INTO project (id, name, created_at) VALUES (1, 'default', 5)")
            for id, document in enumerate((titled, plain), 1):
                flow = {"id": id, "name": f"flow {id}"}
                connection.execute(sa.text("INSERT INTO flow VALUES (:id, 1, :name, 5)"), flow)
                row = {"id": id, "document": document}
                insert = "INSERT INTO flow_revision VALUES (:id, :id, 1, 'digest', :document, 5)"
                connection.execute(sa.text(insert), row)
        upgrade(url)
        with database.read() as transaction:
            summary = sa.select(flow_revision.c.title, flow_revision.c.nodes, flow_revision.c.search)
            found = transaction.core.execute(summary.order_by(flow_revision.c.id)).all()
            roles = transaction.core.execute(sa.select(restriction.c.subject, restriction.c.roles)).all()
        database.close()
        assert found == [({"en": "Yield", "zh-CN": "良率"}, 2, "yield\nyield\n良率"), (None, 0, "plain")]
        assert {subject: tuple(names) for subject, names in roles} == DEFAULTS


def test_processes_that_upgrade_at_once_make_one_database(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/new/patchbay.db"
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as processes:
        list(processes.map(upgrade, [url] * 3))
    database = Database(url)
    with database.engine.connect() as connection:
        assert set(metadata.tables) < set(sa.inspect(connection).get_table_names())
    database.close()


@pytest.mark.parametrize("url", ["mysql://host/name", "not a url", "sqlite://"])
def test_a_url_that_cannot_be_used_says_what_can(url: str) -> None:
    with pytest.raises(DatabaseError, match="sqlite:///FILE"):
        Database(url)
