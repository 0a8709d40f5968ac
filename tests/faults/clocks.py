"""The clock of a database, to be set: all who use the database follow, and nothing else does."""

import time
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa

from patchbay_server.store.database import Database

FILE = "clock"
UNIX_EPOCH = 2_440_587.5
"""As a Julian day."""
SKEWED = """
CREATE SCHEMA skewed;
CREATE TABLE skewed.clock (ahead double precision);
INSERT INTO skewed.clock VALUES (0);
CREATE FUNCTION skewed.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS
  $$ SELECT pg_catalog.clock_timestamp() + ahead * interval '1 second' FROM skewed.clock $$;
"""


class Clock:
    """The clock of the database at `url`; `folder` is that of its workers, who are started later."""

    def __init__(self, url: str, folder: Path) -> None:
        self._url, self._file = url, folder / FILE
        self._is_sqlite = url.startswith("sqlite")
        if self._is_sqlite:
            self.set(0)
        else:
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute(SKEWED)
                name = connection.info.dbname
                connection.execute(f'ALTER DATABASE "{name}" SET search_path = skewed, pg_catalog, public')

    def close(self) -> None:
        """Give the database its own clock back: other tests may have it next."""
        if not self._is_sqlite:
            with psycopg.connect(self._url, autocommit=True) as connection:
                connection.execute(f'ALTER DATABASE "{connection.info.dbname}" RESET search_path')
                connection.execute("DROP SCHEMA skewed CASCADE")

    def set(self, ahead: float) -> None:
        """Put it so many seconds before the true time."""
        if self._is_sqlite:
            draft = self._file.with_suffix(".draft")
            draft.write_text(str(ahead))
            draft.replace(self._file)
        else:
            with psycopg.connect(self._url, autocommit=True) as connection:
                connection.execute("UPDATE skewed.clock SET ahead = %s", (ahead,))


def follow(database: Database, folder: Path) -> None:
    """Let an SQLite database go by the clock of that folder, if there is one; PostgreSQL has its own."""
    file = folder / FILE
    if not database.is_sqlite or not file.exists():
        return

    def julianday(_now: str) -> float:
        return (time.time() + float(file.read_text())) / 86_400 + UNIX_EPOCH

    @sa.event.listens_for(database.engine, "connect")
    def skew(connection: Any, _record: object) -> None:
        connection.create_function("julianday", 1, julianday)
