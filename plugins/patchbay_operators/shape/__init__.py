"""Operators that change which rows and columns there are."""
