"""Operators for wafer coordinates: an example of a Patchbay plugin."""
