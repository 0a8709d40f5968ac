"""What is refused about files.

::

    ServerError
    ├── TooLarge            a file or a part of it has more bytes than is allowed
    ├── DiskFull            there is no room for it now
    └── ChecksumMismatch    what arrived is not what was sent
"""

from __future__ import annotations

from patchbay_server.errors import ServerError


class TooLarge(ServerError):
    """More bytes than are allowed; the message says how many are."""

    code = "too_large"


class DiskFull(ServerError):
    """There is no room now; the same request may work later."""

    code = "disk_full"


class ChecksumMismatch(ServerError):
    """The bytes do not have the checksum that was given."""

    code = "checksum_mismatch"
