"""How results go wrong: slips of the hand, of the eye and of the spreadsheet (RULES section 8)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from random import Random

from bowerman_data._mutants import Base, Row, Site, named, operator, put, remarked, retimed, without
from bowerman_data.marks import MarkError

__all__ = ["finishers", "put_result"]

_WITHIN = "the new time lies between the neighbours', and only a source could tell it from the true one"
_LAWFUL = "the result is itself a lawful race, and only a source could tell it from the true one"


def finishers(base: Base) -> Iterator[tuple[int, Row]]:
    """The finishers with their positions in the table."""
    return ((i, row) for i, row in enumerate(base.rows("results")) if row["status"] == "OK")


def _stopped(base: Base) -> Iterator[tuple[int, Row]]:
    return ((i, row) for i, row in enumerate(base.rows("results")) if row["status"] != "OK")


def _neighbours(base: Base) -> Iterator[tuple[int, Row, Row]]:
    """Each finisher with the one behind, by the position of the first."""
    rows = base.rows("results")
    for (i, one), (_, other) in pairwise(enumerate(rows)):
        if one["race_id"] == other["race_id"] and one["status"] == other["status"] == "OK":
            yield i, one, other


def put_result(base: Base, i: int, **cells: object) -> Site:
    """One row of the results with other cells."""
    rows = base.rows("results")
    what = ", ".join(f"{column} {rows[i][column]} -> {value}" for column, value in cells.items())
    return f"{named('results', rows[i])}: {what}", {"results": put(rows, i, **cells)}


@operator("transpose-digits", "every-value-claimed", "ordered-finish-times", generated=_WITHIN)
def transpose_digits(base: Base, rng: Random) -> Iterator[Site]:
    """Two neighbouring digits of a mark change places."""
    for i, row in finishers(base):
        mark = row["mark"]
        for at in range(len(mark) - 1):
            if mark[at].isdigit() and mark[at + 1].isdigit() and mark[at] != mark[at + 1]:
                try:
                    cells = remarked(mark[:at] + mark[at + 1] + mark[at] + mark[at + 2 :])
                except MarkError:
                    continue
                yield put_result(base, i, **cells)


@operator("hundredth-off", "every-value-claimed", "ordered-finish-times", generated=_WITHIN)
def hundredth_off(base: Base, rng: Random) -> Iterator[Site]:
    """A time is one unit of its last decimal more or less."""
    for i, row in finishers(base):
        unit = 10 ** (3 - row["decimals"])
        for step in (-unit, unit):
            yield put_result(base, i, **retimed(row["time_ms"] + step, row["decimals"]))


@operator("minute-slip", "ordered-finish-times", "humanly-possible", "every-value-claimed", generated=_WITHIN)
def minute_slip(base: Base, rng: Random) -> Iterator[Site]:
    """A time loses a minute."""
    for i, row in finishers(base):
        if row["time_ms"] > 60_000:
            yield put_result(base, i, **retimed(row["time_ms"] - 60_000, row["decimals"]))


@operator("swap-neighbours", "ordered-finish-times")
def swap_neighbours(base: Base, rng: Random) -> Iterator[Site]:
    """Two neighbours have each other's times."""
    for i, one, other in _neighbours(base):
        if one["time_ms"] != other["time_ms"] and one["place"] != other["place"]:
            yield _exchange(base, i, "time_ms", "decimals", "mark")


def _exchange(base: Base, i: int, *columns: str) -> Site:
    """A finisher and the one behind have each other's values."""
    rows = base.rows("results")
    one, other = ({column: rows[k][column] for column in columns} for k in (i, i + 1))
    return f"{named('results', rows[i])} and the one behind", {"results": put(put(rows, i, **other), i + 1, **one)}


@operator("swap-men", "every-value-claimed", "verdicts-recompute", generated=_LAWFUL)
def swap_men(base: Base, rng: Random) -> Iterator[Site]:
    """Two neighbours have each other's lines, name and nation apart."""
    for i, one, other in _neighbours(base):
        if one["place"] != other["place"]:
            yield _exchange(base, i, "athlete_id", "nation")


@operator("man-twice", "one-time-per-athlete")
def man_twice(base: Base, rng: Random) -> Iterator[Site]:
    """A man stands a second time at the end of the list, where everything else about the line is lawful."""
    for _, row in finishers(base):
        race = [one for one in base.rows("results") if one["race_id"] == row["race_id"]]
        places = [one["place"] for one in race if one["place"] is not None]
        slowest = max(one["time_ms"] for one in race if one["time_ms"] is not None)
        scale = base.race(row["race_id"])["points_scale"] or []
        points = scale[len(places)] if len(places) < len(scale) else None
        again = row | {"place": len(places) + 1, "codes": [], "points": points} | retimed(slowest, row["decimals"])
        yield named("results", row), {"results": _ordered([*base.rows("results"), again])}


