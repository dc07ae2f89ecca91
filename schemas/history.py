"""Facts that a history tells: wins, places, starts, the record of the race.

`before=RACE` counts the editions of a race before that one's day, `until=RACE` those up to it and itself;
without either all races count. What is counted is what the tables hold.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from bowerman_data.schemas.facts import NotComputable, Row, Tables, compute, dated, fact, mark_text, mark_value, whole

__all__ = ["Span", "compute", "editions"]

PODIUM = 3


class Span(NamedTuple):
    """The editions that count: those before a race, or until it and with it, or all."""

    before: str | None = None
    until: str | None = None


class Run(NamedTuple):
    """A row of the results and its race."""

    race: Row
    row: Row


def editions(tables: Tables, span: Span) -> list[Row]:
    """The races of a span that have a day."""
    races = [race for race in tables.races().values() if race["date"] is not None]
    if span == Span():
        return races
    if None not in span:
        raise NotComputable("before and until")
    last = tables.one("races", race_id=str(span.before or span.until))
    if last["name"] is None:
        raise NotComputable("no name")
    alike = [race for race in races if race["name"] == last["name"]]
    return [race for race in alike if race["date"] < dated(last) or (span.until and race["date"] == dated(last))]


def _results(tables: Tables, span: Span, athlete_id: str | None = None) -> Iterator[Run]:
    races = {race["race_id"]: race for race in editions(tables, span)}
    rows = tables.all("results") if athlete_id is None else tables.rows("results", athlete_id=athlete_id)
    return (Run(races[row["race_id"]], row) for row in rows if row["race_id"] in races)


def _starts(tables: Tables, athlete_id: str, before: str | None = None, until: str | None = None) -> list[Run]:
    """A man's starts."""
    runs = _results(tables, Span(before, until), athlete_id)
    return [run for run in runs if run.row["status"] not in ("DNS", None)]


def _year(race: Row) -> int:
    return dated(race).year


def _one_of(years: list[int]) -> list[int]:
    if not years:
        raise NotComputable("none")
    return years


@fact("wins")
def wins(tables: Tables, athlete_id: str, before: str | None = None, until: str | None = None) -> str:
    """How often a man won."""
    return times_placed(tables, athlete_id, "1", before, until)


@fact("times-placed")
def times_placed(
    tables: Tables, athlete_id: str, place: str, before: str | None = None, until: str | None = None
) -> str:
    """How often a man took a place."""
    runs = _starts(tables, athlete_id, before, until)
    return str(sum(run.row["place"] == whole(place) for run in runs))


@fact("podiums")
def podiums(tables: Tables, athlete_id: str, before: str | None = None, until: str | None = None) -> str:
    """How often a man was among the first three."""
    runs = _starts(tables, athlete_id, before, until)
    return str(sum(run.row["place"] is not None and run.row["place"] <= PODIUM for run in runs))


@fact("best-place")
def best_place(tables: Tables, athlete_id: str, before: str | None = None, until: str | None = None) -> str:
    """A man's best place."""
    places = [run.row["place"] for run in _starts(tables, athlete_id, before, until)]
    return str(min(_one_of([place for place in places if place is not None])))


@fact("bowerman-miles-run")
def bowerman_miles_run(tables: Tables, athlete_id: str, before: str | None = None, until: str | None = None) -> str:
    """How often a man started."""
    return str(len(_starts(tables, athlete_id, before, until)))


@fact("finishes-under")
def finishes_under(
    tables: Tables, athlete_id: str, under: str, before: str | None = None, until: str | None = None
) -> str:
    """How often a man finished in less than a mark."""
    limit, runs = mark_value(under), _starts(tables, athlete_id, before, until)
    return str(sum(run.row["time_ms"] is not None and run.row["time_ms"] < limit for run in runs))


@fact("last-win")
def last_win(tables: Tables, athlete_id: str, before: str | None = None, until: str | None = None) -> str:
    """The year in which a man last won."""
    won = [run for run in _starts(tables, athlete_id, before, until) if run.row["place"] == 1]
    return str(max(_one_of([_year(run.race) for run in won])))


@fact("consecutive-wins")
def consecutive_wins(tables: Tables, race_id: str, athlete_id: str) -> str:
    """How many editions in a row a man had won with this one."""
    won = {run.race["race_id"] for run in _starts(tables, athlete_id, until=race_id) if run.row["place"] == 1}
    races = editions(tables, Span(until=race_id))
    lost = [race["date"] for race in races if race["race_id"] not in won]
    return str(sum(not lost or race["date"] > max(lost) for race in races))


@fact("debut")
def debut(tables: Tables, race_id: str, athlete_id: str) -> str:
    """Whether a man had started in no earlier edition that the tables hold: yes or no."""
    tables.one("results", race_id=race_id, athlete_id=athlete_id)
    return "no" if _starts(tables, athlete_id, before=race_id) else "yes"


@fact("debut-year")
def debut_year(tables: Tables, athlete_id: str) -> str:
    """The year of a man's first start."""
    return str(min(_one_of([_year(run.race) for run in _starts(tables, athlete_id)])))


def _fastest(tables: Tables, span: Span) -> Run:
    """The fastest time of the editions; of equal ones the earlier."""
    timed = [run for run in _results(tables, span) if run.row["time_ms"] is not None]
    if not timed:
        raise NotComputable("no time")
    return min(timed, key=_rank)


def _rank(run: Run) -> tuple[object, ...]:
    decimals = run.row["decimals"]
    return run.row["time_ms"], run.race["date"], run.race["race_id"], decimals is None, decimals or 0


@fact("race-record")
def race_record(tables: Tables, before: str | None = None, until: str | None = None) -> str:
    """The fastest time of the editions."""
    row = _fastest(tables, Span(before, until)).row
    if row["decimals"] not in (0, 1, 2, 3):
        raise NotComputable("no time")
    return mark_text(row["time_ms"], row["decimals"])


@fact("race-record-age")
def race_record_age(tables: Tables, race_id: str) -> str:
    """How many years the record of the race had stood."""
    record = _fastest(tables, Span(before=race_id)).race
    return str(_year(tables.one("races", race_id=race_id)) - _year(record))


def _years(tables: Tables, name: str) -> list[int]:
    """The years of the editions of a race by its name as a slug."""
    races = [race for race in editions(tables, Span()) if race["name"] is not None]
    return _one_of([_year(race) for race in races if race["name"].lower().replace(" ", "-") == name])


@fact("first-edition")
def first_edition(tables: Tables, name: str) -> str:
    """The year of the first edition."""
    return str(min(_years(tables, name)))


@fact("edition-number")
def edition_number(tables: Tables, race_id: str) -> str:
    """Which edition it was, counted from the first."""
    return str(len(editions(tables, Span(until=race_id))))


@fact("edition-held")
def edition_held(tables: Tables, name: str, year: str) -> str:
    """Whether there was an edition in a year between the first and the last: yes or no."""
    years = _years(tables, name)
    if not min(years) <= whole(year) <= max(years):
        raise NotComputable(year)
    return "yes" if whole(year) in years else "no"


@fact("margin-within")
def margin_within(tables: Tables, race_id: str, athlete_id: str, behind: str, seconds: str) -> str:
    """Whether two men finished within so many seconds of each other: yes or no."""
    times = [tables.timed("results", race_id=race_id, athlete_id=one)["time_ms"] for one in (athlete_id, behind)]
    return "yes" if abs(times[0] - times[1]) <= mark_value(seconds) else "no"
