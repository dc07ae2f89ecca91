"""Trace a value to the words it was read from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from bowerman_data._editions import race_ids
from bowerman_data._files import known_table, read
from bowerman_data._trace import Claim, Passage, Ruling, Source, Why
from bowerman_data.errors import AmbiguousRow, NoSuchRow, UnknownColumn, nearest
from bowerman_data.schemas.tables import TABLES

__all__ = ["why"]

Row = dict[str, Any]
"""A row of a table; for a check, its arguments."""

Value = str | int | float | dt.date | None
"""What may be asked for: a value as the table holds it, or as text."""

STATED_AS = {
    "time_ms": "mark",
    "decimals": "mark",
    "distance_m": "discipline",
    "given_name": "name",
    "family_name": "name",
    "aliases": "name",
}
"""Columns that no source states by themselves, and the column whose claims give them."""

_IMPLIED = {
    ("results", "status", "OK"): "OK is what a place and a time say; no source states it by itself.",
    ("results", "role", "athlete"): "An athlete is whoever no source calls a pacemaker.",
}
_VERDICTS = ("upheld", "unsettled", "overruled")


def why(table: str, field: str, /, *, edition: int | str | None = None, **key: Value) -> Why:
    """Tell why a cell says what it says: value, ruling, and every claim with its words.

    The key may be part of it, or any other column, as long as one row is left; `edition`, a year,
    leaves the rows of its race. Numbers and dates may be given as text. `table` is a table or "check": a fact computed from the tables, with its
    arguments for a key. The result prints as a page.

    Raises UnknownName or UnknownColumn for a name that does not exist, NoSuchRow where nothing
    has that key, and AmbiguousRow with the keys of all that do; each is a ValueError.

    >>> why("results", "time_ms", athlete_id="josh-kerr").mark
    '3:45.34'
    >>> why("check", "finishers-under", under="3:49").value
    '7'
    """
    told = _facts(field) if table == "check" else _rows(table, field, key)
    if edition is not None:
        races = race_ids(edition)
        told = [row for row in told if row.get("race_id", "") in races]
    found = _matching(table, told, key)
    about = _claim_key(table, found[0])
    value, ruling = found[0].get(field), _ruling(table, about, field)
    claims = _claims(table, about, field)
    if table == "check":
        value = ruling.value if ruling else _longest(c.value for c in claims if c.verdict == "upheld")
    note = None if claims or ruling else _note(table, field, value)
    shown = about if table == "check" else _row_key(table, found[0])
    return Why(table, field, shown, value, _mark(found[0], field), ruling, claims, _passages(table, found), note)


def _rows(table: str, field: str, key: Mapping[str, Value]) -> list[Row]:
    """The rows of a table; where none has that key, those that claims alone speak of as well."""
    known_table(table)
    if field not in TABLES[table].columns:
        raise UnknownColumn(f"column of {table}", field, TABLES[table].columns)
    rows: list[Row] = read(table).to_pylist()
    if any(_has(row, key) for row in rows):
        return rows
    told = {_claim_key(table, row) for row in rows}
    absent = {c["key"] for c in read("claims").to_pylist() if c["about"] == table and c["key"] not in told}
    return rows + [_parsed(key) for key in sorted(absent)]


def _facts(field: str) -> list[Row]:
    """The arguments with which a fact is stated."""
    stated = [row for name in ("claims", "rulings") for row in read(name).to_pylist() if row["about"] == "check"]
    if field not in {row["field"] for row in stated}:
        raise UnknownColumn("fact", field, sorted({row["field"] for row in stated}))
    return [_parsed(key) for key in sorted({row["key"] for row in stated if row["field"] == field})]


def _parsed(key: str) -> Row:
    return dict(pair.split("=", 1) for pair in key.split(" "))


def _matching(table: str, rows: list[Row], key: Mapping[str, Value]) -> list[Row]:
    """The rows with those values, which must all be spoken of by the same claims."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    for name in key:
        if name not in columns:
            raise UnknownColumn("argument" if table == "check" else f"column of {table}", name, columns)
    found = [row for row in rows if _has(row, key)]
    if not found:
        raise NoSuchRow(_none_such(table, rows, key))
    if len({_claim_key(table, row) for row in found}) > 1:
        raise AmbiguousRow(_ambiguous(table, _wanted(key), [_row_key(table, row) for row in found]))
    return found


def _wanted(key: Mapping[str, Value]) -> str:
    return " ".join(f"{name}={_text(value)}" for name, value in key.items()) or "any key"


