"""Telling people and programs about the ends of runs: by webhooks and by mail."""
