"""Columns of fields as they stand in a file, and what they are when they are read as texts, numbers or dates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from patchbay_operators.source._dates import read_dates

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class Reading:
    """How fields are read: `missing`: texts that stand for no value, besides an empty field."""

    missing: Sequence[str] = ()
    trim: bool = True
    decimal_comma: bool = False
    dates: str = "auto"
    types: Mapping[str, str] = field(default_factory=dict)


class Type(NamedTuple):
    """What all values of a column are: int, float, bool, string, or dates of a format."""

    name: str
    format: str = ""


def clean(column: pl.Series, reading: Reading) -> pl.Series:
    """Trimmed, null where the value is missing."""
    import polars as pl

    text = column.str.strip_chars() if reading.trim else column
    is_missing = text.is_in(["", *reading.missing])
    return text.to_frame().select(pl.when(~is_missing).then(text)).to_series().alias(column.name)


def numerals(text: pl.Series, reading: Reading) -> pl.Series:
    """The text with a decimal point, null where it is no number with a decimal comma."""
    import polars as pl

    if not reading.decimal_comma:
        return text
    point = text.str.replace(",", ".", literal=True)
    return text.to_frame().select(pl.when(~text.str.contains(".", literal=True)).then(point)).to_series()


class Fields:
    """Some rows of columns without a declared type. What is asked for is kept: who decides on types reads them, too."""

    def __init__(self, written: pl.DataFrame, reading: Reading) -> None:
        """`written`: the fields as strings, "" where empty."""
        self._written, self._reading = written, reading
        self._texts: dict[str, pl.Series] = {}
        self._numbers: dict[str, dict[str, pl.Series]] = {"float": {}, "int": {}}
        self._with_nan: set[str] = set()
        self._dates: dict[tuple[str, str], pl.Series] = {}
        self.height, self.names = written.height, written.columns

    def text(self, name: str) -> pl.Series:
        """A column trimmed, null where the value is missing."""
        if name not in self._texts:
            self._texts[name] = clean(self._written[name], self._reading)
        return self._texts[name]

    def numbers(self, names: Sequence[str]) -> pl.DataFrame:
        """Columns as decimal numbers, null where the value is missing or no number."""
        return self._as_numbers(names, "float")

    def floats(self, names: Sequence[str]) -> pl.DataFrame:
        """As `numbers`, but NaN in whatever spelling is missing where a marker spells it."""
        import polars as pl

        numbers = self.numbers(names)
        if not any(marker.lower() == "nan" for marker in self._reading.missing):
            return numbers
        return numbers.with_columns(pl.col(name).fill_nan(None) for name in names if name in self._with_nan)

    def integers(self, names: Sequence[str]) -> pl.DataFrame:
        """Columns as whole numbers, null where the value is missing or not written as one."""
        return self._as_numbers(names, "int")

    def numbers_as_written(self, names: Sequence[str]) -> pl.DataFrame:
        """Columns that `numbers` found to hold nothing but numbers, as text."""
        return self._written.select(names).with_columns(self._texts[name] for name in names if name in self._texts)

    def keep_dates(self, name: str, format: str, dates: pl.Series) -> None:
        """What whoever decided on the format has read already."""
        self._dates[name, format] = dates

    def given(self, name: str) -> int:
        """Values that are not missing, of a column that `numbers` was asked for."""
        column = self._texts.get(name, self._numbers["float"][name])
        return self.height - column.null_count()

    def read(self, types: Mapping[str, Type]) -> dict[str, pl.Series]:
        """Columns in their types; every value has to fit."""
        of_type: dict[str, list[str]] = {}
        for name, type in types.items():
            of_type.setdefault(type.name, []).append(name)
        found = {name: self.text(name) for name in of_type.get("string", ())}
        for name in of_type.get("bool", ()):
            found[name] = self.text(name).str.to_lowercase() == "true"
        for name in of_type.get("date", ()):
            kept = self._dates.get((name, types[name].format))
            found[name] = read_dates(self.text(name), types[name].format) if kept is None else kept
        floats, integers = self.floats(of_type.get("float", [])), self.integers(of_type.get("int", []))
        return found | {column.name: column for column in (*floats, *integers)}

    def _as_numbers(self, names: Sequence[str], kind: str) -> pl.DataFrame:
        import polars as pl

        dtype = pl.Float64 if kind == "float" else pl.Int64
        known = self._numbers[kind]
        wanted = [name for name in names if name not in known]
        known |= self._plain_numbers([name for name in wanted if name not in self._texts], dtype)
        for name in wanted:
            if name not in known:
                text = numerals(self.text(name), self._reading) if kind == "float" else self.text(name)
                known[name] = text.cast(dtype, strict=False)
                if kind == "float" and known[name].is_nan().any():
                    self._with_nan.add(name)
        return pl.DataFrame([known[name] for name in names])

    def _plain_numbers(self, names: Sequence[str], dtype: type[pl.DataType]) -> dict[str, pl.Series]:
        """The columns that are numbers without trimming or markers: the common case, and quick for all at once."""
        import polars as pl

        reading = self._reading
        if not names or reading.decimal_comma or any(_is_number(marker) for marker in reading.missing):
            return {}
        written = self._written.select(names)
        numbers = written.select(pl.all().cast(dtype, strict=False))
        missing = written.select((pl.all() == "").sum()).row(0)
        counts = zip(names, numbers.null_count().row(0), missing, strict=True)
        numbers = numbers.select([name for name, nulls, empty in counts if nulls == empty])
        if dtype == pl.Float64:
            # A marker may be NaN, which is a number for polars.
            with_nan = columns_where(numbers, pl.all().is_nan().any())
            self._with_nan |= set(with_nan)
            is_value = {name: ~written[name].is_in(list(reading.missing)) for name in with_nan}
            numbers = numbers.with_columns(pl.when(is_value[name]).then(pl.col(name)).alias(name) for name in with_nan)
        return dict(zip(numbers.columns, numbers, strict=True))


def columns_where(frame: pl.DataFrame, condition: pl.Expr) -> list[str]:
    """Names of the columns for which a condition on all of a column is true."""
    flags = frame.select(condition).row(0) if frame.width else ()
    return [name for name, is_true in zip(frame.columns, flags, strict=True) if is_true]


def _is_number(text: str) -> bool:
    try:
        return float(text) == float(text)
    except ValueError:
        return False
