"""`patchbay operators new`: whatever it writes passes check and test as written."""

import json
import subprocess
import sys

import pytest

from patchbay_server.services.publishing.package import pack, read_package

STEPS = '''
from typing import Literal

import pandas as pd
import polars as pl
from patchbay_sdk import Context, Table


def scale(df: pl.DataFrame, column: str, factor: float = 2.0, mode: Literal["times", "over"] = "times") -> pl.DataFrame:
    """Scales a column.

    More about it."""
    value = pl.col(column) * factor if mode == "times" else pl.col(column) / factor
    return df.with_columns(value.alias("scaled"))


def per_group(df: pd.DataFrame, by: str) -> pd.DataFrame:
    return df.groupby(by).size().reset_index(name="rows")


def count(df: pl.LazyFrame) -> float:
    return float(df.collect().height)


def describe(left: Table, right: "Table", words: str = "rows") -> str:
    return f"{left.num_rows} and {right.num_rows} {words}"


def shuffled(df: pl.DataFrame, seed: int) -> pl.DataFrame:
    return df.sample(fraction=1.0, shuffle=True, seed=seed)


def pick(df: pl.DataFrame) -> pl.DataFrame:
    return df.select("lot")


def unclear(df: pl.DataFrame, thing) -> pl.DataFrame:
    return df


def many(*frames: pl.DataFrame) -> pl.DataFrame:
    return frames[0]
'''


@pytest.fixture
def steps(folder):
    (folder / "steps.py").write_text(STEPS)
    return "steps.py"


def created(patchbay, folder, *arguments):
    """The spec that `new` wrote; it passes check, test and the reading of what is published."""
    ended = patchbay("operators", "new", *arguments, "--no-input")
    assert ended.status == 0, ended.output + ended.errors
    [file] = folder.glob("*/*/operator_specs/*/*.json")
    project = file.parents[3]
    assert patchbay("operators", "check", str(project)).status == 0
    tested = patchbay("operators", "test", str(project))
    assert tested.status == 0, tested.output
    pack(project, folder / "package.zip")
    assert len(read_package(folder / "package.zip", folder / "read").specs) == 1
    return json.loads(file.read_text())


def test_without_any_answer(patchbay, folder):
    spec = created(patchbay, folder)
    assert spec["id"] == "custom.my_operator"
    assert spec["examples"][0]["expect"]["outputs"]["table"]["columns"]["value"] == [1.0, 2.0, 4.0]


def test_what_flags_say(patchbay, folder):
    flags = "fab-all --id fab.all --title-zh 全部 --category check --input table:table --input note:text"
    flags += "".join(f" --output {port}:{port}" for port in ("table", "chart", "metrics", "file", "text"))
    flags += " --param n:int --param flag:bool=true --param mode:choice=a|b --param cols:columns --param by:column"
    spec = created(patchbay, folder, *flags.split(), "--title", 'All "of" it')
    assert (spec["id"], spec["category"]) == ("fab.all", "check")
    assert (spec["i18n"]["en"]["title"], spec["i18n"]["zh-CN"]["title"]) == ('All "of" it', "全部")
    fields = spec["params"]["properties"]
    assert spec["params"]["required"] == ["n", "cols", "by"]
    assert (fields["flag"]["default"], fields["mode"]["enum"]) == (True, ["a", "b"])
    assert fields["by"]["x-source"] == {"input": "table"}


def test_an_operator_that_learns(patchbay, folder):
    flags = ["--output", "table:table", "--output", "fitted:transform", "--param", "column:column"]
    assert created(patchbay, folder, *flags)["outputs"][0]["learned"] == "fitted"


def test_a_function_that_changes_columns_becomes_a_learner(patchbay, folder, steps):
    spec = created(patchbay, folder, "--from-function", f"{steps}:scale")
    assert spec["i18n"]["en"]["description"] == "Scales a column."
    assert spec["outputs"][0]["schema"] == {"from": "table", "add": [{"name": "scaled", "type": "float"}]}
    assert spec["outputs"][0]["learned"] == "fitted"
    assert spec["params"]["properties"]["mode"]["enum"] == ["times", "over"]
    assert spec["params"]["properties"]["column"]["x-widget"] == "column"
    assert spec["examples"][0]["expect"]["outputs"]["table"]["columns"]["scaled"] == [2.0, 4.0, 8.0]


