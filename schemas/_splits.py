"""The invariants of splits."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from bowerman_data.schemas._clauses import Clause, Finding, prepares, rule
from bowerman_data.schemas._frames import Frames
from bowerman_data.schemas._generic import sharing
from bowerman_data.schemas._grid import Grid
from bowerman_data.schemas._marks import with_marks
from bowerman_data.schemas._numbers import PERSON, RACE, facts_of, numbered, races
from bowerman_data.schemas._people import People, entrants
from bowerman_data.schemas._races import TOLERANCE_M
from bowerman_data.schemas._text import cell, filled, unit

__all__: list[str] = []

SLOWEST_400_MS = 300_000
"""Five minutes a lap: a walk."""
FASTEST_400_MS = {"M": 43_000, "W": 47_600}
FASTEST_SHORT_400_MS = {"M": 38_000, "W": 42_000}
"""At the pace of a 100 m in 9.5 s, which a stretch shorter than a lap may have."""
LAP_M, SHORTEST_M = 400, 100

from_m, to_m, time_ms, athlete = (pl.col(name) for name in ("from_m", "to_m", "time_ms", "athlete_id"))
leader, own = pl.col("basis") == "leader", pl.col("basis") == "athlete"
cumulative, lap = from_m == 0, from_m > 0
person, race = pl.col(PERSON), pl.col(RACE)


def grid(frames: Frames) -> Grid:
    """The splits from the start by clock and point."""
    return frames.once("grid", lambda: _grid(frames))


def _grid(frames: Frames) -> Grid:
    splits, everyone = clocked(frames), entrants(frames)
    return Grid(splits, everyone.listed.height + races(frames).height)


def clocked(frames: Frames) -> pl.DataFrame:
    """Splits with the number of the athlete and, for times from the start, of the clock."""
    return frames.once("splits clocked", lambda: _clocked(frames))


def _clocked(frames: Frames) -> pl.DataFrame:
    everyone = entrants(frames)
    frame = numbered(frames, "splits").with_columns(everyone.of_splits)
    return frame.with_columns(clock=pl.when(cumulative).then(_clock(everyone)))


def _clock(everyone: People) -> pl.Expr:
    """The leader's clock of a race, or the athlete's own."""
    return pl.when(leader).then(_leaders_clock(everyone)).when(own).then(person.cast(pl.Int64))


def _leaders_clock(everyone: People) -> pl.Expr:
    return everyone.listed.height + race.cast(pl.Int64)


def _of(values: pl.Series, row: pl.Expr) -> pl.Expr:
    """The values in these rows, null for none."""
    return pl.lit(values).gather(row)


@prepares("splits")
def prepared(frames: Frames) -> pl.LazyFrame:
    """Splits beside the split before on the same clock, the leader's time there, the race and the result."""
    return frames.once("splits prepared", lambda: _prepared(frames))


def _prepared(frames: Frames) -> pl.LazyFrame:
    frame, everyone = clocked(frames), entrants(frames)
    before, known = grid(frames).before(frame["clock"]), pl.col("race_id").is_not_null()
    leaders = grid(frames).at(pl.when(cumulative & own & known).then(_leaders_clock(everyone)), "to_m")
    rows = with_marks(frame).lazy().with_columns(before.alias("before"), leaders.alias("leaders"))
    rows = rows.with_columns(
        last_to_m=_of(frame["to_m"], pl.col("before")),
        last_time=_of(frame["time_ms"], pl.col("before")),
        leader_time=_of(frame["time_ms"], pl.col("leaders")),
        leader_decimals=_of(frame["decimals"], pl.col("leaders")),
        **{name: _of(everyone.listed[name], person) for name in ("result_ms", "started")},
    )
    return _beside_race(frames, rows)


def _beside_race(frames: Frames, rows: pl.LazyFrame) -> pl.LazyFrame:
    met = races(frames)
    return rows.with_columns(_of(met[name], race).alias(name) for name in facts_of(met))


