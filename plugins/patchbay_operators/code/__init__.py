"""Operators that run what people write."""
