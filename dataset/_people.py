"""Results and splits with people's columns, read row by row into our tables.

What cannot be read becomes null, is found by the rule of reading and by no other; what no column
tells is filled in lawfully, and whatever would judge it is skipped.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple

from bowerman_data import _cells as cells
from bowerman_data._headings import columns_of, fold
from bowerman_data._races import Facts, RaceFacts, date_of, discipline_of, sex_of
from bowerman_data._sheets import Sheet
from bowerman_data.errors import InputError
from bowerman_data.marks import Mark, MarkError, Result, format_mark, parse_mark, parse_result

__all__ = ["Found", "People", "Row", "read_results", "read_splits"]

Row = dict[str, Any]
# A nation that may stand in any year, for those whose nation nobody gives.
NO_NATION = "ANA"
# Columns that may hold something else, and are ours only where every cell is what ours holds.
_ONLY_NATIONS = frozenset({"team", "club", "affiliation", "verein", "land", "country"})
_ONLY_CODES = frozenset({"notes", "note", "remarks", "remark", "comment", "comments", "bemerkung"})
_FINISHED = frozenset({"ok", "finished", "fin", "finisher", "official", "im ziel", "classe", "f"})


class Found(NamedTuple):
    """What reading a cell came to: the row, the rule, their column, and our cells left null by it."""

    row: int
    rule: str
    column: str
    value: str | None
    expected: str
    ours: tuple[str, ...] = ()


class People(NamedTuple):
    """Rows in our shape, where each stood in the sheet, and what was found on the way."""

    rows: list[Row]
    source: list[int]
    found: list[Found]
    absent: frozenset[str]
    races: dict[str, RaceFacts]
    columns: dict[str, str]


class _Columns:
    """The sheet's columns by our names, each cell as text."""

    def __init__(self, sheet: Sheet, table: str, facts: Facts) -> None:
        self.sheet, self.facts, self.found = sheet, facts, list[Found]()
        self.names = columns_of(sheet.table.column_names, table, facts.mapping, sheet.name)
        self.cells = {ours: self._texts(ours) for ours in self.names}
        for ours in [ours for ours in ("nation", "codes", "points") if ours in self.names]:
            self._set_aside(ours)

    def _texts(self, ours: str) -> list[str | None]:
        named = ours in ("athlete", "family", "given")
        return cells.texts(self.sheet.table.column(self.names[ours]), names=named)

    def _set_aside(self, ours: str) -> None:
        """Drop a column that is called like ours and holds something else."""
        heading, given = fold(self.names[ours]), [text for text in self.cells[ours] if text]
        other = {
            "nation": not given or (heading in _ONLY_NATIONS and not any(map(_a_nation, given))),
            "codes": heading in _ONLY_CODES and not all(map(_all_codes, given)),
            "points": not given or any((cells.points_of(text) or 0) > 999 for text in given),
        }
        if other[ours] and ours not in self.facts.mapping:
            del self.names[ours], self.cells[ours]

    def __contains__(self, ours: str) -> bool:
        return ours in self.names

    def get(self, ours: str, row: int) -> str | None:
        """The cell, None where it is blank or there is no such column."""
        column = self.cells.get(ours)
        return column[row] if column is not None else None

    def unreadable(self, row: int, ours: str, expected: str, *null: str) -> None:
        """Note a cell that cannot be read, and which of our cells it leaves null."""
        self.found.append(Found(row, "cell-readable", self.names.get(ours, ours), self.get(ours, row), expected, null))

    def lenient(self, row: int, ours: str, read_as: str, why: str) -> None:
        """Note a cell that was read, though it is not written as it should be."""
        self.found.append(Found(row, "read-leniently", self.names[ours], self.get(ours, row), f"{read_as} ({why})"))

    def __len__(self) -> int:
        return self.sheet.table.num_rows


@cache
def _a_nation(text: str) -> bool:
    return cells.known_code(cells.nation_of(text)[0])


def _all_codes(text: str) -> bool:
    return all(map(cells.record_code, cells.codes_of(text)))


def read_results(sheet: Sheet, facts: Facts, race: str) -> People:
    """Results as people write them; `race` is the id where no column names one."""
    columns = _Columns(sheet, "results", facts)
    ids = _race_ids(columns, race)
    rows = [_result(columns, row, ids[row]) for row in range(len(columns))]
    absent = _absent(columns, rows)
    _fill(rows, absent)
    races = _race_facts(columns, ids)
    return People(rows, list(range(len(columns))), columns.found, absent, races, columns.names)


