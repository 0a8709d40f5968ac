"""Encryption of secrets, with keys in a file outside of the database.

The file holds one key a line, the newest first: 32 random bytes in base64. A ciphertext begins with the name of its
key, and opens only for the project and the name that it was made for: copied to another row it is worthless.
AES-256-GCM; the name of a key is the beginning of its SHA-256.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from patchbay_runners.durable import sync
from patchbay_server.errors import ServerError

KEY_BYTES, NONCE_BYTES = 32, 12
LOST = (
    "It should hold the keys of all secrets: restore it from a backup, or point PATCHBAY_SECRET_KEYS to it. "
    "Without it no secret can be read, and each must be deleted and set again."
)


class KeyFileError(ServerError):
    """The file of keys is missing, damaged or open to others; the message names it and says what to do."""

    code = "secret_keys"


class UnknownKey(KeyFileError):
    """A secret was encrypted with a key that the file does not hold (any more, or yet)."""

    code = "secret_key_unknown"


class BrokenSecret(ServerError):
    """A ciphertext was changed, or belongs to another project or name."""

    code = "secret_broken"


@dataclass(frozen=True, slots=True)
class Owner:
    """What a ciphertext is bound to."""

    project_id: int
    name: str

    def to_bytes(self) -> bytes:
        return json.dumps(["patchbay secret", self.project_id, self.name]).encode()


class KeyRing:
    """The keys of a file, newest first: the newest encrypts, all decrypt."""

    def __init__(self, file: Path, keys: list[bytes]) -> None:
        self._file = file
        self._keys = {_name(key): key for key in keys}

    @property
    def newest(self) -> str:
        """The name of the key that encrypts."""
        return next(iter(self._keys))

    @property
    def names(self) -> set[str]:
        """The names of all keys."""
        return set(self._keys)

    def __len__(self) -> int:
        return len(self._keys)

    def encrypt(self, owner: Owner, value: str) -> str:
        """The ciphertext of a value, as text."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = AESGCM(self._keys[self.newest]).encrypt(nonce, value.encode(), owner.to_bytes())
        return f"{self.newest}:{base64.b64encode(nonce + sealed).decode()}"

    def decrypt(self, owner: Owner, ciphertext: str) -> str:
        """The value of a ciphertext.

        Raises:
            UnknownKey: its key is not in the file.
            BrokenSecret: it was changed, or made for another owner.
        """
        name, text = key_of(ciphertext), ciphertext.partition(":")[2]
        if name not in self._keys:
            raise UnknownKey(
                f"Secret {owner.name!r} needs key {name}, which {self._file} does not hold. {LOST}",
                secret=owner.name,
            )
        try:
            data = base64.b64decode(text, validate=True)
            return AESGCM(self._keys[name]).decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], owner.to_bytes()).decode()
        except (InvalidTag, ValueError):
            raise BrokenSecret(
                f"Secret {owner.name!r} cannot be read: it was changed in the database. Set it again.",
                secret=owner.name,
            ) from None

    def with_new_key(self) -> KeyRing:
        """The ring with a fresh key in front, written to the file."""
        return self._write([secrets.token_bytes(KEY_BYTES), *self._keys.values()])

    def with_newest_only(self) -> KeyRing:
        """The ring without the older keys, written to the file."""
        return self._write([self._keys[self.newest]])

    def _write(self, keys: list[bytes]) -> KeyRing:
        draft = _draft(self._file, keys)
        draft.replace(self._file)
        sync(self._file.parent)
        return KeyRing(self._file, keys)


def load(file: Path) -> KeyRing:
    """The keys in a file.

    Raises:
        KeyFileError: it is missing, cannot be read, is damaged, or others than its user may read it.
    """
    text = read_private(file, LOST)
    try:
        keys = [base64.b64decode(line, validate=True) for line in text.split()]
    except ValueError:
        keys = []
    if not keys or any(len(key) != KEY_BYTES for key in keys):
        raise KeyFileError(f"{file} does not hold keys, one a line. {LOST}")
    return KeyRing(file, keys)


def read_private(file: Path, when_lost: str = "") -> str:
    """The text of a file that only its user may read; `when_lost` says what to do without it. Raises KeyFileError."""
    try:
        with file.open() as stream:
            mode = os.fstat(stream.fileno()).st_mode
            text = stream.read()
    except FileNotFoundError:
        raise KeyFileError(f"The file {file} is not there. {when_lost}".strip()) from None
    except (OSError, UnicodeDecodeError) as error:
        raise KeyFileError(f"The file {file} cannot be read: {error}.") from None
    if mode & 0o077:
        raise KeyFileError(f"Others than its user may read or change {file}: chmod 600 {file}")
    return text


def make(file: Path) -> KeyRing:
    """The keys in a file, which is made with one key when it is not there.

    To be called only when nothing is encrypted yet. Raises KeyFileError.
    """
    if not file.exists():
        try:
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft = _draft(file, [secrets.token_bytes(KEY_BYTES)])
            try:
                os.link(draft, file)  # never over the file of another process that makes it at the same moment
            except FileExistsError:
                pass
            finally:
                draft.unlink()
            sync(file.parent)
        except OSError as error:
            raise KeyFileError(f"The keys of the secrets cannot be written to {file}: {error}.") from None
    return load(file)


def _draft(file: Path, keys: list[bytes]) -> Path:
    """A file of mode 0600 beside `file`, on disk for certain."""
    draft = file.with_name(f".{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.writelines(base64.b64encode(key).decode() + "\n" for key in keys)
        stream.flush()
        os.fsync(stream.fileno())
    return draft


def key_of(ciphertext: str) -> str:
    """The name of the key that a ciphertext needs."""
    return ciphertext.partition(":")[0]


def _name(key: bytes) -> str:
    return hashlib.sha256(b"patchbay key " + key).hexdigest()[:12]
