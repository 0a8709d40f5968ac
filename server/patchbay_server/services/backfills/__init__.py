"""Backfills: a flow run for each due time of a range, and what follows from it."""
