"""The invariants of splits."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import polars as pl

from bowerman_data.schemas._arrays import Array, there, whole_numbers
from bowerman_data.schemas._clauses import Clause, Finding, prepares, rule
from bowerman_data.schemas._frames import Frames
from bowerman_data.schemas._generic import sharing
from bowerman_data.schemas._grid import alike
from bowerman_data.schemas._marks import odd_marks
from bowerman_data.schemas._numbers import PERSON, RACE, numbered, races
from bowerman_data.schemas._people import entrants
from bowerman_data.schemas._races import TOLERANCE_M
from bowerman_data.schemas._stretches import beside_race, clocked, laps, of, owns, passed, rest, suspects, timed
from bowerman_data.schemas._text import cell, filled, unit

__all__ = ["paced_oddly", "unremarkable_pace"]

SLOWEST_400_MS = 300_000
"""Five minutes a lap: a walk."""
FASTEST_400_MS = {"M": 43_000, "W": 47_600}
FASTEST_SHORT_400_MS = {"M": 38_000, "W": 42_000}
"""At the pace of a 100 m in 9.5 s, which a stretch shorter than a lap may have."""
LAP_M, SHORTEST_M = 400, 100

from_m, to_m, time_ms, athlete = (pl.col(name) for name in ("from_m", "to_m", "time_ms", "athlete_id"))
leader, own = pl.col("basis") == "leader", pl.col("basis") == "athlete"
cumulative = from_m == 0
person, race = pl.col(PERSON), pl.col(RACE)
# Of an hour and a half it is more than an int32 holds.
lap_time = time_ms.cast(pl.Int64) * LAP_M


@prepares("splits", "odd marks")
def with_odd_marks(frames: Frames) -> pl.DataFrame:
    """Splits whose mark is perhaps not the one that their time makes."""
    return odd_marks(numbered(frames, "splits"))


@rule("one-split-per-stretch", "splits")
def one_split_per_stretch(frames: Frames, table: str) -> Iterator[Finding]:
    """A stretch stands once for the leader, whoever that was, and once for an athlete."""
    perhaps = clocked(frames)[_perhaps_alike(frames)]
    if perhaps.height:
        whose = pl.when(pl.col("basis") != "leader").then("athlete_id")
        key = ("race_id", "from_m", "to_m", "basis", "whose")
        yield sharing(perhaps.lazy().with_columns(whose=whose), table, key, column="to_m")


def _perhaps_alike(frames: Frames) -> Array:
    """The rows that share their cell or, not from the start, their clock and ends; and those of which that is not known."""
    left = rest(frames)
    timed_rows, stretch = left.rows[left.is_clocked], left.stretch[left.is_clocked]
    order = np.argsort(stretch, kind="stable")
    shared = [passed(frames, basis).shared() for basis in ("leader", "athlete")]
    return np.concatenate([*shared, timed_rows[order[alike(stretch[order])]], left.rows[~left.is_clocked]])


@rule("splits-increase", "splits", fixed=True)
def splits_increase(frames: Frames, table: str) -> Iterator[Clause]:
    """Whoever is farther on has been running for longer."""
    before, last = pl.col("last_to_m"), pl.col("last_time")
    wrong = (to_m > before) & (time_ms <= last)
    yield Clause("time_ms", wrong, filled("more than {}", last), part="no later than before")


@prepares("splits", "no later than before")
def no_later_than_before(frames: Frames) -> pl.DataFrame:
    """Times from the start that are no more than the one before on the same clock."""
    found, before = (np.concatenate(rows) for rows in zip(*_no_later(frames), strict=True))
    splits = clocked(frames)
    last = {"last_to_m": splits["to_m"].gather(before), "last_time": splits["time_ms"].gather(before)}
    return splits[found].with_columns(**last)


def _no_later(frames: Frames) -> Iterator[tuple[Array, Array]]:
    """On the clocks of leaders and of athletes those rows, and the ones before them."""
    for basis in ("leader", "athlete"):
        row, clock, _, time = passed(frames, basis).ordered
        wrong = (clock[1:] == clock[:-1]) & (time[1:] <= time[:-1])
        yield row[1:][wrong], row[:-1][wrong]


@rule("leader-is-fastest", "splits", fixed=True)
def leader_is_fastest(frames: Frames, table: str) -> Iterator[Clause]:
    """Nobody's time at a point is less than the leader's, within the rounding of the coarser."""
    leading, decimals = pl.col("leader_time"), pl.col("leader_decimals")
    slack = pl.max_horizontal(unit(pl.col("decimals")), unit(decimals))
    known = pl.col("decimals").is_not_null() & decimals.is_not_null()
    wrong = known & (time_ms <= leading - slack)
    yield Clause("time_ms", wrong, filled("at least {}", leading), part="ahead of the leader")


@prepares("splits", "ahead of the leader")
def ahead_of_the_leader(frames: Frames) -> pl.DataFrame:
    """Times less than the leader's, whatever their rounding."""
    leaders, splits, listed = passed(frames, "leader"), timed(frames), clocked(frames)
    rows = owns(frames)
    rows = rows[splits.race[rows] != races(frames).height - 1]
    race, point, time = splits.race[rows], splits.end[rows], splits.time[rows]
    ahead = np.flatnonzero(time < leaders.time_at(race, point))
    at = leaders.at(race[ahead], point[ahead])
    leading = {"leader_time": listed["time_ms"].gather(at), "leader_decimals": listed["decimals"].gather(at)}
    found: pl.DataFrame = listed[rows[ahead]]
    return found.with_columns(**leading)


