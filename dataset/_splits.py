"""Splits with people's columns, read row by row into our table."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

from bowerman_data._columns import Columns, People, Row, on_the_road, race_ids
from bowerman_data._races import Facts, metres
from bowerman_data._results import time_in
from bowerman_data._sheet import Sheet
from bowerman_data.errors import InputError
from bowerman_data.marks import Mark, MarkError, format_mark, parse_mark

__all__ = ["read_splits"]

# Splits are taken by hand, and printed in seconds, more often than not.
_USUAL = frozenset({"hand_implied", "whole_seconds", "seconds_only"})


def read_splits(sheet: Sheet, facts: Facts, race: str, *, alone: bool = False) -> People:
    """Splits as people write them, a row each; a blank time is no split.

    `alone` says that there is no other race: whatever heat they name is in it.
    """
    columns = Columns(sheet, "splits", facts)
    if not {"mark", "time_ms", "seconds"} & columns.names.keys():
        raise InputError(f"{sheet.name}: columns: expected one for the time of a split; name it with --map mark=...")
    ids = [race] * len(columns) if alone and "race" not in columns else race_ids(columns, race)
    timed = [row for row in range(len(columns)) if any(columns.get(o, row) for o in ("mark", "time_ms", "seconds"))]
    rows = [_split(columns, row, ids[row]) for row in timed]
    absent = frozenset({"athlete_id"} if not any(row["athlete_id"] for row in rows) else ())
    absent |= frozenset() if {"mark", "time_ms"} <= columns.names.keys() else {"time_ms"}
    return People(rows, timed, columns.found, absent, {}, columns.names)


def _split(columns: Columns, row: int, race_id: str) -> Row:
    result = _split_mark(columns, row)
    time_ms, decimals, text = time_in(columns, row, result)
    athlete = columns.athletes[row]
    return {
        "race_id": race_id,
        "from_m": _metres(columns, row, "from_m") if columns.get("from_m", row) else 0.0,
        "to_m": _metres(columns, row, "to_m"),
        "basis": _basis(columns, row, athlete),
        "athlete_id": athlete,
        "time_ms": time_ms,
        "decimals": decimals,
        "mark": text,
    }


def _split_mark(columns: Columns, row: int) -> Mark | None:
    for ours in ("mark", "seconds"):
        text = columns.get(ours, row)
        if text is not None:
            return _parsed(columns, row, ours, text)
    return None


def _parsed(columns: Columns, row: int, ours: str, text: str) -> Mark | None:
    try:
        mark = _mark(text, on_the_road(columns, row))
    except MarkError as error:
        columns.unreadable(row, ours, error.expected, "time_ms", "decimals", "mark")
        return None
    notes = [note for flag, note in mark.noted().items() if flag not in _USUAL]
    if notes:
        columns.lenient(row, ours, format_mark(mark.time_ms, mark.decimals), *notes)
    return mark


@cache
def _mark(text: str, road: bool) -> Mark:
    return parse_mark(text, road=road)


def _metres(columns: Columns, row: int, ours: str) -> float | None:
    text = columns.get(ours, row) or ""
    found = Decimal(0) if text.rstrip("m ") in ("0", "0.0") else metres(text)
    if found is None:
        columns.unreadable(row, ours, "metres, such as 400", ours)
        return None
    return float(found)


def _basis(columns: Columns, row: int, athlete: str | None) -> str:
    text = (columns.get("basis", row) or "").casefold()
    if text and text not in ("leader", "race", "athlete", "own"):
        columns.unreadable(row, "basis", "leader or athlete")
    return "leader" if text in ("leader", "race") or (not text and athlete is None) else "athlete"
