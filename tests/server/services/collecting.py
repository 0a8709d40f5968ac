"""A platform whose runs are made by the test itself, and whose clock can be moved: for tests of the collection."""

import os
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from patchbay_runners.artifacts import ArtifactStore
from patchbay_server.engine import Claim, Result
from patchbay_server.engine.cache import Opened
from patchbay_server.graph.cache_key import CacheParts
from patchbay_server.services.platform import Platform
from patchbay_server.store.statement import Statement
from tests.server.engine.flows import plan_of, submit

DAY = 24 * 3600.0
AGE_RUN = Statement("UPDATE run SET ended_at = ended_at - :seconds WHERE id = :id")
AGE_CACHE = Statement("UPDATE cache_entry SET used_at = used_at - :seconds")
EPOCH = Statement("SELECT epoch FROM artifact_store")


class Shop:
    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.engine = platform.engine
        self.store = ArtifactStore(platform.settings.artifacts)

    def claim(self, flow: str = "flow") -> Claim:
        """Claim the one task of a new run."""
        submit(self.engine, plan_of("a"), flow)
        claim = self.engine.claim("train", "w")
        assert claim is not None
        return claim

    def open(self, claim: Claim, key: str) -> Opened:
        return self.engine.open_attempt(claim, CacheParts("test.step@1.0.0", key), None)

    def commit(self, claim: Claim, *ids: str, key: str | None = None) -> None:
        outputs = {f"out{number}": id for number, id in enumerate(ids)}
        self.engine.commit(claim, Result(outputs, publish_as=key), "w", confirm=self.store.confirm)

    def run(self, value: Any, flow: str = "flow", port_type: str = "text", lineage: tuple[str, ...] = ()) -> str:
        """A run that has made this value; the artifact's id."""
        claim = self.claim(flow)
        opened = self.open(claim, str(value))
        id = self.store.save(value, port_type, claim.task.token, lineage=lineage)
        self.commit(claim, id, key=opened.key)
        return id

    def age(self, *runs: int, days: float = 100) -> None:
        """So many days go by for these runs, the cache, and all files."""
        for id in runs:
            self.engine.database.transact(lambda t, id=id: t.run(AGE_RUN, {"id": id, "seconds": days * DAY}))
        self.engine.database.transact(lambda t: t.run(AGE_CACHE, {"seconds": days * DAY}))
        self.age_files()

    def age_files(self) -> None:
        for path in self.files():
            with suppress(FileNotFoundError):
                os.utime(path, (time.time() - DAY,) * 2)

    def files(self) -> list[Path]:
        """All that is there; folders that others remove meanwhile are passed over."""
        return [Path(folder) / name for folder, _, names in os.walk(self.store.root) for name in names]

    def epoch(self) -> int:
        with self.engine.database.read() as transaction:
            row = transaction.one(EPOCH, {})
        assert row is not None
        return int(row[0])


def reused(opened: Opened) -> Result:
    return replace(Result(opened.outputs, opened.rows, publish_as=opened.key), reused=True)
