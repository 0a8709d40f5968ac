"""The database's connection, its disk and its clock: lost at COMMIT, full, set."""

import tempfile
from contextlib import closing
from pathlib import Path

import pytest

from patchbay_server.store.database import Database
from tests.faults.proxy import BreakingProxy
from tests.faults.rig import Rig
from tests.server.databases import Postgres
from tests.server.engine.conftest import make_engine
from tests.server.engine.flows import SETTINGS, submit

NODES = ("a", "b <- a", "c <- a", "d <- b c", "e <- b c d", "f", "g <- f e")


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_connection_that_is_lost_at_commit(database_url: str, postgres: Postgres, tmp_path: Path) -> None:
    """Whether it was done is unknown to who asked for it: asked again, it counts once, claims too.

    A step takes three commits, so that the same one of each step is lost.
    """
    with (
        tempfile.TemporaryDirectory(prefix="patchbay-proxy-") as folder,
        BreakingProxy(postgres.folder, Path(folder), every=3) as proxy,
        closing(Database(database_url)) as database,
    ):
        engine = make_engine(database, SETTINGS)
        with Rig(engine, tmp_path, database_url.replace(str(postgres.folder), folder)) as rig:
            run_ids = [submit(engine, rig.plan(*NODES), bypass_cache=True) for _ in range(2)]
            rig.start_worker("one")
            rig.start_worker("two")
            for run_id in run_ids:
                rig.finish(run_id)
                assert [states.count("done") for states in rig.committed(run_id).values()] == [1] * len(NODES)
        assert sorted(rig.executed()) == sorted("abcdefg" * 2)
        assert engine.inspect() == []
    assert min(proxy.broken.values()) >= 2, proxy.broken
