"""Results with people's columns, read row by row into our table.

What cannot be read becomes null, is found by the rule of reading and by no other; what no column
tells is filled in lawfully, and whatever would judge it is skipped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

from bowerman_data import _cells as cells
from bowerman_data._columns import Columns, People, Row, on_the_road, race_facts, race_ids
from bowerman_data._races import Facts
from bowerman_data._sheet import Sheet
from bowerman_data.marks import Mark, MarkError, Result, format_mark, parse_result

__all__ = ["read_results", "time_in"]

# A nation that may stand in any year, for those whose nation nobody gives.
NO_NATION = "ANA"
_COARSE = frozenset({"hand_implied", "whole_seconds"})
_FINISHED = frozenset({"ok", "finished", "fin", "finisher", "official", "im ziel", "classe", "f"})


def read_results(sheet: Sheet, facts: Facts, race: str, *, among_others: bool = False) -> People:
    """Results as people write them; `race` is the id where no column names one."""
    columns = Columns(sheet, "results", facts)
    ids = race_ids(columns, race, among_others=among_others)
    rows = [_result(columns, row, ids[row]) for row in range(len(columns))]
    absent = _absent(columns, rows)
    _fill(rows, absent)
    races = race_facts(columns, ids)
    return People(rows, list(range(len(columns))), columns.found, absent, races, columns.names)


def _result(columns: Columns, row: int, race_id: str) -> Row:
    said = _mark_cell(columns, row)
    status, place = _status_and_place(columns, row, said)
    mark = said.mark if said else None
    time_ms, decimals, text = time_in(columns, row, mark)
    return {
        "race_id": race_id,
        "athlete_id": columns.athletes[row],
        "nation": _nation(columns, row),
        "role": _role(columns, row),
        "status": status,
        "place": place,
        "time_ms": time_ms,
        "decimals": decimals,
        "mark": text,
        "codes": _codes(columns, row, mark),
        "points": _points(columns, row),
    }


def _nation(columns: Columns, row: int) -> str | None:
    text = columns.get("nation", row)
    if text is None:
        return NO_NATION
    code, lenient = cells.nation_of(text)
    if len(code) != 3 or not code.isascii():
        columns.unreadable(row, "nation", "the code or the name of a nation", "nation")
        return None
    if lenient:
        columns.lenient(row, "nation", code, "the code of the nation")
    return code


def _role(columns: Columns, row: int) -> str:
    text = (columns.get("role", row) or "").casefold()
    if not text:
        return "athlete"
    paced = text in ("pacemaker", "pacer", "rabbit", "pm", "hare", "true", "yes", "y", "1", "x")
    if not paced and text not in ("athlete", "runner", "false", "no", "n", "0"):
        columns.unreadable(row, "role", "athlete or pacemaker")
    return "pacemaker" if paced else "athlete"


def _codes(columns: Columns, row: int, mark: Mark | None) -> list[str]:
    text = columns.get("codes", row)
    beside = mark.codes if mark else ()
    if text is None and not beside:
        return []
    return cells.ranked(dict.fromkeys(beside) if text is None else [*cells.codes_of(text), *beside])


def _points(columns: Columns, row: int) -> int | None:
    text = columns.get("points", row)
    points = cells.points_of(text) if text else 0
    if points is None or points > cells.MOST:
        columns.unreadable(row, "points", f"a whole number up to {cells.MOST}")
        return None
    return points or None


def _mark_cell(columns: Columns, row: int) -> Result | None:
    """What the mark's cell says, else the seconds'; None where blank or unreadable."""
    for ours in ("mark", "seconds"):
        text = columns.get(ours, row)
        if text is not None:
            return _parsed(columns, row, ours, _with_minutes(columns, row, text) if ours == "seconds" else text)
    return None


def _with_minutes(columns: Columns, row: int, seconds: str) -> str:
    """Seconds behind the minutes of a column of their own, if there is one."""
    minutes = cells.whole(columns.get("minutes", row) or "0")
    two_digits = re.sub("^([0-9])(?![0-9])", r"0\1", seconds)
    return seconds if minutes == "0" else f"{minutes}:{two_digits}"


def _parsed(columns: Columns, row: int, ours: str, text: str) -> Result | None:
    try:
        result = _read_result(text, on_the_road(columns, row))
    except MarkError as error:
        # Who has no time that can be read may have no place either.
        columns.unreadable(row, ours, error.expected, "place", "time_ms", "decimals", "mark")
        return None
    if result is not None and (notes := _noted(columns, ours, result)):
        mark = result.mark.official() if result.mark else None
        columns.lenient(row, ours, _written(mark) if mark else result.status, *notes)
    return result


def _noted(columns: Columns, ours: str, result: Result) -> Sequence[str]:
    """What was lenient: few decimals are only where others have more, and seconds never where they are asked for."""
    if result.mark is None or not result.mark.flags:
        return result.notes
    noted = {} if ours == "seconds" else result.mark.noted()
    alike = result.mark.decimals == columns.finest
    return [phrase for flag, phrase in noted.items() if not (alike and flag in _COARSE)]


@cache
def _read_result(text: str, road: bool) -> Result | None:
    return parse_result(text, road=road)


@cache
def _written(mark: Mark) -> str:
    return format_mark(mark.time_ms, mark.decimals)


def _status_and_place(columns: Columns, row: int, said: Result | None) -> tuple[str | None, int | None]:
    place, by_place = _place(columns, row)
    by_status = _status(columns, row)
    by_mark = said.status if said else None
    status = by_status or by_place or ("OK" if by_mark == "NT" else by_mark)
    if status is None and (columns.get("time_ms", row) or columns.get("mark", row) or columns.get("seconds", row)):
        status = "OK"  # a time that cannot be read is a time
    if status is None and place is not None:
        status = "OK"  # placed, and no time: whoever judges nulls will say so
    if status is None:
        columns.unreadable(row, "mark", "a time, or DNF, DNS or DQ", "place", "time_ms", "decimals", "mark")
    if (status or "OK") == "OK" and place is None and "place" in columns and columns.get("place", row):
        columns.unreadable(row, "place", f"a place such as 1, up to {cells.MOST}", "place")
    return status or "OK", place


def _place(columns: Columns, row: int) -> tuple[int | None, str | None]:
    """The place, or the status that stands in its stead."""
    text = columns.get("place", row)
    if text is None:
        return None, None
    place, lenient = cells.place_of(text)
    if lenient:
        columns.lenient(row, "place", str(place), "the number alone")
    return place, None if place is not None else _status_word(text)


def _status(columns: Columns, row: int) -> str | None:
    text = columns.get("status", row)
    if text is None or text.casefold() in _FINISHED:
        return "OK" if text else None
    status = _status_word(text)
    if status is None:
        columns.unreadable(row, "status", "OK, DNF, DNS or DQ")
    return status


@cache
def _status_word(text: str) -> str | None:
    try:
        result = parse_result(text)
    except MarkError:
        return None
    return result.status if result and result.status in ("DNF", "DNS", "DQ") else None


def time_in(columns: Columns, row: int, mark: Mark | None) -> tuple[int | None, int | None, str | None]:
    """Time, decimals and mark: a result is official to the hundredth, so thousandths round up."""
    official = mark.official() if mark else None
    given = columns.get("time_ms", row)
    if given is None:
        return (official.time_ms, official.decimals, _written(official)) if official else (None, None, None)
    given = cells.whole(given)
    if not given.isdigit() or not 0 < int(given) < 2**31:
        columns.unreadable(row, "time_ms", "whole milliseconds", "time_ms", "decimals", "mark")
        return None, None, None
    alone = Mark(int(given), 2 if int(given) % 10 == 0 else 3)
    beside = official or alone.official()
    return (int(given) if official else beside.time_ms), beside.decimals, _written(beside)


def _absent(columns: Columns, rows: Iterable[Row]) -> frozenset[str]:
    """Our columns of which the sheet tells nothing."""
    absent = {ours for ours in ("nation", "points") if ours not in columns}
    if "codes" not in columns and not any(row["codes"] for row in rows):
        absent.add("codes")
    if not any(row["place"] for row in rows):
        absent.add("place")
    if not {"mark", "time_ms"} <= columns.names.keys():
        absent.add("time_ms")
    return frozenset(absent)


def _fill(rows: list[Row], absent: frozenset[str]) -> None:
    """Fill in what is absent with what no rule refuses."""
    for row in rows:
        row["nation"] = NO_NATION if "nation" in absent else row["nation"]
    if "place" in absent:
        times: dict[str, list[int]] = {}
        for row in _finished(rows):
            times.setdefault(row["race_id"], []).append(row["time_ms"])
        ranks = {race: _ranks(sorted(found)) for race, found in times.items()}
        for row in _finished(rows):
            row["place"] = min(ranks[row["race_id"]][row["time_ms"]], cells.MOST)


def _finished(rows: list[Row]) -> Iterable[Row]:
    return (row for row in rows if row["status"] == "OK" and row["time_ms"] is not None)


def _ranks(times: list[int]) -> dict[int, int]:
    ranks: dict[int, int] = {}
    for place, time in enumerate(times, 1):
        ranks.setdefault(time, place)
    return ranks