def test_a_function_that_needs_what_is_not_installed(patchbay, folder):
    (folder / "steps.py").write_text(
        "import nowhere\nimport polars as pl\n\n\ndef f(df: pl.DataFrame) -> pl.DataFrame: ...\n"
    )
    ended = patchbay("operators", "new", "--from-function", "steps.py:f", "--no-input")
    assert ended.status != 0
    assert "needs a library that is not installed here" in ended.errors
    assert "No module named 'nowhere'" in ended.errors


def test_a_function_that_changes_rows(patchbay, folder, steps):
    spec = created(patchbay, folder, "--from-function", f"{steps}:per_group")
    assert [port["type"] for port in spec["outputs"]] == ["table"]
    assert spec["examples"][0]["expect"]["outputs"]["table"]["columns"] == {"group": ["a", "b"], "rows": [2, 1]}


@pytest.mark.parametrize(
    ("function", "expected"),
    [("count", {"metrics": {"values": {"count": 3.0}}}), ("describe", {"text": "3 and 3 rows"})],
)
def test_functions_that_give_no_table(patchbay, folder, steps, function, expected):
    spec = created(patchbay, folder, "--from-function", f"{steps}:{function}")
    assert spec["examples"][0]["expect"]["outputs"] == expected


def test_a_function_with_a_seed(patchbay, folder, steps):
    assert created(patchbay, folder, "--from-function", f"{steps}:shuffled")["params"]["properties"] == {}


def test_a_function_that_needs_rows_of_its_own(patchbay, folder, steps):
    ended = patchbay("operators", "new", "--from-function", f"{steps}:pick", "--no-input")
    assert ended.status == 2
    assert "lot" in ended.errors and "--sample" in ended.errors
    assert not (folder / "custom-pick").exists()
    (folder / "rows.csv").write_text("lot,x\nA,1\nB,2.5\n")
    spec = created(patchbay, folder, "--from-function", f"{steps}:pick", "--sample", "rows.csv")
    assert spec["examples"][0]["inputs"]["table"]["columns"] == {"lot": ["A", "B"], "x": [1.0, 2.5]}


def test_questions_and_answers(patchbay, folder, monkeypatch):
    answers = ["fab.clean", "Clean", "清洗", "Cleans.", "clean", "table:table", "text:text", "n:int=3"]
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda prompt: answers.pop(0))
    assert patchbay("operators", "new").status == 0
    spec = json.loads((folder / "fab-clean/fab_clean/operator_specs/fab/clean.json").read_text())
    assert (spec["category"], spec["i18n"]["zh-CN"]["title"]) == ("clean", "清洗")
    assert spec["examples"][0]["expect"] == {"outputs": {"text": "3 rows"}}


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ("--from-function steps.py:gone", "no function 'gone' at its top; there are: scale"),
        ("--from-function gone.py:scale", "cannot be read"),
        ("--from-function no_such_module:scale", "no module 'no_such_module'"),
        ("--from-function steps.py:unclear", "Argument 'thing' of unclear has no annotation"),
        ("--from-function steps.py:many", "gives each its own name"),
        ("--id Fab", "must be of the form family.name"),
        ("--id fab.class", "must be of the form family.name"),
        ("--input table", "must be name:type"),
        ("--param n:int=x", "is no int"),
        ("--param n:number", "must be name:type=default"),
        ("--param table:int", "is there twice"),
        ("--output fitted:transform", "a table and the transform as outputs"),
        ("--input note:text --output text:text --param c:column", "needs an input of type table"),
        ("fab/x --id fab.x", "cannot be that of a package"),
    ],
)
def test_what_cannot_be_made(patchbay, folder, steps, arguments, reason):
    ended = patchbay("operators", "new", *arguments.split(), "--no-input")
    assert ended.status == 2
    assert reason.replace("gives each", "give each") in ended.errors


def test_a_folder_that_is_there_is_left_alone(patchbay, folder):
    (folder / "mine").mkdir()
    (folder / "mine" / "work").write_text("mine")
    assert "is there already" in patchbay("operators", "new", "mine", "--no-input").errors
    assert (folder / "mine" / "work").read_text() == "mine"


def test_the_tests_that_it_writes_pass(patchbay, folder):
    assert patchbay("operators", "new", "fab-x", "--no-input").status == 0
    done = subprocess.run(
        (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"),
        cwd=folder / "fab-x",
        env={"PYTHONPATH": str(folder / "fab-x"), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
