"""What README and docs name exists: files, commands, make targets."""

import re
from pathlib import Path

import pytest

from patchbay_server.cli.main import COMMANDS

REPOSITORY = Path(__file__).parents[2]
PAGES = [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").glob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_exist(page):
    text = page.read_text()
    assert set(re.findall(r"(?:^|`|; )patchbay ([a-z]+)", text, re.MULTILINE)) <= set(COMMANDS)
    targets = set(re.findall(r"^([a-z]+):", (REPOSITORY / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"(?:^|`)make ([a-z]+)", text, re.MULTILINE)) <= targets


def test_the_readme_shows_every_page():
    readme = (REPOSITORY / "README.md").read_text() + (REPOSITORY / "docs" / "architecture.md").read_text()
    assert [page.name for page in PAGES[1:] if page.name not in readme] == []
