"""Wizards: flows that somebody is led through step by step. docs/wizards.md."""
