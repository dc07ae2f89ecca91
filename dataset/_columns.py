"""The columns of somebody else's sheet by our names, and which race each row belongs to."""

from __future__ import annotations

from collections import defaultdict
from functools import cache, cached_property
from typing import Any, NamedTuple

from bowerman_data import _cells as cells
from bowerman_data._headings import columns_of, fold
from bowerman_data._races import Facts, RaceFacts, date_of, discipline_of, on_road, sex_of
from bowerman_data._sheet import Sheet
from bowerman_data.marks import MarkError, parse_mark

__all__ = ["Columns", "Found", "People", "Row", "on_the_road", "race_facts", "race_ids"]

Row = dict[str, Any]
# Columns that may hold something else, and are ours only where their cells are what ours holds.
_ONLY_NATIONS = frozenset({"land", "country"})
_CLUBS = frozenset({"team", "club", "affiliation", "verein"})
_ONLY_CODES = frozenset({"notes", "note", "remarks", "remark", "comment", "comments", "bemerkung"})


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


class Columns:
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
            "nation": not given
            or (heading in _ONLY_NATIONS and not any(map(_a_nation, given)))
            # COL is Colorado among colleges: clubs are nations where most are.
            or (heading in _CLUBS and 2 * sum(map(_a_nation, given)) <= len(given)),
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

    def lenient(self, row: int, ours: str, read_as: str, *why: str) -> None:
        """Note a cell that was read, though it is not written as it should be."""
        read = f"{read_as} ({'; '.join(why)})"
        self.found.append(Found(row, "read-leniently", self.names[ours], self.get(ours, row), read))

    @cached_property
    def athletes(self) -> list[str | None]:
        """The id of whom each row is of."""
        blank: list[str | None] = [None] * len(self)
        parts = [self.cells.get(part, blank) for part in ("athlete", "family", "given", "bib")]
        return [cells.slug(name) if name else None for name in map(cells.athlete_name, *parts)]

    @cached_property
    def finest(self) -> int:
        """The most decimals of any mark in the sheet: beside it, fewer may be a nought that was lost."""
        return max((_decimals(text) for text in {*self.cells.get("mark", ())} if text), default=0)

    def __len__(self) -> int:
        return self.sheet.table.num_rows


def _decimals(text: str) -> int:
    try:
        return parse_mark(text, road=True).decimals
    except MarkError:
        return 0


@cache
def _a_nation(text: str) -> bool:
    return cells.known_code(cells.nation_of(text)[0])


def _all_codes(text: str) -> bool:
    return all(map(cells.record_code, cells.codes_of(text)))


def race_ids(columns: Columns, race: str, *, among_others: bool = False) -> list[str]:
    """The race of each row: what names it and differs within the sheet, joined as a slug.

    `among_others` says that other files have results too, whose heats are not these.
    """
    parts = [ours for ours in ("race", "discipline", "sex", "round", "heat", "date") if ours in columns]
    # Men and women in one list are two races only where something says that there are several.
    differ = [ours for ours in parts if ours == "race" or len(set(columns.cells[ours])) > 1]
    if "sex" in differ and not _placed_apart(columns):
        differ.remove("sex")
    if "heat" in differ and _placed_through(columns, [ours for ours in differ if ours != "heat"]):
        differ.remove("heat")
    if not differ:
        return [race] * len(columns)
    joined = [" ".join(filter(None, (_part(columns, ours, row) for ours in differ))) for row in range(len(columns))]
    # A race that is named is the same in every file; heat 1 is another in each.
    within = f"{race} " if among_others and "race" not in differ else ""
    return [cells.slug(f"{within}{text}") if text else race for text in joined]


def _part(columns: Columns, ours: str, row: int) -> str | None:
    """What a cell adds to the name of a race: a number says of what."""
    text = columns.get(ours, row)
    return f"{ours} {text}" if text and text.isdigit() and ours in ("heat", "round") else text


def _placed_apart(columns: Columns) -> bool:
    """Whether men and women each have a first place."""
    if "place" not in columns:
        return False
    firsts = zip(columns.cells["sex"], columns.cells["place"], strict=True)
    return len({sex for sex, place in firsts if place and cells.place_of(place)[0] == 1}) > 1


def _placed_through(columns: Columns, apart: list[str]) -> bool:
    """Whether places run on over the heats, as in finals by time: one heat has the first, and few stand in two."""
    heats: dict[tuple[str | int | None, ...], set[str | None]] = defaultdict(set)
    for row, text in enumerate(columns.cells.get("place", ())):
        if text and (place := cells.place_of(text)[0]):
            heats[(place, *(columns.get(ours, row) for ours in apart))].add(columns.get("heat", row))
    twice = {key[0] for key, found in heats.items() if len(found) > 1}
    return bool(heats) and 1 not in twice and 4 * len(twice) <= len(heats)


def race_facts(columns: Columns, ids: list[str]) -> dict[str, RaceFacts]:
    """What is known of each race, from its first row; nothing where its discipline is not."""
    found: dict[str, RaceFacts] = {}
    for row, race_id in enumerate(ids):
        if race_id not in found and (discipline := discipline_in(columns, row)):
            found[race_id] = _facts_of(columns, row, discipline)
    return found


def _facts_of(columns: Columns, row: int, discipline: str) -> RaceFacts:
    known = discipline_of(discipline.removesuffix("-indoor"))
    sex = columns.facts.sex or sex_of(columns.get("sex", row) or "") or columns.sheet.stated.get("sex")
    day = columns.facts.date or date_of(columns.get("date", row) or "")
    return RaceFacts(discipline, float(known[1]) if known else 0.0, sex, day)


def on_the_road(columns: Columns, row: int) -> bool:
    """Only on the road has a time hours and no decimals."""
    return on_road(_named_discipline(columns, row) or "")


def discipline_in(columns: Columns, row: int) -> str | None:
    text = _named_discipline(columns, row)
    return _known_discipline(text) if text else None


def _named_discipline(columns: Columns, row: int) -> str | None:
    return columns.get("discipline", row) or columns.facts.discipline or columns.sheet.stated.get("discipline")


@cache
def _known_discipline(text: str) -> str | None:
    found = discipline_of(text)
    return found[0] if found else None
