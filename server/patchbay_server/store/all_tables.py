"""Every table: importing this module fills `metadata`."""

from patchbay_server.store import data, people, releases
from patchbay_server.store.tables import metadata

__all__ = ["data", "metadata", "people", "releases"]
