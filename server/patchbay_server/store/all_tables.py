"""Every table: importing this module fills `metadata`."""

from patchbay_server.store import collection, data, people, releases
from patchbay_server.store.tables import metadata

__all__ = ["collection", "data", "metadata", "people", "releases"]
