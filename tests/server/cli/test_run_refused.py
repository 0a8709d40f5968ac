"""`patchbay run` with what it cannot use: explained before anything is started or written."""

import json

import pytest

CLEAN = {
    "format": 1,
    "name": "clean",
    "params": {
        "file": {"type": "string", "default": "data.csv"},
        "strategy": {"type": "string", "default": "median"},
    },
    "nodes": [
        {"id": "read", "operator": "source.csv@1.0.0", "params": {"path": {"$param": "file"}}},
        {"id": "fill", "operator": "clean.fill_missing@1.0.0", "params": {"strategy": {"$param": "strategy"}}},
    ],
    "edges": [{"from": "read.table", "to": "fill.table"}],
}
READ = CLEAN["nodes"][0]


def changed(**changes):
    return json.dumps(CLEAN | changes)


RUBBISH = {
    "missing": (None, "There is no flow file 'flow.json'. Name a file, or one of the samples: clustering"),
    "no JSON": ("{", "flow.json is not JSON: line 1, column 2"),
    "not UTF-8": (b"\xe9", "flow.json is not UTF-8 text"),
    "a list": ("[]", "flow.json is not a flow document: it must hold a JSON object."),
    "empty": ("{}", "format"),
    "a cycle": (changed(edges=[*CLEAN["edges"], {"from": "fill.table", "to": "fill.table"}]), "'fill'"),
    "another version": (changed(nodes=[READ | {"operator": "source.csv@9.9.9"}], edges=[]), "1.0.0"),
    "an unknown operator": (changed(nodes=[READ | {"operator": "source.cvs@1.0.0"}], edges=[]), "source.csv"),
    "a param of another type": (changed(nodes=[READ | {"params": {"path": 5}}], edges=[]), "Node 'read'"),
    "an unknown param": (changed(nodes=[READ | {"params": {"path": "x", "sep": ","}}], edges=[]), "sep"),
    "a missing input": (changed(edges=[]), "Node 'fill'"),
    "an unknown port": (changed(edges=[{"from": "read.rows", "to": "fill.table"}]), "rows"),
}


@pytest.mark.parametrize("case", RUBBISH)
def test_a_bad_flow_file_is_explained(patchbay, folder, case):
    content, message = RUBBISH[case]
    if content is not None:
        (folder / "flow.json").write_bytes(content if isinstance(content, bytes) else content.encode())
    ended = patchbay("run", "flow.json")
    assert (ended.status, ended.output) == (2, "")
    assert message in ended.errors
    assert not (folder.parent / "home").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-p", "strategy"], "--param 'strategy': write NAME=VALUE."),
        (["-p", "stratgy=mean"], "Did you mean 'strategy'?"),
        (["-p", "strategy=average"], "Node 'fill'"),
        (["--only", "raed"], "'raed'"),
        (["--only", "read", "--to", "fill"], "Give only one of --to, --from and --only."),
        (["--parm", "a=b"], "--parm"),
    ],
)
def test_a_bad_option_is_explained(patchbay, folder, arguments, message):
    (folder / "flow.json").write_text(changed())
    ended = patchbay("run", "flow.json", *arguments)
    assert (ended.status, ended.output) == (2, "")
    assert message in ended.errors


@pytest.mark.parametrize("arguments", [["runs"], ["flows"], ["logs", "1"], ["cancel", "1"]])
def test_before_the_first_run_commands_say_so(patchbay, arguments):
    ended = patchbay(*arguments)
    assert ended.status == 2
    assert "Nothing has run yet" in ended.errors


def test_a_bad_setting_is_explained(patchbay, monkeypatch):
    monkeypatch.setenv("PATCHBAY_LEASE", "soon")
    ended = patchbay("runs")
    assert ended.status == 2
    assert "PATCHBAY_LEASE='soon'" in ended.errors


def test_a_mistake_of_patchbay_is_one_line(patchbay, monkeypatch):
    monkeypatch.setattr("patchbay_server.config.load", lambda: 1 / 0)
    ended = patchbay("runs")
    assert ended.status == 3
    assert ended.errors.startswith("Error: ZeroDivisionError: division by zero\n")
