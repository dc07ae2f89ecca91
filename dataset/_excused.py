"""Cells that the invariants would find again where a rule of reading, or another cell, has been found already."""

from __future__ import annotations

from collections.abc import Iterator

from bowerman_data._columns import People
from bowerman_data.schemas.tables import TABLES

__all__ = ["excused"]


def excused(name: str, people: People, keys: dict[int, str]) -> Iterator[tuple[str, str, str]]:
    """The cells that the invariants would find again; each once."""
    yield from _nulls(name, people, keys)
    if name == "results":
        yield from _made_of_one(people, keys)


def _made_of_one(people: People, keys: dict[int, str]) -> Iterator[tuple[str, str, str]]:
    """Of a time beside a DNF what was made of its cell: the cell itself is found."""
    given = people.columns.keys()
    shown = {"time_ms"} & given | ({"mark"} if "time_ms" not in given or given & {"mark", "seconds"} else set())
    made = sorted({"time_ms", "decimals", "mark"} - shown)
    for row, values in zip(people.source, people.rows, strict=True):
        if values["status"] != "OK" and values["time_ms"] is not None:
            yield from (("status-explains-nulls", keys[row], column) for column in made)


def _nulls(name: str, people: People, keys: dict[int, str]) -> Iterator[tuple[str, str, str]]:
    cells_left_null = {(found.row, column) for found in people.found for column in found.ours}
    rows = dict(zip(people.source, people.rows, strict=True))
    for row, column in sorted(cells_left_null):
        invariant = "status-explains-nulls" if column in TABLES[name].nulls else "no-missing-value"
        judged = invariant == "no-missing-value" or rows[row]["status"] == "OK"
        if judged and rows[row][column] is None:
            yield invariant, keys[row], column
