"""Schedules: flows that are started again and again."""
