"""Options that several commands have."""

from __future__ import annotations

import click

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
PROJECT = click.option(
    "--project", "project_name", default="default", show_default=True, help="The project to work in."
)
