"""What is taken out of logs and events, however it is shown and wherever it is cut."""

import base64
import html
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchbay_runners.mask import HIDDEN, Mask, MaskedStream, parts_of
from patchbay_runners.protocol import TaskEvent

SECRET = 'pa&ss/wörd "1"\\x+ü'
LINES = "first-line-of-it\n  second-line-of-it\nend"


def masked(secret: str, data: bytes, step: int) -> bytes:
    """What a log shows of `data` that arrives `step` bytes at a time."""
    stream, told, taken, arrived = MaskedStream(Mask([secret])), b"", 0, 0
    while taken < len(data):
        arrived = min(len(data), arrived + step)
        text, count = stream.feed(data[taken:arrived], last=arrived == len(data))
        told, taken = told + text, taken + count
    return told


FORMS = {
    "plain": SECRET,
    "json": json.dumps(SECRET)[1:-1],
    "json, not ASCII": json.dumps(SECRET, ensure_ascii=False)[1:-1],
    "python": repr(SECRET)[1:-1],
    "python, ASCII": ascii(SECRET)[1:-1],
    "html": html.escape(SECRET),
    "url": quote(SECRET, safe=""),
    "url, path": quote(SECRET),
    "url, form": quote_plus(SECRET),
    "url, small escapes": "".join(c if c.isalnum() and c.isascii() else f"%{c.encode().hex('%')}" for c in SECRET),
    "hex": SECRET.encode().hex(),
    "base64": base64.b64encode(SECRET.encode()).decode(),
    "base64, URL": base64.urlsafe_b64encode(SECRET.encode()).decode(),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_every_form_is_hidden(form: str) -> None:
    assert Mask([SECRET]).text(f"before {form} after") == f"before {HIDDEN} after"


@pytest.mark.parametrize("name", ["a", "ab", "abc", "abcd"])
def test_base64_within_something_longer_is_hidden(name: str) -> None:
    header = base64.b64encode(f"{name}:{SECRET}\n".encode()).decode()
    left = Mask([SECRET]).text(header)
    assert HIDDEN in left
    assert len(left) - len(HIDDEN) <= len(header) - len(SECRET.encode()) * 8 // 6 + 1


def test_wrapped_base64_is_hidden() -> None:
    text = base64.encodebytes(b"0123456789abcdef" * 10).decode()
    assert Mask(["0123456789abcdef" * 10]).text(text).split() == [HIDDEN] * 3


def test_each_line_is_hidden_by_itself() -> None:
    mask = Mask([LINES])
    assert mask.text("> second-line-of-it <") == f"> {HIDDEN} <"
    assert mask.text(LINES) == HIDDEN
    assert mask.text("this is the end") == "this is the end"  # too short to be hidden wherever it stands


def test_what_is_secret_by_itself_is_hidden_by_itself() -> None:
    url = Mask(["postgresql://reader:p%40ssword@host/db"])
    assert url.text("p@ssword p%40ssword reader host") == f"{HIDDEN} {HIDDEN} reader host"
    document = Mask([json.dumps({"type": "robot", "key": "line-1-of-it\nline-2-of-it"})])
    assert document.text("line-2-of-it of a robot") == f"{HIDDEN} of a robot"
    assert parts_of("[" * 50_000) == {"[" * 50_000}


@given(
    secret=st.text("ab", min_size=4, max_size=8),
    data=st.text("ab ", max_size=40),
    step=st.integers(1, 50),
)
def test_it_does_not_matter_where_the_text_was_cut(secret: str, data: str, step: int) -> None:
    told = masked(secret, data.encode(), step)
    assert told == masked(secret, data.encode(), 1000)
    assert secret.encode() not in told


def test_events_keep_the_platforms_own_words() -> None:
    mask = Mask(["abcd"])
    finished = {"outputs": {"abcd": "00abcd"}, "artifacts": {"xabcd": "11abcd"}, "metrics": {"abcd": {"abcd": 1}}}
    assert mask.event(TaskEvent("finished", {**finished, "rows": {"abcd": 2}})).data == {
        "outputs": {"abcd": "00abcd"},
        "artifacts": {f"x{HIDDEN}": "11abcd"},
        "metrics": {"abcd": {HIDDEN: 1}},
        "rows": {"abcd": 2},
    }
    failed = {"error": {"message": "no abcd", "details": {"abcd": ["abcd", 1, None]}, "user": True}}
    assert mask.event(TaskEvent("failed", failed)).data == {
        "error": {"message": f"no {HIDDEN}", "details": {HIDDEN: [HIDDEN, 1, None]}, "user": True}
    }


def test_without_secrets_nothing_is_changed() -> None:
    event = TaskEvent("log", {"message": "text"})
    assert Mask().event(event) is event
    assert masked("", b"text", 1) == b"text"