def _none_such(table: str, rows: list[Row], key: Mapping[str, Value]) -> str:
    for name, wanted in key.items():
        values = sorted({_text(row[name]) for row in rows if name in row})
        if _text(wanted) not in values:
            return f"{table}: no row has {name}={_text(wanted)}{nearest(_text(wanted), values)}"
    return f"{table}: no row has {_wanted(key)}; expected a key such as {_row_key(table, rows[0])}"


def _has(row: Row, key: Mapping[str, Value]) -> bool:
    return all(name in row and _same(row[name], wanted) for name, wanted in key.items())


def _same(cell: object, wanted: Value) -> bool:
    if isinstance(wanted, str) and isinstance(cell, int | float):
        return wanted.removesuffix(".0") == _text(cell)
    return cell == wanted or _text(cell) == _text(wanted)


def _ambiguous(table: str, wanted: str, keys: list[str]) -> str:
    shown = "".join(f"\n  {key}" for key in keys[:20])
    more = f"\n  and {len(keys) - 20} more" if len(keys) > 20 else ""
    return f"{table}: {len(keys)} rows have {wanted}; say which:{shown}{more}"


def _text(value: object) -> str:
    """A cell as keys write it: null for None, no .0 behind whole metres."""
    return "null" if value is None else str(value).removesuffix(".0") if isinstance(value, float) else str(value)


def _pairs(row: Row, names: Iterable[str]) -> str:
    return " ".join(f"{name}={_text(row.get(name))}" for name in names)


def _row_key(table: str, row: Row) -> str:
    return _pairs(row, row if table == "check" else TABLES[table].key)


def _claim_key(table: str, row: Row) -> str:
    """The row as claims name it: quotes by the utterance, a leader's split without its athlete."""
    if table == "quotes":
        return _pairs(row, ("utterance_id",))
    if table == "splits" and row["basis"] == "leader":
        return _pairs(row, (name for name in TABLES[table].key if name != "athlete_id"))
    return _row_key(table, row)


def _about(name: str, about: str, key: str, fields: set[str]) -> list[Row]:
    rows = read(name).to_pylist()
    return [row for row in rows if row["about"] == about and row["key"] == key and row["field"] in fields]


def _claims(table: str, key: str, field: str) -> tuple[Claim, ...]:
    sources = {row["source_id"]: row for row in read("sources").to_pylist()}
    rows = _about("claims", table, key, {field, STATED_AS.get(field, field)})
    claims = [_claim(row, sources[row["source_id"]]) for row in rows]
    return tuple(sorted(claims, key=lambda claim: _VERDICTS.index(claim.verdict)))


def _claim(row: Row, source: Row) -> Claim:
    names = ("part", "line", "start_char", "end_char", "printed", "value", "verdict")
    return Claim(row["claim_id"], _source(source), *(row[name] for name in names))


def _source(row: Row) -> Source:
    return Source(*(row[name] for name in ("source_id", "publisher", "title", "url", "published_on", "upstream")))


def _ruling(table: str, key: str, field: str) -> Ruling | None:
    rows = _about("rulings", table, key, {field, STATED_AS.get(field, field)})
    if not rows:
        return None
    row = rows[0]
    return Ruling(row["ruling_id"], row["value"], tuple(row["rejected"]), row["rule"], row["reason"])


def _passages(table: str, rows: list[Row]) -> tuple[Passage, ...]:
    """The passages asked for, and after them the other transcripts of the same remark."""
    if table != "quotes":
        return ()
    others = [row for row in read("quotes").to_pylist() if row["saying_id"] == rows[0]["saying_id"] and row not in rows]
    sources = {row["source_id"]: row for row in read("sources").to_pylist()}
    return tuple(_passage(row, sources[row["source_id"]]) for row in (*rows, *others))


def _passage(row: Row, source: Row) -> Passage:
    return Passage(row["quote_id"], _source(source), *(row[name] for name in ("text", "start_char", "end_char")))


def _longest(values: Iterable[str]) -> str | None:
    return max(values, key=len, default=None)


def _mark(row: Row, field: str) -> str | None:
    return row.get("mark") if STATED_AS.get(field, field) == "mark" else None


def _note(table: str, field: str, value: object) -> str:
    if value is None:
        return "Null, and no source says otherwise."
    if field in TABLES[table].key:
        return "It is part of the key: it names the row."
    if table == "quotes":
        return "It is read from the passage itself."
    return _IMPLIED.get((table, field, str(value)), "No claim states it in words.")