@prepares("splits", "laps of leaders")
def laps_of_leaders(frames: Frames) -> pl.DataFrame:
    """The laps of the race."""
    return laps(frames).filter(leader)


@rule("laps-add-up", "splits", fixed=True)
def laps_add_up(frames: Frames, table: str) -> Iterator[Clause]:
    """A lap is the difference of the times at its ends, to the last digit of all three."""
    difference = pl.col("to_m_time_ms") - pl.col("from_m_time_ms")
    slack = unit(pl.col("decimals")) + unit(pl.col("from_m_decimals")) + unit(pl.col("to_m_decimals"))
    wrong = (time_ms - difference).abs() >= slack
    yield Clause("time_ms", wrong, difference.cast(pl.String), part="laps to the digit")


@prepares("splits", "laps to the digit")
def laps_to_the_digit(frames: Frames) -> pl.DataFrame:
    """Laps that differ from the times at their ends, be it by the rounding."""
    return laps(frames).filter(time_ms != pl.col("to_m_time_ms") - pl.col("from_m_time_ms"))


@rule("split-before-finish", "splits", fixed=True)
def split_before_finish(frames: Frames, table: str) -> Iterator[Clause]:
    """On the way an athlete has been running for less time than at the finish."""
    finish = pl.col("result_ms")
    on_the_way = cumulative & (to_m < pl.col("race_distance_m"))
    wrong = on_the_way & (time_ms >= finish)
    yield Clause("time_ms", wrong, filled("less than {}", finish), part="no earlier than the result")


@prepares("splits", "no earlier than the result")
def no_earlier_than_the_result(frames: Frames) -> pl.DataFrame:
    """Times from the start that are no less than the one in the result."""
    splits, result_ms = timed(frames), entrants(frames).listed["result_ms"]
    theirs = whole_numbers(result_ms)[splits.person]
    rows = suspects(frames, splits.is_first & (splits.time >= theirs) & there(theirs))
    return beside_race(frames, rows.with_columns(result_ms=of(result_ms, person)))


@rule("split-has-an-entrant", "splits", fixed=True)
def split_has_an_entrant(frames: Frames, table: str) -> Iterator[Clause]:
    """The athlete started in the race."""
    yield Clause("athlete_id", athlete.is_not_null(), "an entrant of the race", part="no entrants")


@prepares("splits", "no entrants")
def no_entrants(frames: Frames) -> pl.DataFrame:
    """Splits of whoever did not start, or stands in no result."""
    missed: Array = ~entrants(frames).listed["started"].fill_null(False).to_numpy()
    if missed.sum() == 1:
        # Nobody.
        return clocked(frames).clear()
    return suspects(frames, missed[timed(frames).person])


