"""Whether an error is said in both languages."""

from __future__ import annotations

import re

from patchbay_sdk import PatchbayError


def assert_chinese(error: PatchbayError) -> None:
    """AssertionError unless the error is said in Chinese, with no number that the English text lacks."""
    chinese = error.details["texts"]["zh-CN"]
    assert re.search("[一-鿿]", chinese)
    assert _numbers(chinese) <= _numbers(error.message), (error.message, chinese)


def _numbers(text: str) -> set[str]:
    return set(re.findall(r"\d+(?:[,.]\d+)*", text))
