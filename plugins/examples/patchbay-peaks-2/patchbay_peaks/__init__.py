"""Operators for traces of tool sensors."""
