"""Operators that judge data before it is used."""
