"""The plugin host with real plugin code: answers, errors, crashes, endless loops, what it may see."""

import json
import os
import subprocess

import pytest

from patchbay_sdk.schema import Column, Schema
from patchbay_sdk.spec import OperatorSpec
from patchbay_server.plugin_host import PluginHost, PluginHostError

PLUGIN = """
import os
from patchbay_sdk.schema import Column, Schema
from patchbay_sdk.operator import Operator

class Infers(Operator):
    def infer(self, schemas, behaviour):
        print("plugins may print")
        if behaviour == "crash":
            os.kill(os.getpid(), 9)
        if behaviour == "hang":
            while True:
                pass
        if behaviour == "raise":
            raise ValueError("no such column 'x'")
        seen = "secret" if "DATABASE_URL" in os.environ else "nothing"
        return {"table": Schema((*schemas["table"].columns, Column(seen, "int"))), "other": None}
"""


@pytest.fixture
def spec(tmp_path, monkeypatch):
    (tmp_path / "a_plugin.py").write_text(PLUGIN)
    texts = {"title": "Infers", "description": "For a test.", "behaviour": "Behaviour"}
    raw = {
        "id": "code.infers",
        "version": "1.0.0",
        "category": "code",
        "icon": "code",
        "implementation": "a_plugin:Infers",
        "inputs": [{"name": "table", "type": "table"}],
        "outputs": [
            {"name": "table", "type": "table", "schema": {"infer": True}},
            {"name": "other", "type": "table", "schema": {"infer": True}},
        ],
        "params": {"type": "object", "properties": {"behaviour": {"type": "string", "title": "$t.behaviour"}}},
        "ui": [{"section": "$t.title", "fields": ["behaviour"]}],
        "runs": {"engines": ["local"]},
        "i18n": {"en": texts, "zh-CN": texts},
        "examples": [{"title": "none", "params": {}, "expect": {"error": "none"}}],
    }
    path = tmp_path / "infers.json"
    path.write_text(json.dumps(raw))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    monkeypatch.setenv("DATABASE_URL", "sqlite:///secret.db")
    return OperatorSpec.from_file(path)


@pytest.fixture
def host():
    with PluginHost(seconds=1) as host:
        yield host


SCHEMA = Schema((Column("a", "float"),))
EXPECTED = {"table": Schema((Column("a", "float"), Column("nothing", "int"))), "other": None}


def test_infers_and_sees_no_secret(host, spec):
    assert host.infer(spec, {"behaviour": "answer"}, {"table": SCHEMA}) == EXPECTED


@pytest.mark.parametrize(
    ("behaviour", "message"),
    [
        ("raise", "code.infers@1.0.0 could not infer its output schema: ValueError: no such column 'x'"),
        ("crash", "code.infers@1.0.0 ended the plugin host or took longer than 1 s"),
        ("hang", "code.infers@1.0.0 ended the plugin host or took longer than 1 s"),
    ],
)
def test_a_failure_names_the_plugin_and_the_next_question_works(host, spec, behaviour, message):
    with pytest.raises(PluginHostError, match=message):
        host.infer(spec, {"behaviour": behaviour}, {"table": SCHEMA})
    assert host.infer(spec, {"behaviour": "answer"}, {"table": SCHEMA}) == EXPECTED


def test_no_process_before_the_first_question_and_none_after_the_end(spec):
    host = PluginHost()
    assert host._process is None
    host.infer(spec, {"behaviour": "answer"}, {"table": SCHEMA})
    process = host._process
    assert isinstance(process, subprocess.Popen)
    host.close()
    assert process.poll() is not None
