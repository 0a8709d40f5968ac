"""What the processes that must stay light load. Who may import whom is checked by `make lint`."""

import subprocess
import sys

import pytest

HEAVY = {
    "torch", "ray", "pyspark", "deepspeed", "polars", "pandas", "sklearn", "skops", "scipy", "patchbay_operators",
}  # fmt: skip
WEB = """
from pathlib import Path
from patchbay_server import config
from patchbay_server.app import create_app
from patchbay_server.services.platform import Platform, prepare
settings = config.load()
prepare(settings)
from patchbay_server.services.people import tokens, users
from patchbay_server.services.people.actor import COMMAND
platform = Platform.open(settings)
user, _ = users.create(platform, COMMAND, name="root", is_admin=True)
_, key = tokens.create(platform, COMMAND, user.id, name="test")
client = create_app(platform).test_client()
here = "/api/v1/projects/default"
lists = ("flows", "runs", "datasets")
for path in ("/health", "/api/v1/openapi.json", "/api/v1/operators", *(f"{here}/{things}" for things in lists)):
    assert client.get(path, headers={"Authorization": f"Bearer {key}"}).status_code == 200, path
import patchbay_server.process_tree.web
"""
COMMANDS = """
import patchbay_server.cli.main as main
for command in main.COMMANDS:
    assert main.patchbay.get_command(None, command)
"""
SUPERVISOR = "import patchbay_server.process_tree.up"


@pytest.mark.parametrize("code", [WEB, COMMANDS, SUPERVISOR], ids=["web", "commands", "up"])
def test_light_processes_load_no_heavy_library_and_no_operator(code, tmp_path):
    code += "\nimport sys; print(*{name.partition('.')[0] for name in sys.modules})"
    environment = {"PATCHBAY_HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    done = subprocess.run((sys.executable, "-c", code), env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.split()) & HEAVY == set()


def test_the_command_line_starts_without_the_server_parts(tmp_path):
    code = "import sys, patchbay_server.cli.main; print(*sys.modules)"
    done = subprocess.run((sys.executable, "-c", code), capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert loaded & {"flask", "sqlalchemy", "networkx", "redis", "rq", "pyarrow", "rich", "waitress"} == set()


def test_what_reads_models_does_not_load_torch():
    code = "import sys, patchbay_sdk.skops_io as models; print(models.io.load.__module__, 'torch' in sys.modules)"
    done = subprocess.run((sys.executable, "-c", code), capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["skops.io._persist", "False"]