def _ordered(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (row["race_id"], row["place"] is None, row["place"], row["athlete_id"]))


@operator("row-lost", "places-count-up")
def row_lost(base: Base, rng: Random) -> Iterator[Site]:
    """A finisher's line is lost, and somebody came in behind."""
    for i, one, other in _neighbours(base):
        if one["place"] != other["place"]:
            yield named("results", one), {"results": without(base.rows("results"), i)}


@operator(
    "last-row-lost",
    "verdicts-recompute",
    "split-has-an-entrant",
    generated="a race with one man fewer is a lawful race",
)
def last_row_lost(base: Base, rng: Random) -> Iterator[Site]:
    """The line of the last man, or of one who did not finish, is lost."""
    rows = base.rows("results")
    for i, row in enumerate(rows):
        behind = [one for one in rows[i + 1 :] if one["race_id"] == row["race_id"] and one["status"] == "OK"]
        if not behind and len(rows) > 1:
            yield named("results", row), {"results": without(rows, i)}


@operator("place-skipped", "places-count-up")
def place_skipped(base: Base, rng: Random) -> Iterator[Site]:
    """From some man on, every place is one too high."""
    rows = base.rows("results")
    for _i, row in finishers(base):
        later = [
            one | {"place": one["place"] + 1}
            if one["race_id"] == row["race_id"] and one["place"] is not None and one["place"] >= row["place"]
            else one
            for one in rows
        ]
        yield f"{named('results', row)}: from here on", {"results": later}


@operator("tie-not-counted", "places-count-up")
def tie_not_counted(base: Base, rng: Random) -> Iterator[Site]:
    """Two men share a place and have two times."""
    for i, one, other in _neighbours(base):
        if one["time_ms"] != other["time_ms"]:
            yield put_result(base, i + 1, place=one["place"])


@operator("dnf-given-a-time", "status-explains-nulls")
def dnf_given_a_time(base: Base, rng: Random) -> Iterator[Site]:
    """One who did not finish has a time, from some other day."""
    for i, _row in _stopped(base):
        yield put_result(base, i, **retimed(235_460, 2))


@operator("finisher-without-a-time", "status-explains-nulls")
def finisher_without_a_time(base: Base, rng: Random) -> Iterator[Site]:
    """A finisher's time is lost, his place is not."""
    for i, _ in finishers(base):
        yield put_result(base, i, time_ms=None, decimals=None, mark=None)


@operator("dnf-is-dns", "verdicts-recompute", "split-has-an-entrant", "every-value-claimed", generated=_LAWFUL)
def dnf_is_dns(base: Base, rng: Random) -> Iterator[Site]:
    """One who stopped on the way is said not to have started."""
    for i, row in _stopped(base):
        if row["status"] != "DNS":
            yield put_result(base, i, status="DNS")


@operator("pacemaker-is-athlete", "verdicts-recompute", "every-value-claimed", generated=_LAWFUL)
def pacemaker_is_athlete(base: Base, rng: Random) -> Iterator[Site]:
    """A pacemaker is listed as one who raced, or the other way round."""
    for i, row in enumerate(base.rows("results")):
        yield put_result(base, i, role="athlete" if row["role"] == "pacemaker" else "pacemaker")


@operator("points-off", "points-follow-scale")
def points_off(base: Base, rng: Random) -> Iterator[Site]:
    """Points are one too many, or given to a place that earns none."""
    for i, row in finishers(base):
        places = [one["place"] for _, one in finishers(base) if one["race_id"] == row["race_id"]]
        if places.count(row["place"]) == 1:
            yield put_result(base, i, points=(row["points"] or 0) + 1)


@operator("races-merged", "one-time-per-athlete", "places-count-up", "ordered-finish-times")
def races_merged(base: Base, rng: Random) -> Iterator[Site]:
    """Two races of one meeting are read as one."""
    ids = sorted({row["race_id"] for row in base.rows("results") if row["status"] == "OK"})
    for one, other in pairwise(ids):
        merged = [row | {"race_id": one} if row["race_id"] == other else row for row in base.rows("results")]
        yield f"{other} read as {one}", {"results": _ordered(merged)}
