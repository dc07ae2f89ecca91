"""How the writing of a time goes wrong: units, decimals, and paces that nobody runs."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from bowerman_data._mutants import Base, Row, Site, operator, retimed
from bowerman_data._mutants_results import finishers, put_result
from bowerman_data.schemas.reference import bounds

__all__: list[str] = []


@operator("unit-slip", "mark-is-its-time")
def unit_slip(base: Base, rng: Random) -> Iterator[Site]:
    """A time stands in seconds or hundredths where milliseconds are due."""
    for i, row in finishers(base):
        yield put_result(base, i, time_ms=row["time_ms"] // rng.choice((10, 1000)))


@operator("decimal-lost", "mark-is-its-time")
def decimal_lost(base: Base, rng: Random) -> Iterator[Site]:
    """A mark has lost its last digit, the time has not."""
    for i, row in finishers(base):
        if row["decimals"]:
            yield put_result(base, i, mark=row["mark"][:-1].rstrip("."))


@operator(
    "nought-lost",
    "every-value-claimed",
    generated="3:49.1 is how a time by hand is written; RULES: never infer hand timing from a spreadsheet",
)
def nought_lost(base: Base, rng: Random) -> Iterator[Site]:
    """A spreadsheet took the trailing nought, so that the time seems timed by hand."""
    for i, row in finishers(base):
        if row["mark"].endswith("0") and row["decimals"]:
            yield put_result(base, i, **retimed(row["time_ms"], row["decimals"] - 1))


@operator("beyond-human", "humanly-possible")
def beyond_human(base: Base, rng: Random) -> Iterator[Site]:
    """The last man of the race went at a stroll, or the winner ran a record that nobody can."""
    for i, row in _last(base):
        # 1 m/s; a mile at that pace is beyond its slowest bound too.
        yield put_result(base, i, **retimed(round(base.race(row["race_id"])["distance_m"]) * 1000, row["decimals"]))
    for i, row in finishers(base):
        bound = _bound(base, row)
        if row["place"] == 1 and bound and [r["place"] for _, r in finishers(base)].count(1) == 1:
            yield put_result(base, i, codes=["WR"], **retimed(bound[0] - 1000, row["decimals"]))


@operator("a-jog", "humanly-plausible", "every-value-claimed")
def a_jog(base: Base, rng: Random) -> Iterator[Site]:
    """The last man is as slow as a jogger, which has happened."""
    for i, row in _last(base):
        if _bound(base, row):
            yield put_result(base, i, **retimed(_bound(base, row)[1] + 10_000, row["decimals"]))


@operator("a-jog-that-nobody-timed", "humanly-plausible", "every-value-claimed")
def a_jog_that_nobody_timed(base: Base, rng: Random) -> Iterator[Site]:
    """The last man is as slow as a jogger, and no split of his was taken."""
    for i, row in _last(base):
        if _bound(base, row):
            his = (row["race_id"], row["athlete_id"])
            others = [one for one in base.rows("splits") if (one["race_id"], one["athlete_id"]) != his]
            where, changed = put_result(base, i, **retimed(_bound(base, row)[1] + 10_000, row["decimals"]))
            yield where, changed | {"splits": others}


def _bound(base: Base, row: Row) -> tuple[int, ...]:
    """The fastest possible and the slowest plausible time of the race, nothing where none are known."""
    race = base.race(row["race_id"])
    of = (race["discipline"].removesuffix("-indoor"), race["sex"])
    return next(((b.hard_min_ms, b.warn_max_ms) for b in bounds() if (b.discipline, b.sex) == of), ())


def _last(base: Base) -> Iterator[tuple[int, Row]]:
    """Those in whose race nobody came in behind or with them."""
    for i, row in finishers(base):
        race = [one for _, one in finishers(base) if one["race_id"] == row["race_id"]]
        if all(one["place"] < row["place"] for one in race if one is not row):
            yield i, row
