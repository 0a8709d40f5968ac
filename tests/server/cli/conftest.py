"""The command line in this process: quick, for everything that needs no platform."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from patchbay_server.cli.main import main


class Ended(NamedTuple):
    """How a command ended."""

    status: int
    output: str
    errors: str


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder of commands; their data folder is beside it and does not exist yet."""
    monkeypatch.setenv("PATCHBAY_HOME", str(tmp_path / "home"))
    for variable in ("DATABASE_URL", "REDIS_URL", "PATCHBAY_ARTIFACTS", "PATCHBAY_LOG_LEVEL"):
        monkeypatch.delenv(variable, raising=False)
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return work


@pytest.fixture
def patchbay(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ended]:
    """`patchbay ARGUMENTS`."""

    def call(*arguments: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["patchbay", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capsys.readouterr()
        assert "Traceback" not in captured.out + captured.err
        return Ended(ended.value.code, captured.out, captured.err)

    return call
