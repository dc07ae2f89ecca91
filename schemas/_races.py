"""What the rules know of a race and of a mark: its bounds and its distance; and the rules of the races table."""

from __future__ import annotations

import math
from collections.abc import Iterator

import polars as pl

from bowerman_data.schemas._clauses import Clause, prepares, rule
from bowerman_data.schemas._frames import Frames
from bowerman_data.schemas._text import filled
from bowerman_data.schemas.reference import bounds, points_scales

__all__ = ["COVERED_TO_MS", "bound", "impossible", "possible", "race_facts", "unremarkable"]

YARDS_AND_NAMES = {"mile": 1609.344, "2miles": 3218.688, "marathon": 42195.0}
TOLERANCE_M = 0.0005
FASTEST, SLOWEST = 7.5, 1.3
"""Metres a second: the 800 m record is run at 7.9 and the 1500 m one at 7.3, a walker goes at 1.3."""
SPEED_FROM_M = 800
COVERED_TO_MS = 236_000
"""3:56.00, down to which the lists of some editions go."""


def outdoors(discipline: pl.Expr) -> pl.Expr:
    """The discipline without -indoor."""
    return discipline.str.strip_suffix("-indoor")


def bound(name: str, discipline: pl.Expr, sex: pl.Expr) -> pl.Expr:
    """One bound in ms of a discipline and sex, null where none is known."""
    found = pl.lit(None, pl.Int64)
    for one in bounds():
        here = (outdoors(discipline) == one.discipline) & (sex == one.sex)
        found = pl.when(here).then(pl.lit(getattr(one, name), pl.Int64)).otherwise(found)
    return found


def race_facts(frames: Frames) -> pl.LazyFrame:
    """Of each race what the rules on results and splits read, in columns race_*."""
    discipline, sex = pl.col("discipline"), pl.col("sex")
    names = ("hard_min_ms", "warn_min_ms", "warn_max_ms", "hard_max_ms")
    return frames.first_of_each("races", "race_id").select(
        "race_id",
        *(
            pl.col(name).alias(f"race_{name}")
            for name in ("date", "discipline", "sex", "distance_m", "points_scale", "coverage")
        ),
        *(bound(name, discipline, sex).alias(f"race_{name}") for name in names),
        race_found=pl.lit(True),
    )


def impossible(distance_m: pl.Expr, least: pl.Expr, most: pl.Expr) -> pl.Expr:
    """True for a time_ms outside the bounds or, where the discipline has none, beyond human speed."""
    time = pl.col("time_ms")
    too_fast, too_slow = distance_m * 1000 > FASTEST * time, distance_m * 1000 < SLOWEST * time
    by_speed = (distance_m >= SPEED_FROM_M) & (too_fast | too_slow)
    return pl.when(least.is_not_null()).then((time < least) | (time > most)).otherwise(by_speed)


def possible(least: pl.Expr, most: pl.Expr) -> pl.Expr:
    """What `impossible` would accept, as text."""
    by_speed = pl.lit(f"{SLOWEST} to {FASTEST} m/s")
    return pl.when(least.is_not_null()).then(filled("{} to {}", least, most)).otherwise(by_speed)


def unremarkable() -> tuple[pl.Expr, pl.Expr]:
    """Between these times no result of a race is impossible or implausible; with a ms of room for rounding."""
    distance, known = pl.col("race_distance_m"), pl.col("race_hard_min_ms").is_not_null()
    judged = pl.when(distance >= SPEED_FROM_M).then(distance * 1000)
    least = pl.when(known).then("race_hard_min_ms").otherwise(judged / FASTEST + 1)
    most = pl.when(known).then("race_hard_max_ms").otherwise(judged / SLOWEST - 1)
    return (
        pl.max_horizontal(least, "race_warn_min_ms").fill_null(-math.inf).alias("least"),
        pl.min_horizontal(most, "race_warn_max_ms").fill_null(math.inf).alias("most"),
    )


@rule("discipline-is-its-distance", "races", "marks", fixed=True)
def discipline_is_its_distance(frames: Frames, table: str) -> Iterator[Clause]:
    """The distance is that of the discipline, to half a millimetre."""
    plain = outdoors(pl.col("discipline"))
    metres = plain.str.extract(r"\A([0-9]+)m\z").cast(pl.Float64, strict=False)
    wanted = metres.fill_null(plain.replace_strict(YARDS_AND_NAMES, default=None, return_dtype=pl.Float64))
    wrong = (pl.col("distance_m") - wanted).abs() > TOLERANCE_M
    yield Clause("distance_m", wrong, wanted.cast(pl.String).str.strip_suffix(".0"))


def scale(series: pl.Expr, year: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Whether the scale of a season is known, and which it is: null where the series gave no points."""
    known, wanted = pl.lit(False), pl.lit(None, pl.List(pl.Int64))
    for one in points_scales():
        here = (series == one.series) & year.is_between(one.from_year, one.until_year)
        points = pl.lit(list(one.points) or None, pl.List(pl.Int64))
        known, wanted = known | here.fill_null(False), pl.when(here).then(points).otherwise(wanted)
    return known, wanted


@rule("scale-follows-season", "races", fixed=True)
def scale_follows_season(frames: Frames, table: str) -> Iterator[Clause]:
    """Where the scale of the season is known, it is that one."""
    known, wanted = scale(pl.col("series"), pl.col("date").dt.year())
    held = pl.col("points_scale").cast(pl.List(pl.Int64))
    text = wanted.cast(pl.List(pl.String)).list.join(", ").fill_null("null")
    yield Clause("points_scale", known & held.ne_missing(wanted), text)


@rule("no-other-scale", "races", fixed=True)
def no_other_scale(frames: Frames, table: str) -> Iterator[Clause]:
    """Where it is not known, there is none."""
    known, _ = scale(pl.col("series"), pl.col("date").dt.year())
    yield Clause("points_scale", ~known & pl.col("points_scale").is_not_null(), "null")


@prepares("races", "full")
def told_in_full(frames: Frames) -> pl.LazyFrame:
    """The races whose list is full and has rows, and whether it shows anything that a shorter one would not."""
    beyond = pl.col("status").is_in(["DNF", "DNS", "DQ"]) | (pl.col("time_ms") > COVERED_TO_MS)
    shown = frames["results"].group_by("race_id").agg(shows_all=beyond.fill_null(False).any())
    return frames["races"].filter(pl.col("coverage") == "full").join(shown, on="race_id")


@rule("full-shows-all", "races", fixed=True)
def full_shows_all(frames: Frames, table: str) -> Iterator[Clause]:
    """A full list has somebody who did not finish, or who was slow."""
    yield Clause("coverage", ~pl.col("shows_all"), "another, or somebody who did not finish", part="full")
