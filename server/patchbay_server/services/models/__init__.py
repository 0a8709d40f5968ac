"""Registered models: what a run has trained, named, numbered, compared and taken away."""
