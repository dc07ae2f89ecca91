"""Many cases in one set of tables: each under ids of its own, so that none is beside another's rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache

import pyarrow as pa

from tests.lawful import LAWFUL
from tests.provenance import with_id
from tests.tables import Row, Tables, as_table, rows_of

__all__ = ["Change", "mixable", "together"]

Change = Callable[[Tables], Tables]

# Columns whose text is what a document has, or where an id stands only by chance.
_VERBATIM = {"printed", "text", "reason", "context", "title", "publisher", "url", "line", "sha256"}


@cache
def _ids() -> re.Pattern[str]:
    """Every id of the lawful tables, and every race's name as a fact asks for it."""
    columns = [(name, column) for name, table in LAWFUL.items() for column in table.column_names]
    cells = {
        str(cell) for name, column in columns if column.endswith("_id") for cell in LAWFUL[name][column].to_pylist()
    }
    names = {str(name).lower().replace(" ", "-") for name in LAWFUL["races"]["name"].to_pylist()}
    words = sorted((cells | names) - {"None"}, key=len, reverse=True)
    return re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, words))})(?![\w-])")


def _marked(column: str, value: object, mark: str) -> object:
    if not isinstance(value, str) or column in _VERBATIM:
        return value
    if column.endswith("_id"):
        return f"{value}-{mark}"
    return f"{value} {mark}" if column == "name" and value.endswith("Mile") else _ids().sub(rf"\1-{mark}", value)


def _rows(rows: list[Row], mark: str) -> list[Row]:
    return [{column: _marked(column, value, mark) for column, value in row.items()} for row in rows]


def _claims(rows: list[Row], mark: str) -> list[Row]:
    """Claims whose ids follow as they did; who had another's id has it still."""
    marked = _rows(rows, mark)
    pairs = [(old, with_id(new)) for old, new in zip(rows, marked, strict=True) if with_id(old) == old]
    ids = {old["claim_id"]: new["claim_id"] for old, new in pairs}
    return [
        new | {"claim_id": ids.get(old["claim_id"], new["claim_id"])} for old, new in zip(rows, marked, strict=True)
    ]


def mixable(tables: Mapping[str, pa.Table], only: Iterable[str]) -> bool:
    """Whether these tables are there, have rows, and have the columns of the lawful ones."""
    there = [name for name in only if name in tables and tables[name].num_rows]
    return there == list(only) and all(tables[name].schema.equals(LAWFUL[name].schema) for name in there)


def together(changes: Mapping[str, Change], only: Iterable[str]) -> Tables:
    """The named tables of all cases, one case under the other, and documents; ids end with the case's mark."""
    rows: dict[str, list[Row]] = {name: [] for name in only}
    for mark, change in changes.items():
        tables = change(LAWFUL)
        for name, found in rows.items():
            own = rows_of(tables, name) if name in tables else []
            found += _claims(own, mark) if name == "claims" else _rows(own, mark)
    return {name: as_table(name, found) for name, found in rows.items()}