@rule("one-split-per-stretch", "splits")
def one_split_per_stretch(frames: Frames, table: str) -> Iterator[Finding]:
    """A stretch stands once for the leader, whoever that was, and once for an athlete."""
    if not _stretches_stand_once(frames):
        whose = pl.when(pl.col("basis") != "leader").then("athlete_id")
        frame = frames[table].with_columns(whose=whose)
        yield sharing(frame, table, ("race_id", "from_m", "to_m", "basis", "whose"), column="to_m")


def _stretches_stand_once(frames: Frames) -> bool:
    """Whether they do: those from the start have each a cell, of the others clock and ends differ."""
    passed, points = grid(frames), grid(frames).points.len()
    ends = passed.code("from_m") * points + passed.code("to_m")
    stretch = _clock(entrants(frames)) * points**2 + ends
    rest = clocked(frames).filter(pl.col("clock").is_null() | to_m.is_null() | to_m.is_nan())
    rest = rest.with_columns(stretch=pl.when(from_m.is_not_nan() & to_m.is_not_nan()).then(stretch))
    strange = rest.filter(pl.col("stretch").is_null())
    whose = pl.when(pl.col("basis") != "leader").then("athlete_id")
    keys = strange.select("race_id", "from_m", "to_m", "basis", whose=whose)
    timed = rest["stretch"].drop_nulls()
    return passed.are_unique and timed.n_unique() == timed.len() and not keys.is_duplicated().any()


@rule("splits-increase", "splits")
def splits_increase(frames: Frames, table: str) -> Iterator[Clause]:
    """Whoever is farther on has been running for longer."""
    before, last = pl.col("last_to_m"), pl.col("last_time")
    yield Clause("time_ms", (to_m > before) & (time_ms <= last), filled("more than {}", last))


@rule("leader-is-fastest", "splits")
def leader_is_fastest(frames: Frames, table: str) -> Iterator[Clause]:
    """Nobody's time at a point is less than the leader's, within the rounding of the coarser."""
    leading, decimals = pl.col("leader_time"), pl.col("leader_decimals")
    slack = pl.max_horizontal(unit(pl.col("decimals")), unit(decimals))
    known = pl.col("decimals").is_not_null() & decimals.is_not_null()
    wrong = known & (time_ms <= leading - slack)
    yield Clause("time_ms", wrong, filled("at least {}", leading), part="ahead of the leader")


@prepares("splits", "ahead of the leader")
def ahead_of_the_leader(frames: Frames) -> pl.LazyFrame:
    """Times less than the leader's, whatever their rounding."""
    return prepared(frames).filter(time_ms < pl.col("leader_time"))


@prepares("splits", "laps of leaders")
def laps_of_leaders(frames: Frames) -> pl.LazyFrame:
    """The laps of the race."""
    return laps(frames).filter(leader)


def laps(frames: Frames) -> pl.LazyFrame:
    """Stretches from some point on, with the times at both ends."""
    return frames.once("laps", lambda: _laps(frames))


def _laps(frames: Frames) -> pl.LazyFrame:
    splits, everyone = clocked(frames), entrants(frames)
    rows = _beside_race(frames, splits.filter(lap).lazy())
    for at in ("from_m", "to_m"):
        rows = rows.with_columns(_passing(frames, at))
        rows = rows.with_columns(
            *(_of(splits[name], pl.col(f"own_{at}")).alias(f"own_{name}_{at}") for name in ("time_ms", "decimals")),
            *(
                _of(splits[name], pl.col(f"leader_{at}")).alias(f"leader_{name}_{at}")
                for name in ("time_ms", "decimals", "athlete_id", PERSON)
            ),
        )
    rows = rows.with_columns(_finish(frames, everyone))
    for name in ("time_ms", "decimals"):
        rows = rows.with_columns(_end(name, at).alias(f"{at}_{name}") for at in ("from_m", "to_m"))
    return rows


def _passing(frames: Frames, at: str) -> list[pl.Expr]:
    """The rows of the athlete's own split and of the leader's that end where this one begins or ends."""
    known, passed = pl.col("race_id").is_not_null(), grid(frames)
    clocks = {"own": person, "leader": _leaders_clock(entrants(frames))}
    return [passed.at(pl.when(known).then(clock), at).alias(f"{whose}_{at}") for whose, clock in clocks.items()]


