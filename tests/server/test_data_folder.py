"""The data folder: one platform at a time, its state and token for the user only."""

import subprocess
import sys

import pytest

from patchbay_server import config, data_folder

STATE = data_folder.Running(
    7,
    "http://127.0.0.1:1",
    "redis://:p@127.0.0.1:2/0",
    "sqlite:///x.db",
    "artifacts",
    "operators",
    "keys",
    "projects",
    "logs",
    "0.1.0",
)
HOLD = """
import sys
from pathlib import Path
from patchbay_server import data_folder
with data_folder.held(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path):
    command = (sys.executable, "-c", HOLD, str(tmp_path))
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_held_folder_names_the_platform_that_holds_it(holder, tmp_path):
    data_folder.write_state(tmp_path, STATE)
    with pytest.raises(data_folder.DataFolderInUse, match=r"process 7, http://127.0.0.1:1"):
        data_folder.held(tmp_path).__enter__()
    assert data_folder.running(tmp_path) == STATE


def test_a_killed_platform_frees_the_folder_and_its_state_counts_no_more(holder, tmp_path):
    data_folder.write_state(tmp_path, STATE)
    holder.kill()
    holder.wait()
    assert data_folder.running(tmp_path) is None
    with data_folder.held(tmp_path):
        assert data_folder.read_state(tmp_path) is None


def test_nothing_runs_in_a_folder_that_is_not_there(tmp_path):
    assert data_folder.running(tmp_path / "none") is None
    assert not (tmp_path / "none").exists()


def test_other_processes_reach_what_the_platform_was_started_with(tmp_path):
    settings = STATE.reached_from(config.load({"PATCHBAY_HOME": str(tmp_path)}))
    assert (settings.redis_url, settings.database_url) == (STATE.redis_url, STATE.database_url)
    assert settings.artifacts == "artifacts"


def test_a_folder_that_was_there_before_is_closed_to_others(tmp_path):
    volume = tmp_path / "volume"
    volume.mkdir()
    volume.chmod(0o755)
    with data_folder.held(volume):
        assert volume.stat().st_mode & 0o777 == 0o700
