"""Looks for what is broken or missing, and says what to do about it."""