def _finish(frames: Frames, everyone: People) -> list[pl.Expr]:
    if "results" not in frames or "races" not in frames:
        nothing = pl.lit(None, pl.Int32)
        return [
            nothing.alias("finish_ms"),
            nothing.alias("finish_decimals"),
            pl.lit(None, pl.Float64).alias("race_distance_m"),
        ]
    return [_of(everyone.listed[name], person).alias(name) for name in ("finish_ms", "finish_decimals")]


def _end(name: str, at: str) -> pl.Expr:
    """The time at one end: for an athlete his own, the leader's where he led, or his finish."""
    led = pl.col(f"leader_{PERSON}_{at}") == person
    finish = pl.col("finish_ms" if name == "time_ms" else "finish_decimals")
    passing = pl.col(f"leader_{name}_{at}")
    return (
        pl.when(leader)
        .then(passing)
        .when(pl.col(f"own_time_ms_{at}").is_not_null())
        .then(pl.col(f"own_{name}_{at}"))
        .when(led)
        .then(passing)
        .when(own & (pl.col(at) == pl.col("race_distance_m")))
        .then(finish)
    )


@rule("laps-add-up", "splits")
def laps_add_up(frames: Frames, table: str) -> Iterator[Clause]:
    """A lap is the difference of the times at its ends, to the last digit of all three."""
    difference = pl.col("to_m_time_ms") - pl.col("from_m_time_ms")
    slack = unit(pl.col("decimals")) + unit(pl.col("from_m_decimals")) + unit(pl.col("to_m_decimals"))
    wrong = (time_ms - difference).abs() >= slack
    yield Clause("time_ms", wrong, difference.cast(pl.String), part="laps to the digit")


@prepares("splits", "laps to the digit")
def laps_to_the_digit(frames: Frames) -> pl.LazyFrame:
    """Laps that differ from the times at their ends, be it by the rounding."""
    difference = pl.col("to_m_time_ms") - pl.col("from_m_time_ms")
    return laps(frames).filter(time_ms != difference)


@rule("split-before-finish", "splits")
def split_before_finish(frames: Frames, table: str) -> Iterator[Clause]:
    """On the way an athlete has been running for less time than at the finish."""
    finish = pl.col("result_ms")
    on_the_way = cumulative & (to_m < pl.col("race_distance_m"))
    yield Clause("time_ms", on_the_way & (time_ms >= finish), filled("less than {}", finish))


@rule("split-has-an-entrant", "splits")
def split_has_an_entrant(frames: Frames, table: str) -> Iterator[Clause]:
    """The athlete started in the race."""
    started = pl.col("started").fill_null(False)
    yield Clause("athlete_id", athlete.is_not_null() & ~started, "an entrant of the race")


@rule("pace-is-human", "splits")
def pace_is_human(frames: Frames, table: str) -> Iterator[Clause]:
    """No stretch is run faster than the world record over a lap, nor slower than a walk."""
    metres = to_m - from_m
    women = (pl.col("race_sex") == "W").fill_null(False) if "races" in frames else pl.lit(False)
    whole, short = (
        pl.when(women).then(fastest["W"]).otherwise(fastest["M"]) for fastest in (FASTEST_400_MS, FASTEST_SHORT_400_MS)
    )
    least = pl.when(metres < LAP_M).then(short).otherwise(whole)
    wrong = (time_ms * LAP_M < least * metres) | (time_ms * LAP_M > SLOWEST_400_MS * metres)
    yield Clause("time_ms", (metres >= SHORTEST_M) & wrong, _pace(least), part="unusual pace")


@prepares("splits", "unusual pace")
def unusual_pace(frames: Frames) -> pl.LazyFrame:
    """Stretches run faster than a record of women, or slower than a walk."""
    metres = to_m - from_m
    too_fast, too_slow = time_ms * LAP_M < FASTEST_400_MS["W"] * metres, time_ms * LAP_M > SLOWEST_400_MS * metres
    rows = clocked(frames).filter((metres >= SHORTEST_M) & (too_fast | too_slow))
    return _beside_race(frames, rows.lazy())


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
        yield Clause("to_m", to_m > distance + TOLERANCE_M, filled("at most {}", text))


@rule("lap-belongs-to-its-leader", "splits")
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
