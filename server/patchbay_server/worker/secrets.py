"""The secrets that a claimed task names: found before it starts, opened only to be handed to its process."""

from __future__ import annotations

from pathlib import Path

from patchbay_sdk.spec import OperatorSpec
from patchbay_server import key_ring
from patchbay_server.engine import Claim
from patchbay_server.engine.secrets import StoredSecret, stored
from patchbay_server.errors import ServerError
from patchbay_server.store.database import Database


class SecretMissing(ServerError):
    """The project has no secret of that name."""

    code = "secret_unknown"


class TaskSecrets:
    """What a task's visible params name, in its own project.

    Raises:
        SecretMissing: the message names what is missing.
        DatabaseError: the database is away.
    """

    def __init__(self, database: Database, claim: Claim, spec: OperatorSpec) -> None:
        self._database = database
        self._project_id = claim.task.project_id
        self._fields = spec.named_secrets(claim.params)
        self._stored = self._read()
        for field, name in self._fields:
            if name not in self._stored:
                raise SecretMissing(
                    f"Node {claim.task.path!r}: {field} names the secret {name!r}, which this project does not have; "
                    f"make it: patchbay secrets set {name}",
                    node=claim.task.path,
                    field=field,
                    secret=name,
                )

    def fingerprints(self) -> dict[str, str]:
        """Field -> a mark that changes with the value of its secret and tells nothing about it."""
        return {field: f"secret of {self._stored[name].changed_at!r}" for field, name in self._fields}

    def values(self, keys: Path) -> dict[str, str]:
        """Name -> value; `keys`: the file that opens them. Raises KeyFileError, BrokenSecret."""
        if not self._stored:
            return {}
        try:
            return self._opened(keys)
        except key_ring.UnknownKey:  # the keys are being changed: both halves as they are now fit
            self._stored = self._read()
            return self._opened(keys)

    def _opened(self, keys: Path) -> dict[str, str]:
        ring = key_ring.load(keys)
        return {
            name: ring.decrypt(key_ring.Owner(self._project_id, name), found.ciphertext)
            for name, found in self._stored.items()
        }

    def _read(self) -> dict[str, StoredSecret]:
        names = {name for _, name in self._fields}
        if not names:
            return {}
        with self._database.read() as transaction:
            return stored(transaction, self._project_id, names)
