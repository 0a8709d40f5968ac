"""Operators that judge models."""
