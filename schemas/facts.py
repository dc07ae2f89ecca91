"""Facts that a source states and the tables can tell: a count, a margin, a conversion, days between.

A fact has a name and arguments, `men-ahead` of `race_id=... athlete_id=...`, and computes to the text
that a right claim states. A missing row, a null or a bad argument makes it not computable: None.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable
from typing import Any

import polars as pl

from bowerman_data.schemas._frames import ROW, Frames
from bowerman_data.schemas._races import COVERED_TO_MS
from bowerman_data.schemas._text import MARK
from bowerman_data.schemas.columns import COLUMNS

__all__ = [
    "FACTS",
    "IN_MARKS",
    "NotComputable",
    "Row",
    "Tables",
    "compute",
    "dated",
    "fact",
    "mark_text",
    "mark_value",
    "whole",
]

IN_MARKS = ("margin", "converted-mark", "improved-by", "race-record", "record-improved-by", "rounded-split")
"""The facts whose text is a mark, so that a coarser one may agree with it."""

UNITS = {0: 1000, 1: 100, 2: 10, 3: 1}

Row = dict[str, Any]
Fact = Callable[..., str]
FACTS: dict[str, Fact] = {}


class NotComputable(ValueError):
    """The tables do not tell it."""


def compute(field: str | None, key: str | None, frames: Frames) -> str | None:
    """The text of a fact, None where it is not computable."""
    if field not in FACTS or key is None:
        return None
    try:
        return FACTS[field](Tables(frames), **_arguments(key))
    except (NotComputable, TypeError, ValueError, OverflowError, ZeroDivisionError):
        return None


def _arguments(key: str) -> dict[str, str]:
    pairs = (pair.partition("=") for pair in key.split(" "))
    # `from` is a word of the language.
    return {name + "_" * (name == "from"): value for name, _, value in pairs}


class Tables:
    """Rows by their ids; what rests on a row that is not there, or on one of several that differ, is not computable."""

    def __init__(self, frames: Frames) -> None:
        """Take the tables."""
        self.frames = frames

    def rows(self, table: str, **where: str) -> list[Row]:
        """The rows in which these columns have these values."""
        if table not in self.frames:
            raise NotComputable(table)
        if None in where.values():
            return []
        return self.frames.once(f"{table} where {where}", lambda: self._where(table, where))

    def _where(self, table: str, where: dict[str, str]) -> list[Row]:
        held = self.frames[table].filter(pl.col(name) == value for name, value in where.items())
        return held.drop(ROW).collect().to_dicts()

    def one(self, table: str, **where: str) -> Row:
        """The one such row, however often it stands."""
        rows = self.rows(table, **where)
        if not rows or any(row != rows[0] for row in rows):
            raise NotComputable("no such row, or several")
        return rows[0]

    def races(self) -> dict[str, Row]:
        """The races by their ids, without those of which several rows differ."""
        listed = self.all("races")
        first = {race["race_id"]: race for race in reversed(listed)}
        unclear = {race["race_id"] for race in listed if race != first[race["race_id"]]}
        return {race["race_id"]: race for race in listed if race["race_id"] not in unclear}

    def field(self, race_id: str) -> list[Row]:
        """Everybody on a start list, which is not empty."""
        if not (rows := self.rows("results", race_id=race_id)):
            raise NotComputable(race_id)
        return rows

    def all(self, table: str) -> list[Row]:
        """Every row."""
        if table not in self.frames:
            raise NotComputable(table)
        return self.frames.once(f"all {table}", lambda: self.frames[table].drop(ROW).collect().to_dicts())

    def covered(self, race_id: str, *coverages: str) -> None:
        """Nothing, if the list of a race is as complete as that."""
        if self.one("races", race_id=race_id)["coverage"] not in coverages:
            raise NotComputable("the list goes not so far")

    def timed(self, table: str, **where: str) -> Row:
        """The one such row, which has a time."""
        return _timed(self.one(table, **where))


def _timed(row: Row) -> Row:
    if row["time_ms"] is None or row["decimals"] not in UNITS:
        raise NotComputable("no time")
    return row


def fact(name: str) -> Callable[[Fact], Fact]:
    """Register a fact under its name."""

    def register(function: Fact) -> Fact:
        FACTS[name] = function
        return function

    return register


def mark_text(time_ms: int, decimals: int) -> str:
    """A time as a mark."""
    if time_ms < 0:
        raise NotComputable("a negative time")
    seconds, ms = divmod(time_ms, 1000)
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    clock = f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}" if minutes else str(rest)
    return clock + (f".{ms // UNITS[decimals]:0{decimals}}" if decimals else "")


def mark_value(text: str) -> int:
    """The ms of a mark."""
    found = re.fullmatch(MARK, text, re.ASCII)
    if found is None:
        raise NotComputable(text)
    hours, minutes, seconds, fraction = found.groups(default="")
    return ((int(hours or 0) * 60 + int(minutes or 0)) * 60 + int(seconds)) * 1000 + int(fraction.ljust(3, "0"))


def _difference(slower: Row, faster: Row) -> str:
    return mark_text(slower["time_ms"] - faster["time_ms"], max(slower["decimals"], faster["decimals"]))


def whole(text: str) -> int:
    """A whole number."""
    if not re.fullmatch(r"\d{1,9}", text, re.ASCII):
        raise NotComputable(text)
    return int(text)


@fact("finishers-under")
def finishers_under(tables: Tables, race_id: str, under: str) -> str:
    """How many finished in less than a mark, which the list goes down to."""
    limit, field = mark_value(under), tables.field(race_id)
    listed = ("full", "finishers", "to-3:56") if limit <= COVERED_TO_MS else ("full", "finishers")
    tables.covered(race_id, *listed)
    return str(sum(row["status"] == "OK" and (row["time_ms"] or math.inf) < limit for row in field))


@fact("finishers")
def finishers(tables: Tables, race_id: str) -> str:
    """How many finished."""
    tables.covered(race_id, "full", "finishers")
    return str(sum(row["status"] == "OK" for row in tables.field(race_id)))


def _started(tables: Tables, race_id: str) -> list[Row]:
    return [row for row in tables.field(race_id) if row["status"] not in ("DNS", None)]


def _racing(tables: Tables, race_id: str) -> list[Row]:
    return [row for row in _started(tables, race_id) if row["role"] == "athlete"]


@fact("starters")
def starters(tables: Tables, race_id: str) -> str:
    """How many started, pacemakers too."""
    tables.covered(race_id, "full")
    return str(len(_started(tables, race_id)))


@fact("racers")
def racers(tables: Tables, race_id: str, less: str = "0") -> str:
    """How many started to race, less so many who are named beside."""
    tables.covered(race_id, "full")
    return str(len(_racing(tables, race_id)) - whole(less))


@fact("nation-count")
def nation_count(tables: Tables, race_id: str, nation: str, top: str | None = None) -> str:
    """How many of a nation raced, or are among the first of the finish."""
    theirs = [row for row in _racing(tables, race_id) if row["nation"] == nation]
    if top is None:
        tables.covered(race_id, "full")
        return str(len(theirs))
    places = [row["place"] for row in tables.field(race_id) if row["place"] is not None]
    long_enough = COLUMNS["coverage"].values if whole(top) <= len(places) else ("full", "finishers")
    tables.covered(race_id, *long_enough)
    return str(sum(row["place"] is not None and row["place"] <= whole(top) for row in theirs))


@fact("men-ahead")
def men_ahead(tables: Tables, race_id: str, athlete_id: str, nation: str | None = None) -> str:
    """How many finished in front of a man, of a nation or of all."""
    place = tables.one("results", race_id=race_id, athlete_id=athlete_id)["place"]
    if place is None:
        raise NotComputable("no place")
    ahead = [row for row in tables.field(race_id) if row["place"] is not None and row["place"] < place]
    return str(sum(nation in (None, row["nation"]) for row in ahead))


@fact("margin")
def margin(
    tables: Tables, behind: str, race_id: str | None = None, athlete_id: str | None = None, mark_id: str | None = None
) -> str:
    """By how much one time is behind another, in a race or among marks."""
    if mark_id is not None and race_id is None and athlete_id is None:
        pair = [tables.timed("marks", mark_id=one) for one in (mark_id, behind)]
    elif race_id is not None and athlete_id is not None and mark_id is None:
        pair = [tables.timed("results", race_id=race_id, athlete_id=one) for one in (athlete_id, behind)]
    else:
        raise NotComputable("a race and an athlete, or a mark")
    faster, slower = sorted(pair, key=lambda row: row["time_ms"])
    return _difference(slower, faster)


@fact("years-since")
def years_since(tables: Tables, mark_id: str, race_id: str) -> str:
    """Whole years from the year of a mark to that of a race."""
    return str(dated(tables.one("races", race_id=race_id)).year - tables.one("marks", mark_id=mark_id)["year"])


def dated(race: Row) -> dt.date:
    """The day of a race."""
    if race["date"] is None:
        raise NotComputable("no date")
    date: dt.date = race["date"]
    return date


def _day(text: str) -> dt.date:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        raise NotComputable(text)
    return dt.date.fromisoformat(text)


@fact("days-between")
def days_between(tables: Tables, from_: str, to: str) -> str:
    """Days from one day to another."""
    return str((_day(to) - _day(from_)).days)


@fact("weeks-between")
def weeks_between(tables: Tables, from_: str, to: str) -> str:
    """Whole weeks from one day to another."""
    return str((_day(to) - _day(from_)).days // 7)


@fact("months-between")
def months_between(tables: Tables, from_: str, to: str) -> str:
    """Months of the calendar from one to another."""
    begin, end = (_day(f"{month}-01") for month in (from_, to))
    return str((end.year - begin.year) * 12 + end.month - begin.month)


@fact("race-year")
def race_year(tables: Tables, race_id: str) -> str:
    """The year of a race."""
    return f"{dated(tables.one('races', race_id=race_id)):%Y}"


@fact("race-month")
def race_month(tables: Tables, race_id: str) -> str:
    """The month of a race."""
    return f"{dated(tables.one('races', race_id=race_id)):%Y-%m}"


@fact("laps")
def laps(tables: Tables, race_id: str) -> str:
    """Whole laps of 400 m in a race."""
    return str(math.floor(tables.one("races", race_id=race_id)["distance_m"] / 400))


@fact("winning-time-under")
def winning_time_under(tables: Tables, race_id: str, under: str) -> str:
    """Whether the fastest finished in less than a mark: yes or no."""
    times = [row["time_ms"] for row in tables.field(race_id) if row["status"] == "OK" and row["time_ms"]]
    if not times:
        raise NotComputable("no time")
    return "yes" if min(times) < mark_value(under) else "no"


@fact("lost-to")
def lost_to(tables: Tables, race_id: str, athlete_id: str) -> str:
    """Who won the race in which a man was beaten."""
    place = tables.one("results", race_id=race_id, athlete_id=athlete_id)["place"]
    winners = [str(row["athlete_id"]) for row in tables.field(race_id) if row["place"] == 1]
    if place is None or place <= 1 or len(winners) != 1:
        raise NotComputable("not beaten by one man")
    return winners[0]


@fact("converted-mark")
def converted_mark(tables: Tables, race_id: str, athlete_id: str, factor: str) -> str:
    """A man's time divided by a factor, to the nearest hundredth."""
    time_ms = tables.timed("results", race_id=race_id, athlete_id=athlete_id)["time_ms"]
    if not re.fullmatch(r"\d{1,3}(\.\d{1,6})?", factor, re.ASCII):
        raise NotComputable(factor)
    return mark_text(math.floor(time_ms / (float(factor) * 10) + 0.5) * 10, 2)


