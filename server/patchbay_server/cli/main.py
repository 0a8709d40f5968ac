"""Entry point of `patchbay`."""

from __future__ import annotations

import importlib.metadata

import click


@click.group()
@click.version_option(importlib.metadata.version("patchbay"), prog_name="Patchbay")
def main() -> None:
    """Patchbay: patch operators together and run them."""