def _result(columns: _Columns, row: int, race_id: str) -> Row:
    said = _mark_cell(columns, row)
    status, place = _status_and_place(columns, row, said)
    mark = said.mark if said else None
    time_ms, decimals, text = _time(columns, row, mark)
    return {
        "race_id": race_id,
        "athlete_id": _athlete(columns, row),
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


def _athlete(columns: _Columns, row: int) -> str | None:
    name = cells.athlete_name(*(columns.get(part, row) for part in ("athlete", "family", "given", "bib")))
    return cells.slug(name) if name else None


def _nation(columns: _Columns, row: int) -> str | None:
    text = columns.get("nation", row)
    if text is None:
        return None
    code, lenient = cells.nation_of(text)
    if lenient:
        columns.lenient(row, "nation", code, "the code of the nation")
    return code


def _role(columns: _Columns, row: int) -> str:
    text = (columns.get("role", row) or "").casefold()
    paced = text in ("pacemaker", "pacer", "rabbit", "pm", "hare", "true", "yes", "y", "1", "x")
    if text and not paced and text not in ("athlete", "runner", "false", "no", "n", "0"):
        columns.unreadable(row, "role", "athlete or pacemaker")
    return "pacemaker" if paced else "athlete"


def _codes(columns: _Columns, row: int, mark: Mark | None) -> list[str]:
    text = columns.get("codes", row)
    beside = mark.codes if mark else ()
    return list(dict.fromkeys(beside)) if text is None else [*cells.codes_of(text), *beside]


def _points(columns: _Columns, row: int) -> int | None:
    text = columns.get("points", row)
    points = cells.points_of(text) if text else 0
    if points is None:
        columns.unreadable(row, "points", "a whole number")
    return points or None


def _mark_cell(columns: _Columns, row: int) -> Result | None:
    """What the mark's cell says, else the seconds'; None where blank or unreadable."""
    for ours in ("mark", "seconds"):
        text = columns.get(ours, row)
        if text is not None:
            return _parsed(columns, row, ours, text)
    return None


def _parsed(columns: _Columns, row: int, ours: str, text: str) -> Result | None:
    try:
        result = _read_result(text, _road(columns, row))
    except MarkError as error:
        null = ("time_ms", "decimals", "mark")
        columns.unreadable(row, ours, error.expected, *null)
        return None
    if result is not None and result.notes and not (ours == "seconds" and result.mark):
        mark = result.mark.official() if result.mark else None
        columns.lenient(row, ours, _written(mark) if mark else result.status, "; ".join(result.notes))
    return result


@cache
def _read_result(text: str, road: bool) -> Result | None:
    return parse_result(text, road=road)


def _written(mark: Mark) -> str:
    return format_mark(mark.time_ms, mark.decimals)


def _road(columns: _Columns, row: int) -> bool:
    """Only on the road has a time hours and no decimals."""
    found = _discipline(columns, row)
    return found is not None and found.startswith("marathon")


def _discipline(columns: _Columns, row: int) -> str | None:
    text = columns.get("discipline", row) or columns.facts.discipline or columns.sheet.stated.get("discipline")
    found = _known_discipline(text) if text else None
    return found


@cache
def _known_discipline(text: str) -> str | None:
    found = discipline_of(text)
    return found[0] if found else None


def _status_and_place(columns: _Columns, row: int, said: Result | None) -> tuple[str | None, int | None]:
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
        columns.unreadable(row, "place", "a place such as 1", "place")
    return status or "OK", place


def _place(columns: _Columns, row: int) -> tuple[int | None, str | None]:
    """The place, or the status that stands in its stead."""
    text = columns.get("place", row)
    if text is None:
        return None, None
    place, lenient = cells.place_of(text)
    if lenient:
        columns.lenient(row, "place", str(place), "the number alone")
    return place, None if place is not None else _status_word(text)


def _status(columns: _Columns, row: int) -> str | None:
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


def _time(columns: _Columns, row: int, mark: Mark | None) -> tuple[int | None, int | None, str | None]:
    """Time, decimals and mark: a result is official to the hundredth, so thousandths round up."""
    official = mark.official() if mark else None
    given = columns.get("time_ms", row)
    if given is None:
        return (official.time_ms, official.decimals, _written(official)) if official else (None, None, None)
    if not given.isdigit() or not 0 < int(given) < 2**31:
        columns.unreadable(row, "time_ms", "whole milliseconds", "time_ms", "decimals", "mark")
        return None, None, None
    alone = Mark(int(given), 2 if int(given) % 10 == 0 else 3)
    beside = official or alone.official()
    return (int(given) if official else beside.time_ms), beside.decimals, _written(beside)


def _race_ids(columns: _Columns, race: str) -> list[str]:
    """The race of each row: what names it and differs within the sheet, joined as a slug."""
    parts = [ours for ours in ("race", "discipline", "sex", "round", "heat", "date") if ours in columns]
    # Men and women in one list are two races only where something says that there are several.
    differ = [ours for ours in parts if ours == "race" or len(set(columns.cells[ours])) > 1]
    if "sex" in differ and not _placed_apart(columns):
        differ.remove("sex")
    if not differ:
        return [race] * len(columns)
    joined = [" ".join(filter(None, (columns.get(ours, row) for ours in differ))) for row in range(len(columns))]
    return [cells.slug(text) if text else race for text in joined]


def _placed_apart(columns: _Columns) -> bool:
    """Whether men and women each have a first place."""
    if "place" not in columns:
        return False
    firsts = zip(columns.cells["sex"], columns.cells["place"], strict=True)
    return len({sex for sex, place in firsts if place and cells.place_of(place)[0] == 1}) > 1


def _race_facts(columns: _Columns, ids: list[str]) -> dict[str, RaceFacts]:
    """What is known of each race, from its first row; nothing where its discipline is not."""
    found: dict[str, RaceFacts] = {}
    for row, race_id in enumerate(ids):
        if race_id not in found and (discipline := _discipline(columns, row)):
            found[race_id] = _facts_of(columns, row, discipline)
    return found


def _facts_of(columns: _Columns, row: int, discipline: str) -> RaceFacts:
    known = discipline_of(discipline.removesuffix("-indoor"))
    sex = columns.facts.sex or sex_of(columns.get("sex", row) or "") or columns.sheet.stated.get("sex")
    day = columns.facts.date or date_of(columns.get("date", row) or "")
    return RaceFacts(discipline, float(known[1]) if known else 0.0, sex, day)


def _absent(columns: _Columns, rows: Iterable[Row]) -> frozenset[str]:
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
            row["place"] = ranks[row["race_id"]][row["time_ms"]]


def _finished(rows: list[Row]) -> Iterable[Row]:
    return (row for row in rows if row["status"] == "OK" and row["time_ms"] is not None)


def _ranks(times: list[int]) -> dict[int, int]:
    ranks: dict[int, int] = {}
    for place, time in enumerate(times, 1):
        ranks.setdefault(time, place)
    return ranks


def read_splits(sheet: Sheet, facts: Facts, race: str) -> People:
    """Splits as people write them, a row each; a blank time is no split."""
    columns = _Columns(sheet, "splits", facts)
    if not {"mark", "time_ms", "seconds"} & columns.names.keys():
        raise InputError(f"{sheet.name}: columns: expected one for the time of a split; name it with --map mark=...")
    ids = _race_ids(columns, race)
    timed = [row for row in range(len(columns)) if any(columns.get(o, row) for o in ("mark", "time_ms", "seconds"))]
    rows = [_split(columns, row, ids[row]) for row in timed]
    absent = frozenset({"athlete_id"} if not any(row["athlete_id"] for row in rows) else ())
    absent |= frozenset() if {"mark", "time_ms"} <= columns.names.keys() else {"time_ms"}
    return People(rows, timed, columns.found, absent, {}, columns.names)


def _split(columns: _Columns, row: int, race_id: str) -> Row:
    result = _split_mark(columns, row)
    time_ms, decimals, text = _time(columns, row, result)
    athlete = _athlete(columns, row)
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


def _split_mark(columns: _Columns, row: int) -> Mark | None:
    """The time of a split; one decimal and whole seconds are usual there, and no matter for a warning."""
    for ours in ("mark", "seconds"):
        text = columns.get(ours, row)
        if text is not None:
            try:
                return parse_mark(text)
            except MarkError as error:
                columns.unreadable(row, ours, error.expected, "time_ms", "decimals", "mark")
                return None
    return None


def _metres(columns: _Columns, row: int, ours: str) -> float | None:
    from bowerman_data._lynx import metres

    found = metres(columns.get(ours, row))
    if found is None or not found.is_finite():
        columns.unreadable(row, ours, "metres, such as 400", ours)
        return None
    return float(found)


def _basis(columns: _Columns, row: int, athlete: str | None) -> str:
    text = (columns.get("basis", row) or "").casefold()
    if text and text not in ("leader", "race", "athlete", "own"):
        columns.unreadable(row, "basis", "leader or athlete")
    return "leader" if text in ("leader", "race") or (not text and athlete is None) else "athlete"
