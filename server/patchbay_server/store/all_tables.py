"""Every table: importing this module fills `metadata`."""

from patchbay_server.store import backfills, collection, data, models, notifications, people, releases
from patchbay_server.store.tables import metadata

__all__ = ["backfills", "collection", "data", "metadata", "models", "notifications", "people", "releases"]
