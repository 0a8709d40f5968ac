"""Rows that are unlike the others, without labels."""
