"""Every cell changed by itself, in every way a cell can go wrong, one cell at a time."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

import pyarrow as pa

from bowerman_data.schemas.columns import COLUMNS

__all__ = ["CHANGES", "JUDGED", "OWN_WORDS", "CellChange", "cell_changes", "changed_value", "with_cells"]

JUDGED = ("results", "splits", "quotes", "marks", "claims", "rulings")
"""The tables whose every cell is changed."""

OWN_WORDS = {
    ("quotes", "context"): "where it was said is told by no fixed phrase of a source; the words are ours",
    ("rulings", "reason"): "the reasoning is ours",
    ("rulings", "rule"): "which short code sums the reasoning up is ours to say",
}
"""The columns that hold our own words or choices: whether they are right no check can judge, only that they changed."""


@dataclass(frozen=True, slots=True)
class CellChange:
    """One way to change one cell."""

    table: str
    row: int
    column: str
    change: str


def cell_changes(tables: dict[str, pa.Table], seed: int) -> Iterator[CellChange]:
    """Every change that applies to every cell: one for each cell and kind, drawn with the seed."""
    for table in JUDGED:
        for column in tables[table].column_names:
            values = tables[table][column].to_pylist()
            for row in range(len(values)):
                for change in CHANGES:
                    one = CellChange(table, row, column, change)
                    if changed_value(one, values, seed) is not _SAME:
                        yield one


def changed_value(one: CellChange, values: list[Any], seed: int) -> Any:  # noqa: ANN401
    """The new value of the cell, a marker where the change does not apply to it."""
    rng = Random(f"{seed} {one.table} {one.row} {one.column} {one.change}")
    old = values[one.row]
    new = CHANGES[one.change](old, values, rng)
    if new is not _SAME and (new == old or not _fits(new, COLUMNS[one.column].dtype)):
        return _SAME
    return new


def with_cells(table: pa.Table, cells: Iterable[tuple[int, str, Any]]) -> pa.Table:
    """The table with some cells changed, each given by its row, its column and its new value."""
    by_column: dict[str, dict[int, Any]] = {}
    for row, column, value in cells:
        by_column.setdefault(column, {})[row] = value
    for column, new in by_column.items():
        table = _with_values(table, table.schema.get_field_index(column), new)
    return table


def _with_values(table: pa.Table, i: int, new: dict[int, Any]) -> pa.Table:
    """The table with some values of a column changed; the column may hold a null then."""
    field, values = table.schema.field(i), table.column(i).to_pylist()
    for row, value in new.items():
        values[row] = value
    changed: pa.Array[Any] = pa.array(values, field.type)
    return table.set_column(i, field.with_nullable(True), changed)


class _Same:
    """Says that a change does not apply."""

    def __repr__(self) -> str:
        return "SAME"


_SAME = _Same()
Value = Any
Change = Callable[[Value, list[Value], Random], Value]


def _fits(new: Value, dtype: str) -> bool:
    """Whether the column's type can hold it; what it cannot is for `declared-columns`."""
    limits = {"int16": 2**15, "int32": 2**31}
    return new is None or dtype not in limits or -limits[dtype] <= new < limits[dtype]


def _in_list(change: Callable[[str, Random], Value]) -> Change:
    """A change of text, or of one element of a list of texts."""

    def changed(old: Value, values: list[Value], rng: Random) -> Value:
        if isinstance(old, str):
            return change(old, rng)
        if isinstance(old, list) and old:
            i = rng.randrange(len(old))
            new = change(old[i], rng)
            return _SAME if new is _SAME else [*old[:i], new, *old[i + 1 :]]
        return _SAME

    return changed


def _digit(old: Value, values: list[Value], rng: Random) -> Value:
    """One digit is another one."""
    if isinstance(old, str | list):
        return _in_list(_digit_of_text)(old, values, rng)
    if old is None:
        return _SAME
    for _ in range(20):
        text = _digit_of_text(str(old), rng)
        try:
            return type(old).fromisoformat(text) if isinstance(old, dt.date) else type(old)(text)
        except ValueError:
            continue
    return _SAME


def _digit_of_text(text: str, rng: Random) -> Value:
    places = [i for i, char in enumerate(text) if char in "0123456789"]
    if not places:
        return _SAME
    at = rng.choice(places)
    return text[:at] + rng.choice("0123456789".replace(text[at], "")) + text[at + 1 :]


def _letter(text: str, rng: Random) -> Value:
    """One letter is another one."""
    places = [i for i, char in enumerate(text) if char.isalpha()]
    if not places:
        return _SAME
    at = rng.choice(places)
    letters = "abcdefghijklmnopqrstuvwxyz"
    other = rng.choice(letters.replace(text[at].lower(), ""))
    return text[:at] + (other.upper() if text[at].isupper() else other) + text[at + 1 :]


def _transposed(text: str, rng: Random) -> Value:
    """Two neighbouring characters have changed places."""
    places = [i for i in range(len(text) - 1) if text[i] != text[i + 1]]
    if not places:
        return _SAME
    at = rng.choice(places)
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def _case(text: str, rng: Random) -> Value:
    """One letter is in the other case."""
    places = [i for i, char in enumerate(text) if char.swapcase() != char and len(char.swapcase()) == 1]
    if not places:
        return _SAME
    at = rng.choice(places)
    return text[:at] + text[at].swapcase() + text[at + 1 :]


def _accent(text: str, rng: Random) -> Value:
    """Accents and curls are lost."""
    return "".join("'" if char in "‘’" else unicodedata.normalize("NFD", char)[0] for char in text)


def _mojibake(text: str, rng: Random) -> Value:
    """UTF-8 is read as Windows Western."""
    return "".join(c.encode().decode("cp1252", errors="replace") if ord(c) > 127 else c for c in text)


def _truncated(old: Value, values: list[Value], rng: Random) -> Value:
    """The last character, or the last element, is lost."""
    return old[:-1] if isinstance(old, str | list) and len(old) > (1 if isinstance(old, str) else 0) else _SAME


def _swapped(old: Value, values: list[Value], rng: Random) -> Value:
    """The value is that of another row."""
    others = [value for value in values if value != old and value is not None]
    return rng.choice(others) if others else _SAME


def _null(old: Value, values: list[Value], rng: Random) -> Value:
    """The value is lost."""
    return _SAME if old is None else None


def _shifted(old: Value, values: list[Value], rng: Random) -> Value:
    """A number is one more or less, a day the next or the one before."""
    step = rng.choice((-1, 1))
    if isinstance(old, dt.date):
        return old + dt.timedelta(days=step)
    return old + step if isinstance(old, int | float) else _SAME


CHANGES: dict[str, Change] = {
    "digit": _digit,
    "letter": _in_list(_letter),
    "transposed": _in_list(_transposed),
    "case": _in_list(_case),
    "accent": _in_list(_accent),
    "mojibake": _in_list(_mojibake),
    "truncated": _truncated,
    "swapped": _swapped,
    "null": _null,
    "shifted": _shifted,
}
"""The kinds of change by name."""
