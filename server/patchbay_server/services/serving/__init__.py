"""Deployments: versions of models that answer over HTTP, what they are wanted to be and what they are."""
