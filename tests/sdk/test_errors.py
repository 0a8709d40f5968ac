"""One tree of errors, drawn in its docstring."""

from __future__ import annotations

import inspect
import re

from patchbay_sdk import errors


def test_the_drawing_shows_every_error_below_its_parent() -> None:
    drawn: dict[str, str | None] = {}
    branch: list[tuple[int, str]] = []
    for line in str(errors.__doc__).splitlines():
        found = re.match(r"^([│├└─ ]*)([A-Z]\w+)(  .*)?$", line.removeprefix("    "))
        if line.startswith("    ") and found:
            depth, name = len(found[1]), found[2]
            while branch and branch[-1][0] >= depth:
                branch.pop()
            drawn[name] = branch[-1][1] if branch else None
            branch.append((depth, name))
    classes = {
        name: cls for name, cls in inspect.getmembers(errors, inspect.isclass) if issubclass(cls, errors.PatchbayError)
    }
    assert drawn == {name: None if name == "PatchbayError" else cls.__base__.__name__ for name, cls in classes.items()}


def test_codes_differ() -> None:
    classes = [cls for _, cls in inspect.getmembers(errors, inspect.isclass) if issubclass(cls, errors.PatchbayError)]
    codes = [cls.code for cls in classes]
    assert len(codes) == len(set(codes))


def test_a_message_in_both_languages_is_logged_in_english_and_travels_in_both() -> None:
    error = errors.DataError({"en": "Column 'nm' is empty.", "zh-CN": "列“nm”为空。"}, column="nm")
    assert str(error) == error.message == "Column 'nm' is empty."
    assert error.details == {"column": "nm", "texts": {"en": "Column 'nm' is empty.", "zh-CN": "列“nm”为空。"}}
    assert errors.DataError("Column 'nm' is empty.").details == {}
