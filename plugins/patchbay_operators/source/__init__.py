"""Operators that bring data in."""
