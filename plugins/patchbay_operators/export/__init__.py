"""Operators that hand results out."""
