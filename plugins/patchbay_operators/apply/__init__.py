"""Operators that use transforms and models."""
