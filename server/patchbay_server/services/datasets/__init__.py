"""Datasets of a project: uploads, imports, versions, what uses them, what their columns mean."""
