"""Operators that make features."""