@rule("pace-is-human", "splits")
def pace_is_human(frames: Frames, table: str) -> Iterator[Clause]:
    """No stretch is run faster than the world record over a lap, nor slower than a walk."""
    women = (pl.col("race_sex") == "W").fill_null(False) if "races" in frames else pl.lit(False)
    yield Clause("time_ms", paced_oddly(women), _pace(_fastest(women)), part="unusual pace")


def _fastest(women: pl.Expr) -> pl.Expr:
    whole, short = (
        pl.when(women).then(fastest["W"]).otherwise(fastest["M"]) for fastest in (FASTEST_400_MS, FASTEST_SHORT_400_MS)
    )
    return pl.when(to_m - from_m < LAP_M).then(short).otherwise(whole)


def paced_oddly(women: pl.Expr) -> pl.Expr:
    """True for a stretch of 100 m or more that nobody could run in that time, or that everybody could walk."""
    metres = to_m - from_m
    wrong = (lap_time < _fastest(women) * metres) | (lap_time > SLOWEST_400_MS * metres)
    return (metres >= SHORTEST_M) & wrong


def unremarkable_pace() -> tuple[pl.Expr, pl.Expr]:
    """Between these times no stretch is paced oddly, whoever runs it; with a ms of room for rounding."""
    metres = to_m - from_m
    judged = pl.when(metres >= SHORTEST_M)
    least = judged.then(_fastest(pl.lit(True)) * metres / LAP_M + 1).otherwise(-math.inf)
    most = judged.then(SLOWEST_400_MS * metres / LAP_M - 1).otherwise(math.inf)
    return least, most


@prepares("splits", "unusual pace")
def unusual_pace(frames: Frames) -> pl.DataFrame:
    """Stretches run faster than a record of women, or slower than a walk."""
    splits = timed(frames)
    metres, time = splits.to_m - splits.from_m, splits.time
    fastest, slowest = (per_lap / LAP_M * metres for per_lap in (FASTEST_400_MS["W"], SLOWEST_400_MS))
    # With a ms of room for rounding.
    usual = (metres < SHORTEST_M) | (time >= fastest + 1) & (time <= slowest - 1)
    return beside_race(frames, suspects(frames, ~usual))


def _pace(least: pl.Expr) -> pl.Expr:
    seconds = (least / 1000).cast(pl.String).str.strip_suffix(".0")
    return filled("{} to 300 s a 400 m", seconds)


@rule("within-the-distance", "splits")
def within_the_distance(frames: Frames, table: str) -> Iterator[Clause]:
    """A stretch begins before it ends, and ends no later than the race."""
    yield Clause("to_m", from_m >= to_m, filled("more than {}", cell("from_m")))
    if "races" in frames:
        distance = pl.col("race_distance_m")
        text = distance.cast(pl.String).str.strip_suffix(".0")
        too_far = to_m > distance + TOLERANCE_M
        yield Clause("to_m", too_far, filled("at most {}", text), part="beyond the finish")


@prepares("splits", "beyond the finish")
def beyond_the_finish(frames: Frames) -> pl.DataFrame:
    """Stretches that end beyond the distance of the race."""
    splits, distance = timed(frames), races(frames)["race_distance_m"].fill_null(math.inf).to_numpy()
    return beside_race(frames, suspects(frames, ~(splits.to_m <= distance[splits.race])))


@rule("lap-belongs-to-its-leader", "splits", fixed=True)
def lap_belongs_to_its_leader(frames: Frames, table: str) -> Iterator[Clause]:
    """A leader's lap is his who led at both its ends; where two did, or who did is not told, it is nobody's."""
    nobody = athlete.is_null()
    yield Clause("athlete_id", own & nobody, "an athlete")
    first, last = pl.col(f"leader_{PERSON}_from_m"), pl.col(f"leader_{PERSON}_to_m")
    name = pl.col("leader_athlete_id_from_m")
    yield Clause("athlete_id", leader & (first == last) & person.ne_missing(first), name, part="laps of leaders")
    found = pl.col("leader_from_m").is_not_null() & pl.col("leader_to_m").is_not_null()
    parted = (first != last).fill_null(True)
    yield Clause("athlete_id", leader & found & parted & athlete.is_not_null(), "null", part="laps of leaders")
