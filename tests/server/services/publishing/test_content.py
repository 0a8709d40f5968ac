"""What counts as the content of one operator among those of its package."""

from pathlib import Path

import pytest

from patchbay_sdk.spec import OperatorSpec
from patchbay_server.services.publishing.content import content_digest
from tests.server.services.publishing.sayings import spec

FILES = {
    "say/__init__.py": "",
    "say/word.py": "from say.helpers import lists\nfrom . import texts\nimport json\n",
    "say/texts.py": "TEXT = 1",
    "say/helpers/__init__.py": "",
    "say/helpers/lists.py": "from .deep import more",
    "say/helpers/deep.py": "more = 1",
    "say/other.py": "OTHER = 1",
    "say/table.csv": "a,b",
    "say/operator_specs/say/other.json": "{}",
}


def digest(folder: Path, **changes: str) -> str:
    for name, text in {**FILES, **changes}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return content_digest(folder, OperatorSpec.from_json(spec("say.word", "1.0.0", "say"), folder / "x.json"))


@pytest.mark.parametrize(
    "file",
    ["say/__init__.py", "say/word.py", "say/texts.py", "say/helpers/lists.py", "say/helpers/deep.py", "say/table.csv"],
)
def test_what_the_operator_reaches_counts(tmp_path: Path, file: str) -> None:
    assert digest(tmp_path) != digest(tmp_path, **{file: FILES[file] + "\n# changed"})


@pytest.mark.parametrize("file", ["say/other.py", "say/operator_specs/say/other.json"])
def test_what_belongs_to_others_does_not(tmp_path: Path, file: str) -> None:
    assert digest(tmp_path) == digest(tmp_path, **{file: "# changed"})
