"""Every cell that a source could state, as text: one row a value, named as claims name it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bowerman_data.expectations._sql import Relation, cell, literal, number, row_key
from bowerman_data.schemas.columns import COLUMNS

__all__ = ["LEADER_KEY", "relations"]


@dataclass(frozen=True, slots=True)
class _Cells:
    """Some columns of a table's rows, with the key that claims use and a condition."""

    table: str
    key: str
    fields: Sequence[str]
    where: str = "TRUE"


def _named(text: str) -> str:
    """A part of a key: null is the word `null`."""
    return f"coalesce({text}, 'null')"


def _key(*columns: str) -> str:
    return " || ".join(f"'{' ' if n else ''}{name}=' || {_named(f't.{name}')}" for n, name in enumerate(columns))


_FROM, _TO = (_named(number(f"t.{end}")) for end in ("from_m", "to_m"))
_BASIS = _named("t.basis")
_STRETCH = f"{_key('race_id')} || ' from_m=' || {_FROM} || ' to_m=' || {_TO} || ' basis="
LEADER_KEY, _OWN = f"{_STRETCH}leader'", f"{_STRETCH}' || {_BASIS} || ' athlete_id=' || {_named('t.athlete_id')}"
_RESULT = _key("race_id", "athlete_id")

_CELLS = (
    _Cells("results", _RESULT, ("nation", "place", "mark", "codes", "points")),
    _Cells("results", _RESULT, ("role",), "t.role = 'pacemaker'"),
    _Cells("results", _RESULT, ("status",), "t.status <> 'OK'"),
    _Cells("splits", LEADER_KEY, ("mark", "athlete_id"), "t.basis = 'leader'"),
    _Cells("splits", _OWN, ("mark",), f"{_BASIS} <> 'leader'"),
    _Cells("marks", _key("mark_id"), ("athlete_id", "discipline", "mark", "year", "date", "venue", "place", "codes")),
    _Cells(
        "races",
        _key("race_id"),
        ("name", "meet", "series", "date", "venue", "city", "country", "discipline", "sex"),
    ),
    _Cells("athletes", _key("athlete_id"), ("name", "nation")),
    _Cells("sources", _key("source_id"), ("author", "published_on")),
    _Cells("quotes", _key("utterance_id"), ("speaker_id",)),
)


def _values(cells: _Cells) -> Iterator[str]:
    for field in cells.fields:
        column = COLUMNS[field]
        spread = column.dtype == "list<string>"
        value = f"explode(t.{field})" if spread else cell(column, f"t.{field}")
        present = f"size(t.{field}) > 0" if spread else f"t.{field} IS NOT NULL"
        yield (
            f"SELECT {literal(cells.table)} AS about, {cells.key} AS key, {literal(field)} AS field, {value} AS value, "
            f"{row_key(cells.table)} AS row_key FROM {{{cells.table}}} t WHERE {cells.where} AND {present}"
        )


def _of(tables: set[str]) -> str:
    union = " UNION ALL ".join(sql for cells in _CELLS if cells.table in tables for sql in _values(cells))
    return f"SELECT * FROM ({union}) u WHERE value IS NOT NULL"


def relations() -> Iterator[Relation]:
    """The cells of all tables, and of each table whose every value needs a claim."""
    yield Relation("cells", "claims", _of({cells.table for cells in _CELLS}))
    for table in ("results", "splits", "marks"):
        yield Relation(f"{table}_cells", table, _of({table}))