@fact("improved-by")
def improved_by(tables: Tables, race_id: str, athlete_id: str, more_than: str | None = None) -> str:
    """By how much a man beat the best of his earlier times; or those seconds if by more, else no."""
    race, own = tables.one("races", race_id=race_id), tables.timed("results", race_id=race_id, athlete_id=athlete_id)
    earlier = sorted(_earlier(tables, race, athlete_id), key=lambda row: (row["time_ms"], row["decimals"]))
    if not earlier:
        raise NotComputable("no earlier time")
    before = earlier[0]
    if more_than is not None:
        return more_than if before["time_ms"] - own["time_ms"] > whole(more_than) * 1000 else "no"
    return _difference(before, own)


def _earlier(tables: Tables, race: Row, athlete_id: str) -> list[Row]:
    marks = tables.rows("marks", athlete_id=athlete_id, discipline=race["discipline"])
    day, alike = dated(race), _alike(tables, race)
    timed = [row for row in tables.rows("results", athlete_id=athlete_id) if row["time_ms"] is not None]
    days = [(row, alike[row["race_id"]]["date"]) for row in timed if row["race_id"] in alike]
    run = [row for row, date in days if date is not None and date < day]
    return [_timed(row) for row in [*run, *(mark for mark in marks if _before(mark, day))]]


def _alike(tables: Tables, race: Row) -> dict[str, Row]:
    return {name: held for name, held in tables.races().items() if held["discipline"] == race["discipline"]}


def _before(mark: Row, day: dt.date) -> bool:
    return bool(mark["date"] < day) if mark["date"] is not None else bool(mark["year"] < day.year)


@fact("record-improved-by")
def record_improved_by(tables: Tables, race_id: str, athlete_id: str, mark_id: str) -> str:
    """By how much a man beat a record."""
    own = tables.timed("results", race_id=race_id, athlete_id=athlete_id)
    return _difference(tables.timed("marks", mark_id=mark_id), own)


@fact("rounded-split")
def rounded_split(tables: Tables, race_id: str, to_m: str) -> str:
    """The leader's time at a point, rounded up to the second."""
    if not re.fullmatch(r"\d{1,6}(\.\d{1,6})?", to_m, re.ASCII):
        raise NotComputable(to_m)
    led = tables.rows("splits", race_id=race_id, basis="leader")
    times = [row["time_ms"] for row in led if (row["from_m"], row["to_m"]) == (0, float(to_m)) and row["time_ms"]]
    if not times:
        raise NotComputable(to_m)
    return mark_text(-(-min(times) // 1000) * 1000, 0)
